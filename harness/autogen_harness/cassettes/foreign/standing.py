"""Where an interaction stands in another program's file. For messages."""

from __future__ import annotations

from autogen_harness.cassettes import foreign
from autogen_harness.cassettes.foreign.layouts import HAR, Layout, layout_of
from autogen_harness.documents import Problem
from autogen_harness.documents.foreign import parse
from autogen_harness.errors import DocumentError

MAX_SIZE = 1_000_000
"""Characters of a file up to which the line is looked for: for it the whole file is read once more."""


def line_of(text: str, path: str, index: int) -> int:
    """The line, from 1, of an interaction, counted from 0; 0 where that would take long or cannot be told."""
    if len(text) > MAX_SIZE:
        return 0
    try:
        if foreign.loads(text, path).lost:  # those that are not played have no number
            return 0
        parsed = parse(text, path)
    except DocumentError:  # it has changed since
        return 0
    layout = layout_of(parsed.value)
    if not isinstance(layout, Layout):
        return 0
    steps = (layout.key, "entries", index) if layout is HAR else (layout.key, index)
    offset = parsed.places(parsed.text).offset(Problem(steps, ""))
    return parsed.text.count("\n", 0, offset) + 1

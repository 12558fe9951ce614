"""Other people's cassettes, played as they are: vcrpy (YAML, JSON), cassetter (YAML, TOML), betamax (JSON) and HAR.

A file is data: nothing in it is executed, and one that is not understood is refused with its place. What a request is compared
by is what vcrpy compares by default: the method and the URL, not the body. Interactions answer once each, in order.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autogen_harness.cassettes.foreign.imported import Imported

SUFFIXES = (".yaml", ".yml", ".toml", ".har")
"""Files that are never our own; ``.json`` may be anybody's."""

OURS = '"autogen-harness-cassette'
"""A text that is in every file of ours, mostly near its beginning."""


def claims(text: str, path: str) -> bool:
    """Is this another program's file, going by its suffix or, where that says nothing, by its keys?"""
    if PurePath(path).suffix.lower() in SUFFIXES:
        return True
    if OURS in text:
        return False
    from autogen_harness.cassettes.foreign.layouts import is_foreign

    try:
        return is_foreign(json.loads(text))
    except (ValueError, RecursionError):
        return False


def loads(text: str, path: str) -> Imported:
    """The cassette in another program's text; the suffix of ``path`` says what it is written in.

    Raises:
        DocumentError: it is none, or something in it is not understood; with line and column.
    """
    from autogen_harness.cassettes.cassette import Cassette
    from autogen_harness.cassettes.foreign.imported import Imported
    from autogen_harness.cassettes.foreign.layouts import layout_of
    from autogen_harness.cassettes.foreign.parts import Parts
    from autogen_harness.documents import Problem, foreign

    parsed = foreign.parse(text, path)
    layout = layout_of(parsed.value)
    if isinstance(layout, Problem):
        parsed.refuse([layout])
    checks = Parts()
    found = tuple(layout.read(checks, parsed.value))
    if not found and not checks.problems:
        checks.wrong((), "; ".join(["there is nothing in it that can be replayed", *map(str, checks.lost)]))
    if checks.problems:
        parsed.refuse(checks.problems)
    told = f"; {len(checks.lost)} left out, as `cassette convert` tells" if checks.lost else ""
    return Imported(Cassette(found, f"A file of {layout.name}{told}."), tuple(checks.lost))

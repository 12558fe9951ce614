"""The cassette file, ``autogen-harness-cassette/1``: JSON text to values and back; and the form for large ones.

Reading is strict: whatever is not understood is an error with its place, and all errors of a file come at once. Nothing is
ever skipped, so that a file is never quietly emptier than it looks. What :func:`dump` writes, :func:`load` reads back equal.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autogen_harness import documents
from autogen_harness.cassettes import foreign
from autogen_harness.cassettes.cassette import Cassette
from autogen_harness.cassettes.files import lines as large
from autogen_harness.cassettes.files import reading, writing
from autogen_harness.cassettes.files.checks import Checks
from autogen_harness.cassettes.files.collecting import held_back
from autogen_harness.cassettes.files.fields import FORMAT
from autogen_harness.cassettes.files.lines import Lines
from autogen_harness.errors import UsageError

LARGE = ".jsonl"
"""How the name of a large cassette ends: one interaction a line, each parsed when it is asked for."""

SUFFIXES = (".json", LARGE)
"""How the names of our own cassettes end."""


def load(path: Path) -> Cassette:
    """The cassette in a file, ours or :mod:`another program's <autogen_harness.cassettes.foreign>`, all of it parsed.

    It is read once as long as the file does not change.

    Raises:
        DocumentError: the file is not a cassette; with the place of everything that is wrong.
    """
    return lines(path).cassette() if path.suffix == LARGE else _load(path)


def lines(path: Path) -> Lines:
    """The large cassette in a file, of which only the keys are read; read once as long as the file does not change.

    Raises:
        DocumentError: the file is torn.
    """
    return _load_lines(path)


def loads(text: str, path: str = "<text>") -> Cassette:
    """The cassette in a text; ``path`` is for messages.

    Raises:
        DocumentError: as :func:`load`.
    """
    checks = Checks()
    each = documents.Each("interactions", lambda index, item: reading.interaction(checks, item, ("interactions", index)))
    with held_back():
        cassette = reading.cassette(checks, documents.parse_json(text, path, each))
    if checks.problems:
        documents.refuse(path, text, checks.problems)
    return cassette


def _of_anybody(text: str, path: str) -> Cassette:
    return foreign.loads(text, path).cassette if foreign.claims(text, path) else loads(text, path)


_load = documents.loader(_of_anybody, most=512)
_load_lines = documents.loader(large.loads, most=16)


def save(cassette: Cassette, path: Path) -> None:
    """Write a cassette to a file, whole or not at all: ``.jsonl`` for a large one, else ``.json``.

    Raises:
        UsageError: another ending.
        DocumentError: it holds what no cassette file can hold, such as a line break in a header; nothing was written.
    """
    if path.suffix not in SUFFIXES:
        raise UsageError(f"{path}: the name of a cassette ends in {' or '.join(SUFFIXES)}")
    text = large.dump(cassette) if path.suffix == LARGE else dump(cassette)
    _ = large.loads(text, str(path)).cassette() if path.suffix == LARGE else loads(text, str(path))  # it can be read back
    documents.write(path, text)


def dump(cassette: Cassette) -> str:
    """A cassette as text: keys of the envelope sorted, one space of indent, line feeds; JSON bodies keep their own order."""
    about: dict[str, Any] = {"about": cassette.about} if cassette.about else {}
    interactions = [writing.interaction(one) for one in cassette.interactions]
    return writing.written({**about, "format": FORMAT, "interactions": interactions}, indent=1) + "\n"

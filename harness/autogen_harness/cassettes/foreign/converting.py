"""From one format to another: whatever can be played becomes ours, and ours becomes vcrpy's or HAR."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from autogen_harness import documents
from autogen_harness.cassettes.cassette import Cassette
from autogen_harness.cassettes.files import formats
from autogen_harness.cassettes.foreign import claims, har_writing, loads, vcrpy_writing
from autogen_harness.cassettes.foreign.imported import Exported, Imported, Lost
from autogen_harness.errors import UsageError
from autogen_harness.model import HttpReply

Target = Literal["ours", "vcrpy", "har"]

TARGETS: Mapping[str, Target] = {".json": "ours", ".jsonl": "ours", ".yaml": "vcrpy", ".yml": "vcrpy", ".har": "har"}
"""What a file is to be, by its suffix."""

_WRITERS: Mapping[Target, Callable[[Cassette], Exported]] = {"vcrpy": vcrpy_writing.write, "har": har_writing.write}


@dataclass(frozen=True, slots=True)
class Converted:
    """A cassette on its way into another format, with what was left behind.

    Attributes:
        left: what of the file could not be read, such as WebSockets.
        lost: what could not be written, and will be missed on replay, such as a connection that fails.
    """

    cassette: Cassette
    exported: Exported | None
    left: tuple[Lost, ...]

    @property
    def lost(self) -> tuple[Lost, ...]:
        """What could not be written."""
        return self.exported.lost if self.exported else ()

    @property
    def count(self) -> int:
        """Interactions that have a form in the other format."""
        every = self.cassette.interactions
        return len(every) if self.exported is None else sum(isinstance(one.outcome, HttpReply) for one in every)

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        if self.exported is None:
            formats.save(self.cassette, path)
        else:
            documents.write(path, self.exported.text)


def convert(path: Path, to: Target) -> Converted:
    """The cassette in a file of any format, ready to be saved in another.

    Raises:
        DocumentError: the file cannot be read.
        UsageError: nothing of it has a form in the other format.
    """
    imported = read(path)
    write = _WRITERS.get(to)
    converted = Converted(imported.cassette, write(imported.cassette) if write else None, imported.lost)
    if not converted.count:
        raise UsageError(f"{path}: nothing of it has a form there; {'; '.join(map(str, converted.lost))}")
    return converted


def read(path: Path) -> Imported:
    """The cassette in a file of any format.

    Raises:
        DocumentError: it cannot be read.
    """
    text = documents.read(path)
    return loads(text, str(path)) if claims(text, str(path)) else Imported(formats.load(path))


def target(path: Path, named: str | None) -> Target:
    """What a file is to be: what was named, else what its suffix says.

    Raises:
        UsageError: neither says it.
    """
    for one in get_args(Target):
        if one == named:
            found: Target = one
            return found
    if path.suffix.lower() not in TARGETS:
        raise UsageError(f"{path}: the suffix {path.suffix!r} does not say what to write; add --to ours, vcrpy or har")
    return TARGETS[path.suffix.lower()]

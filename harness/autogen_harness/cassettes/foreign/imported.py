"""What comes of reading or writing another program's file: the cassette or the text, and what the other form cannot say."""

from __future__ import annotations

from dataclasses import dataclass

from autogen_harness.cassettes.cassette import Cassette


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that was left out: ``where`` in the file that was read, and ``what``."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


@dataclass(frozen=True, slots=True)
class Imported:
    """A cassette made of another program's file."""

    cassette: Cassette
    lost: tuple[Lost, ...] = ()


@dataclass(frozen=True, slots=True)
class Exported:
    """A text in another program's format, made of a cassette. ``lost`` are things without which it replays otherwise."""

    text: str
    lost: tuple[Lost, ...] = ()

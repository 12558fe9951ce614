"""Look for secrets in files that are there already: cassettes of any format, and other text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from autogen_harness.cassettes import foreign
from autogen_harness.cassettes.files import formats
from autogen_harness.cassettes.filtering.cleaning import cleaned
from autogen_harness.cassettes.filtering.eraser import Eraser
from autogen_harness.cassettes.filtering.leaking import Lines
from autogen_harness.cassettes.filtering.removed import Place
from autogen_harness.cassettes.filtering.spots import Spots
from autogen_harness.errors import DocumentError, UsageError
from autogen_harness.secrecy.finding import Found, find
from autogen_harness.secrecy.names import SecretNames
from autogen_harness.secrecy.placeholders import stand_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autogen_harness.cassettes.cassette import Cassette

BEFORE, BEHIND = 32, 16
"""Bytes of a line that are shown around a secret."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A secret in a file.

    Attributes:
        path: the file.
        line, column: where it begins, from 1.
        kind: what tells that it is one: its "value" is known, its "form", or the "name" of what holds it.
        name: what it is called.
        excerpt: what stands around it, with placeholders for all secrets.
        how: the notations in which it is written, outermost first.
    """

    path: Path
    line: int
    column: int
    kind: Literal["value", "form", "name"]
    name: str
    excerpt: str
    how: tuple[str, ...] = ()

    def __str__(self) -> str:
        spelled = f", in {', in it '.join(self.how)}" if self.how else ""
        return f"{self.path}:{self.line}:{self.column}: {_TOLD[self.kind]} {self.name}{spelled}: {self.excerpt}"


_TOLD = {"value": "the value of", "form": "looks like", "name": "not removed:"}


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Every file that the paths mean: files as they are, and what is in folders, but nothing hidden.

    Raises:
        UsageError: there is no such file or folder.
    """
    for path in paths:
        if path.is_dir():
            yield from (file for file in sorted(path.rglob("*")) if file.is_file() and _shown(file.relative_to(path)))
        elif path.is_file():
            yield path
        else:
            raise UsageError(f"there is no file or folder {path}")


def _shown(path: Path) -> bool:
    return not any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def scan(path: Path, known: Mapping[str, str], names: Iterable[str] = ()) -> list[Hit]:
    """Every secret of a file, in the order in which they stand there.

    Args:
        path: a cassette of the harness or of a program that it can read, in which names are looked at, too; or any file.
        known: values that are secret, each with what it is called.
        names: names that mean a secret, beside those that always do.

    Raises:
        UsageError: the file cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    lines, found = Lines(raw), find(raw, known, by_form=True)
    eraser = Eraser("reply", SecretNames(names), known)
    hits = [Hit(path, *lines.place(one.start), one.kind, one.name, _excerpt(raw, one, found, eraser), one.how) for one in found]
    hits += _by_name(path, raw, tuple(names), [one.start for one in found])
    return sorted(hits, key=lambda hit: (hit.line, hit.column))


def _excerpt(raw: bytes, hit: Found, found: Sequence[Found], eraser: Eraser) -> str:
    """The line around a secret: what is known to be one is masked, and so is what only its name gives away."""
    start = max(raw.rfind(b"\n", 0, hit.start) + 1, hit.start - BEFORE)
    line_end = raw.find(b"\n", hit.end)
    end = min(line_end if line_end >= 0 else len(raw), hit.end + BEHIND)
    pieces: list[str] = []
    for one in found:
        if one.end > start and one.start < end:
            pieces += [_plain(raw[start : one.start]), stand_in(one.name)]
            start = max(start, one.end)
    return eraser.text("".join([*pieces, _plain(raw[start:end])]), Place("")).strip()


def _plain(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _by_name(path: Path, raw: bytes, names: tuple[str, ...], told: Sequence[int]) -> Iterator[Hit]:
    """What recording would have removed from a cassette, ours or another program's, and was not ``told`` of already."""
    cassette = _cassette(path)
    if cassette is None:
        return
    text = raw.decode("utf-8")
    lines, spots = Lines(raw), Spots(path, text)
    for number, one in enumerate(cassette.interactions):
        for removed in (removed for removed in cleaned(one, names).removed if removed.why == "name"):
            at = len(text[: spots.offset(number, one, removed)].encode())
            end = min(filter(None, (raw.find(mark, at + 1) + 1 for mark in (b'"', b"\n"))), default=len(raw))
            if not any(at <= start < end for start in told):
                yield Hit(path, *lines.place(at), "name", removed.name, f"{removed.side} {removed.place.text}")


def _cassette(path: Path) -> Cassette | None:
    if path.suffix not in (*formats.SUFFIXES, *foreign.SUFFIXES):
        return None
    try:
        return formats.load(path)
    except DocumentError:
        return None

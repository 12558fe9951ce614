"""The last look before a cassette is written: no known secret stands in its bytes, in whatever spelling."""

from __future__ import annotations

import json
from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_harness.documents.json_places import places_in
from autogen_harness.errors import SecretFound
from autogen_harness.secrecy.finding import find
from autogen_harness.secrecy.leak import Leak

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autogen_harness.documents import Steps

HINT = (
    "name the header, parameter or key that holds it in record_secret_names, so that its value is replaced; "
    "or, if it is no secret, rename the variable that it comes from"
)
"""What to do about a secret that would have been written."""


def refuse(path: Path, text: str, known: Mapping[str, str]) -> None:
    """Nothing, where a text may be written to a file.

    Args:
        path: the file; its name is looked at as well.
        text: what is to be written.
        known: values that are secret, each with what it is called.

    Raises:
        SecretFound: one of them stands in it; with every place, and without the values.
    """
    found = leaks(text, known)
    if find(path.name.encode(), known):
        path = path.with_name(f"(a file whose name holds a secret){path.suffix}")
        found = found or [Leak("the name of the file", 0, 0)]
    if found:
        raise SecretFound(str(path), found, HINT)


def leaks(text: str | bytes, known: Mapping[str, str]) -> list[Leak]:
    """Every place of a cassette's text at which a known secret stands: as it is, escaped, in base64, hex or gzip.

    Args:
        text: the file as it is to be written, or a part of it.
        known: values that are secret, each with what it is called.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    found = find(raw, known)
    lines = Lines(raw)
    return [_leak(lines, hit.name, hit.how, hit.start) for hit in found]


def _leak(lines: Lines, name: str, how: tuple[str, ...], at: int) -> Leak:
    interaction, steps = lines.steps(at)
    pointer = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    return Leak(name, *lines.place(at), how, interaction, pointer)


class Lines:
    """Where the bytes of a text stand for a reader: line and column, interaction and value."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._values: dict[int, list[tuple[int, Steps]]] = {}

    def place(self, at: int) -> tuple[int, int]:
        """Line and column, from 1, of a byte; a column counts characters."""
        start = self._raw.rfind(b"\n", 0, at) + 1
        return self._raw.count(b"\n", 0, at) + 1, len(self._raw[start:at].decode("utf-8", "replace")) + 1

    def steps(self, at: int) -> tuple[int, Steps]:
        """The number of the interaction that a byte stands in, from 1, and the way from there to the value.

        A file is one JSON text, or has one on each line: the first says what the file is, each other is an interaction.
        """
        steps = self._found(0, len(self._raw), at)
        if steps is None:
            start, end = self._raw.rfind(b"\n", 0, at) + 1, self._raw.find(b"\n", at)
            steps = self._found(start, len(self._raw) if end < 0 else end, at) or ()
            return (self._raw.count(b"\n", 0, at), steps[1:]) if steps[:1] == (1,) else (0, steps)
        return (int(steps[1]) + 1, steps[2:]) if len(steps) > 1 and steps[0] == "interactions" else (0, steps)

    def _found(self, start: int, end: int, at: int) -> Steps | None:
        """The steps of the innermost value or key that begins before a byte; None where this part is no JSON text."""
        if start not in self._values:
            self._values[start] = _values(self._raw[start:end])
        values = self._values[start]
        offset = len(self._raw[start:at].decode("utf-8", "replace"))
        index = bisect_right(values, offset, key=lambda pair: pair[0]) - 1
        return values[index][1] if index >= 0 else None


def _values(raw: bytes) -> list[tuple[int, Steps]]:
    """Where each value and key of a JSON text begins, in characters; nothing where it is none."""
    try:
        text = raw.decode("utf-8")
        json.loads(text)
        places = places_in(text)
    except (ValueError, RecursionError):
        return []
    keys = [(at, steps) for steps, offsets in places.keys.items() for at in offsets]
    return sorted([(at, steps) for steps, at in places.values.items()] + keys, key=lambda pair: pair[0])

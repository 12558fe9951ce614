"""Find secrets in bytes, by their value in any spelling and by their form, and say where."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from autogen_harness.secrecy import forms
from autogen_harness.secrecy.layers import Layer, layers, unescape

MOST = 50
"""Places at which one spelling of one secret is reported."""


@dataclass(frozen=True, slots=True)
class Found:
    """A secret: whether its value is known or its form tells it, what it is called, and where it stands.

    Attributes:
        kind: "value" or "form".
        name: what it is called; never the value itself.
        how: the notations in which it is written, outermost first; none where it is written as it is.
        start, end: the bytes that hold it, counted from 0.
    """

    kind: Literal["value", "form"]
    name: str
    how: tuple[str, ...]
    start: int
    end: int


def find(text: bytes, known: Mapping[str, str], *, by_form: bool = False) -> list[Found]:
    """Every secret of a text, in the order in which they stand there.

    Args:
        text: what is to be written, or what is in a file.
        known: values that are secret, each with its name.
        by_form: look for what has the form of a secret, too.
    """
    spelled = [(name, how, needle) for value, name in known.items() if value for how, needle in _spellings(value)]
    apart = any(letter in value for value in known for letter in "%\\&")
    hits = [hit for layer in layers(text, apart=apart) for hit in _in_layer(layer, spelled, by_form=by_form)]
    return sorted(_without_echoes(hits), key=lambda hit: hit.start)


def _in_layer(layer: Layer, spelled: Iterable[tuple[str, str, bytes]], *, by_form: bool) -> Iterator[Found]:
    for name, how, needle in spelled:
        notations = (*_told(layer), how) if how else _told(layer)
        for at in _places(layer.data, needle):
            yield Found("value", name, notations, *layer.origin(at, at + len(needle)))
    if by_form:
        for formed in forms.find(layer.data.decode("latin-1")):
            yield Found("form", formed.name, _told(layer), *layer.origin(formed.start, formed.end))


def _told(layer: Layer) -> tuple[str, ...]:
    """The notations that a reader has to know; that a line was folded is not one."""
    return tuple(how for how in layer.how if how != "folded")


def _places(data: bytes, needle: bytes) -> Iterator[int]:
    at = data.find(needle)
    for _ in range(MOST):
        if at < 0:
            return
        yield at
        at = data.find(needle, at + len(needle))


def _without_echoes(hits: Iterable[Found]) -> list[Found]:
    """Without those seen again through another layer, and without forms where the value is known.

    The first report of a place comes from the layer nearest to the text; known values come before forms there.
    """
    kept: list[Found] = []
    for hit in sorted(hits, key=lambda hit: (hit.kind == "form", len(hit.how))):
        if not any(one.start < hit.end and hit.start < one.end and _same(one, hit) for one in kept):
            kept.append(hit)
    return kept


def _same(one: Found, other: Found) -> bool:
    return one.name == other.name or other.kind == "form"


def _spellings(value: str) -> dict[tuple[str, bytes], None]:
    """The ways of writing a secret that are no notation of a whole text, each with what it is called."""
    raw = value.encode("utf-8", "surrogatepass")
    found = [("", raw), ("", raw.replace(b" ", b"+")), ("hex", raw.hex().encode()), ("hex", raw.hex().upper().encode())]
    found += [("UTF-16", value.encode(order, "surrogatepass")) for order in ("utf-16-le", "utf-16-be")]
    once = unescape(raw)  # where the value itself holds what looks like an escape, a layer shows it undone
    found += [("", once), ("", unescape(once))]
    found += [("base64", piece) for piece in _in_base64(raw)]
    return dict.fromkeys((how, needle) for how, needle in found if len(needle) >= min(len(raw), 4))


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """What base64 of any text around a value certainly holds, for each of the three ways in which letters can fall on bytes."""
    for shift, unsure in enumerate((0, 2, 3)):  # letters at the beginning that depend on the bytes before
        letters = base64.b64encode(b"\0" * shift + raw).rstrip(b"=")
        piece = letters[unsure : (shift + len(raw)) * 8 // 6]  # the last may depend on the bytes behind
        yield piece
        yield piece.translate(bytes.maketrans(b"+/", b"-_"))

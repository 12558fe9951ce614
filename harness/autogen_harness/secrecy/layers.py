"""What is written in a text in another notation: the text with its escapes undone, its base64 decoded, its gzip inflated.

Each of these is a layer over the one that it was read from, and every place of it leads back to a place of the text. A
secret is then looked for in each layer, so that ``gzip`` inside ``base64`` inside a JSON string hides nothing.
"""

from __future__ import annotations

import base64
import html
import re
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

MAX_DEPTH = 5
"""Notations inside each other that are followed."""

MAX_LAYERS = 24
"""Layers of one text."""

MAX_INFLATED = 1 << 24
"""Bytes that one compressed piece may become: beyond that it is a bomb, and its beginning is enough."""

_PERCENT = rb"%[0-9A-Fa-f]{2}"
_BACKSLASH = (
    rb"\\u[dD][89aAbB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[\"'\\/abefnrtv0]"
)
_ENTITY = rb"&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});"
_ESCAPE = re.compile(b"|".join((_PERCENT, _BACKSLASH, _ENTITY)))
_SHORT = dict(zip(b"abefnrtv0", b"\a\b\x1b\f\n\r\t\v\0", strict=True))
_FOLD = re.compile(rb"(?<=[\w+/-])\r?\n[ \t]*(?=[\w+/=-])", re.ASCII)
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}={0,2}")
_ZIPPED = re.compile(rb"\x1f\x8b\x08")
_URLSAFE = bytes.maketrans(b"-_", b"+/")


@dataclass(slots=True)
class Layer:
    """Bytes, and where each piece of them stands in the layer below.

    Attributes:
        data: the bytes.
        how: the notations that were undone to get here; none for the text itself.
    """

    data: bytes
    how: tuple[str, ...] = ()
    below: Layer | None = None
    _starts: list[int] = field(default_factory=list)
    _spans: list[tuple[int, int]] = field(default_factory=list)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The part of the text that the bytes from ``start`` to ``end`` were read from."""
        if self.below is None:
            return start, end
        return self.below.origin(self._below(start)[0], self._below(end - 1)[1])

    def _below(self, at: int) -> tuple[int, int]:
        """What of the layer below the byte at ``at`` was read from."""
        piece = bisect_right(self._starts, at) - 1
        size = (self._starts[piece + 1] if piece + 1 < len(self._starts) else len(self.data)) - self._starts[piece]
        start, end = self._spans[piece]
        offset = at - self._starts[piece]
        return (start + offset, start + offset + 1) if end - start == size else (start, end)


Pieces = Iterator[tuple[int, int, bytes]]
"""Start and end of something in a layer, and what it stands for."""


def layers(text: bytes, *, apart: bool = False) -> list[Layer]:
    """The text, and all that is written in it in other notations.

    Escapes of URLs, strings and HTML are undone together, which is quick; ``apart`` also undoes those of one kind alone, for
    what holds others that are meant as they are.
    """
    notations = (*_NOTATIONS, *_APART) if apart else _NOTATIONS
    found, seen = [Layer(text)], {text}
    for layer in found:
        if len(layer.how) >= MAX_DEPTH:
            continue
        for how, read, keeps in notations:
            above = _above(layer, how, read(layer.data), keeps=keeps)
            if above.data and above.data not in seen and len(found) < MAX_LAYERS:
                seen.add(above.data)
                found.append(above)
    return found


def _above(layer: Layer, how: str, pieces: Pieces, *, keeps: bool) -> Layer:
    """The layer in which the pieces are what they stand for, between what else was there or (``keeps`` is false) alone."""
    made: list[bytes] = []
    above = Layer(b"", (*layer.how, how), layer)
    size = done = 0

    def put(data: bytes, start: int, end: int) -> None:
        nonlocal size
        if data:
            above._starts.append(size)
            above._spans.append((start, end))
            made.append(data)
            size += len(data)

    for start, end, data in pieces:
        put(layer.data[done:start] if keeps else b"\n" * bool(made), done, start)
        put(data, start, end)
        done = end
    if keeps and done:
        put(layer.data[done:], done, len(layer.data))
    above.data = b"".join(made)
    return above


def unescape(data: bytes) -> bytes:
    """The bytes with one level of escapes undone: of URLs, of strings of JSON and YAML, of HTML."""
    return _ESCAPE.sub(lambda found: _unescaped(found[0]), data)


def _unescaped(escape: bytes) -> bytes:
    if escape[:1] == b"%":
        return bytes([int(escape[1:], 16)])
    if escape[:1] == b"&":
        return html.unescape(escape.decode()).encode("utf-8", "replace")
    kind = escape[1:2]
    if kind == b"x":
        return bytes([int(b"0" + escape[1:], 16)])
    if kind == b"u":
        units = b"".join(bytes.fromhex(unit.decode()) for unit in escape.split(b"\\u")[1:])
        return units.decode("utf-16-be", "replace").encode()
    return bytes([_SHORT[kind[0]]]) if kind[0] in _SHORT else kind


def _escapes(pattern: re.Pattern[bytes]) -> Callable[[bytes], Pieces]:
    """Reads the escapes that fit a pattern."""
    return lambda data: ((*found.span(), _unescaped(found[0])) for found in pattern.finditer(data))


def _folds(data: bytes) -> Pieces:
    """Line breaks within a word, as in long base64."""
    return ((*found.span(), b"") for found in _FOLD.finditer(data))


def _base64(data: bytes) -> Pieces:
    """What base64 says, and what that says if it is deflated; gzip is a notation of its own.

    A long word reads as base64, too, and then says nothing.
    """
    for found in _BASE64.finditer(data):
        letters = found[0].rstrip(b"=").translate(_URLSAFE)
        letters = letters[: len(letters) - (len(letters) % 4 == 1)]
        raw = base64.b64decode(letters + b"=" * (-len(letters) % 4))
        yield (*found.span(), raw if _ZIPPED.match(raw) else raw + b"\n" + inflate(raw))


def _zipped(data: bytes) -> Pieces:
    for found in _ZIPPED.finditer(data):
        said = inflate(memoryview(data)[found.start() :])
        if said:
            yield (*found.span(), said)


def inflate(data: bytes | memoryview) -> bytes:
    """What gzip, zlib or deflate says, as far as it goes; empty where it is none of them."""
    for bits in (47, -15):
        stream = zlib.decompressobj(bits)
        try:
            said = stream.decompress(data, MAX_INFLATED)
        except zlib.error:
            continue
        if said and (bits > 0 or stream.eof):  # deflate alone has no mark: its end is all that tells it from other bytes
            return said
    return b""


_NOTATIONS: tuple[tuple[str, Callable[[bytes], Pieces], bool], ...] = (
    ("escaped", _escapes(_ESCAPE), True),
    ("folded", _folds, True),
    ("base64", _base64, False),
    ("gzip", _zipped, False),
)
"""What it is called, what reads it, and whether the rest of the layer belongs to what is read."""
_APART = tuple(("escaped", _escapes(re.compile(one)), True) for one in (_PERCENT, _BACKSLASH, _ENTITY))

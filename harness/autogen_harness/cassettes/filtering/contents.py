"""Bodies without secrets: JSON, forms and parts by their fields, other text by what stands in it. Other bytes stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autogen_harness.cassettes.filtering import json_text, urls
from autogen_harness.cassettes.filtering.removed import Place, step_to
from autogen_harness.cassettes.matching import payloads

if TYPE_CHECKING:
    from autogen_harness.cassettes.filtering.eraser import Eraser
    from autogen_harness.cassettes.matching.payloads import Kind

BODY = Place("body", ("body", "json"))
"""The whole of a body; its steps lead to the nearest thing there is where a file keeps the body as text."""

_TEXTUAL = re.compile(r"text/|json|xml|javascript|x-www-form-urlencoded|charset=", re.IGNORECASE)
_OPENING = re.compile(rb"--([^\r\n]{1,70})\r\n")
_NAMED = re.compile(rb'(?i)\bcontent-disposition:[^\r\n]*?;\s*name="?([^";\r\n]*)"?')


def cleaned(body: bytes, content_type: str, eraser: Eraser) -> bytes:
    """A body without secrets; the same bytes where there was none."""
    kind, opening = payloads.read(body).kind, _OPENING.match(body)
    if kind == "multipart" and opening:
        return _parts(body, b"--" + opening[1], eraser)
    charset = _charset(body, content_type)
    if charset is None:
        return body
    text = body.decode(charset)
    made = _text(text, kind, eraser)
    return body if made == text else made.encode(charset)


def _charset(body: bytes, content_type: str) -> str | None:
    """How to read a body as text so that it can be written back as it was; None where it is no text.

    In any charset that has ASCII in it, letters of ASCII can be changed and the other bytes be carried along as Latin-1.
    """
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1" if _TEXTUAL.search(content_type) else None
    return "utf-8"


def _text(text: str, kind: Kind, eraser: Eraser) -> str:
    if kind == "json" and json_text.is_container(text):
        return eraser.json(text, BODY.inside)
    if kind == "form":
        return urls.pairs(text, lambda name, value: eraser.value("parameter", name, value, _field(name)))
    return eraser.text(text, BODY)


def _field(name: str) -> Place:
    return Place(f"body{step_to(name)}", BODY.steps)


def _parts(body: bytes, boundary: bytes, eraser: Eraser) -> bytes:
    """A multipart body (RFC 7578): the content of each part, by the name of its field."""
    pieces = re.split(rb"((?:\r\n|^)" + re.escape(boundary) + rb"(?:--)?[^\r\n]*)", body)
    return b"".join(_part(piece, eraser) for piece in pieces)


def _part(piece: bytes, eraser: Eraser) -> bytes:
    head, gap, content = piece.partition(b"\r\n\r\n")
    named, text = _NAMED.search(head), _decoded(content)
    if not gap or named is None or text is None:
        return piece
    name = named[1].decode("utf-8", "replace")
    return head + gap + eraser.value("parameter", name, text, _field(name)).encode()


def _decoded(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None

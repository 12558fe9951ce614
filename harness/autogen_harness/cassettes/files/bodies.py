"""How a body is written in a cassette file: as structure where that gives back the same bytes, else as text, else as base64."""

from __future__ import annotations

import base64
import binascii
import codecs
import json
from json import encoder as standard
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SPACE = " \t\r\n"
"""What may stand behind a JSON text (RFC 8259, section 2)."""


def _style(item: str, key: str, *, ascii_only: bool, indent: int | None = None) -> Callable[[Any], str]:
    make: Any = getattr(standard, "c_make_encoder", None)
    encoder = json.JSONEncoder(separators=(item, key), ensure_ascii=ascii_only, indent=indent, check_circular=False)
    if indent is not None or make is None:
        return encoder.encode
    text = standard.encode_basestring_ascii if ascii_only else standard.encode_basestring
    # What encode() makes anew for each value, which takes as long as a small body.
    chunks = make(None, encoder.default, text, None, key, item, False, False, True)
    return lambda value: "".join(chunks(value, 0))


_plain = _style(",", ":", ascii_only=False)
_escaped = _style(",", ":", ascii_only=True)
_FOR_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})

STYLES: Mapping[str, Callable[[Any], str]] = {
    "compact": _plain,
    "compact-ascii": _escaped,
    "compact-html": lambda value: _plain(value).translate(_FOR_HTML),
    "compact-slashes": lambda value: _escaped(value).replace("/", "\\/"),
    "python": _style(", ", ": ", ascii_only=True),
    "python-utf8": _style(", ", ": ", ascii_only=False),
    "indent-2": _style(",", ": ", ascii_only=True, indent=2),
    "indent-2-utf8": _style(",", ": ", ascii_only=False, indent=2),
    "indent-4": _style(",", ": ", ascii_only=True, indent=4),
    "indent-4-utf8": _style(",", ": ", ascii_only=False, indent=4),
}
"""The ways of writing JSON that a structured body may name, the frequent ones first.

``compact`` is what JavaScript writes, and most languages beside; ``-ascii`` escapes what is beyond ASCII; ``-html`` escapes
what HTML would read, as Go and Rails do; ``-slashes`` escapes slashes, as PHP does. ``python`` is ``json.dumps``, and
``indent-...`` is for people.
"""

MAX_DEPTH = 100
"""How deep a structured body may be nested: a parser's stack has an end, and the file has to be read again."""


def write(body: bytes) -> dict[str, Any]:
    """The most readable form that reads back as exactly these bytes; its keys are sorted."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}
    return _structure(text) or {"charset": "utf-8", "text": text}


def _structure(text: str) -> dict[str, Any] | None:
    """The body as JSON and style; None where no style gives back the text, or where there is no structure to show."""
    inner = text.rstrip(SPACE)
    if inner[:1] not in ("{", "["):
        return None
    try:
        value = json.loads(inner)
        if _deep(value):
            return None
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()  # NaN, half a surrogate pair: not for a JSON file
        style = next((name for name, written in STYLES.items() if written(value) == inner), None)
    except (ValueError, RecursionError):
        return None
    end = {"end": text[len(inner) :]} if len(inner) < len(text) else {}
    return None if style is None else {**end, "json": value, "style": style}


def _deep(value: Any, left: int = MAX_DEPTH) -> bool:
    """Is a value nested more than ``left`` deep?"""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return left < 0 or any(_deep(item, left - 1) for item in inner)


def read_json(value: Any, style: str = "compact", end: str = "") -> bytes:
    """The bytes of a structured body.

    Raises:
        ValueError: the value holds half a surrogate pair, which no bytes stand for.
    """
    return (STYLES[style](value) + end).encode()


def read_text(text: str, charset: str = "utf-8") -> bytes:
    """The bytes of a text body.

    Raises:
        ValueError: there is no such charset, or the text cannot be written in it.
    """
    try:
        codecs.lookup(charset)
    except LookupError as error:
        raise ValueError(str(error)) from error
    return text.encode(charset)


def read_base64(text: str) -> bytes:
    """The bytes of a base64 body.

    Raises:
        ValueError: it is not strict base64.
    """
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from error

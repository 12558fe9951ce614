"""How a body is written in a cassette file: as structure where that gives back the same bytes, else as text, else as base64."""

from __future__ import annotations

import base64
import binascii
import codecs
import json
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STYLES: Mapping[str, Callable[[Any], str]] = {
    "compact": partial(json.dumps, separators=(",", ":"), ensure_ascii=False),
    "python": json.dumps,
    "indent-2": partial(json.dumps, indent=2),
}
"""The ways of writing JSON that a structured body may name."""


def write(body: bytes) -> dict[str, Any]:
    """The most readable form that reads back as exactly these bytes."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}
    return _structure(text) or {"text": text, "charset": "utf-8"}


def _structure(text: str) -> dict[str, Any] | None:
    """The body as JSON and style; None where no style gives back the text, or where there is no structure to show."""
    try:
        value = json.loads(text)
        if not isinstance(value, (dict, list)):
            return None
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode(
            "utf-8"
        )  # NaN, half a surrogate pair: not for a JSON file
        style = next((name for name, dumps in STYLES.items() if dumps(value) == text), None)
    except (ValueError, RecursionError):
        return None
    return None if style is None else {"json": value, "style": style}


def read_json(value: Any, style: str) -> bytes:
    """The bytes of a structured body.

    Raises:
        ValueError: the value holds half a surrogate pair, which no bytes stand for.
    """
    return STYLES[style](value).encode("utf-8")


def read_text(text: str, charset: str) -> bytes:
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

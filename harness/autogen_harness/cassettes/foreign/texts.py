"""Bodies as text, in the charset that their type names: HAR keeps the text that was shown, and bytes only as base64."""

from __future__ import annotations

import re

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]+)", re.IGNORECASE)


def charset_of(mime: str) -> str:
    """The charset that a media type names, else UTF-8."""
    found = _CHARSET.search(mime)
    return found[1] if found else "utf-8"


def as_bytes(text: str, mime: str) -> bytes:
    """The bytes that were sent for a text; UTF-8 where the charset is unknown or cannot write it."""
    try:
        return text.encode(charset_of(mime))
    except (LookupError, UnicodeError):
        return text.encode("utf-8", "surrogatepass")


def as_text(body: bytes, mime: str) -> str | None:
    """The text that :func:`as_bytes` makes these bytes of; None where there is none."""
    try:
        text = body.decode(charset_of(mime))
    except (LookupError, UnicodeError):
        return None
    return text if as_bytes(text, mime) == body else None

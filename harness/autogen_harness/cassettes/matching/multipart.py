"""The parts of a multipart body, without the boundary, which is another one each time (RFC 7578; RFC 2046, section 5.1)."""

from __future__ import annotations

import re
from email.message import Message
from typing import Any, NamedTuple

_OPENING = re.compile(rb"--([^\r\n]{1,70})\r\n")
"""The first boundary, at most 70 characters long."""


class Part(NamedTuple):
    """One part: the name of its field, the file that it is of, its media type without parameters, its content."""

    name: str
    filename: str | None
    type: str
    content: bytes

    @property
    def shown(self) -> Any:
        """As plain data: a field of text as its text, else a table. Content that is no text stays bytes."""
        try:
            content: str | bytes = self.content.decode("utf-8")
        except UnicodeDecodeError:
            content = self.content
        if self.filename is None and self.type == "text/plain" and isinstance(content, str):
            return content
        told = {"filename": self.filename, "type": self.type, "content": content}
        return {name: value for name, value in told.items() if value is not None}

    @property
    def order(self) -> tuple[str, str, str, bytes]:
        """What parts are sorted by."""
        return self.name, self.filename or "", self.type, self.content


def split(body: bytes) -> list[Part] | None:
    """The parts of a body, whose first line names the boundary; None where it is not multipart."""
    opening = _OPENING.match(body)
    if opening is None:
        return None
    delimiter = b"\r\n--" + opening[1]
    first, *rest = (b"\r\n" + body).split(delimiter)
    if first or not rest or not _ends(rest.pop()) or not all(piece.startswith(b"\r\n") for piece in rest):
        return None
    return [_part(piece[2:]) for piece in rest]


def _ends(epilogue: bytes) -> bool:
    return epilogue.startswith(b"--") and not epilogue[2:].strip()


def _part(piece: bytes) -> Part:
    head, _, content = piece.partition(b"\r\n\r\n") if not piece.startswith(b"\r\n") else (b"", b"", piece[2:])
    message = Message()
    for line in head.decode("utf-8", "surrogateescape").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip():
            message[name.strip()] = value.strip()
    named = message.get_param("name", "", "content-disposition")
    return Part(_plain(named), message.get_filename(), message.get_content_type(), content)


def _plain(name: Any) -> str:
    return str(name[2]) if isinstance(name, tuple) else str(name)  # a name in the notation of RFC 2231 comes in three pieces

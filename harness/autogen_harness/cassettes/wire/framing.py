"""What a reply looks like on the wire. Cassettes hold bodies decoded, so that they can be read and compared.

A client shows its user the headers of the wire and decodes the body itself. So a gzip or deflate reply is compressed again,
and Content-Length is what is really sent; a composed reply whose coding the standard library cannot write loses that header.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autogen_harness.model import Headers, HttpReply

_CODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "deflate": zlib.compress,
    "identity": lambda body: body,
}

_TOUCHED = frozenset({"content-encoding", "content-length"})

NO_BODY = frozenset({204, 304})
"""Statuses without a body, whatever the headers promise (RFC 9112, section 6.3)."""


def framed(reply: HttpReply, method: str) -> tuple[Headers, bytes]:
    """Headers and body as they are sent: the whole of a reply, its chunks joined."""
    if method.upper() == "HEAD" or reply.status in NO_BODY:
        return reply.headers, b""
    if reply.coded:
        return _with_length(reply.headers, len(reply.body), set()), reply.body
    if _TOUCHED.isdisjoint([name.lower() for name, _ in reply.headers]):
        return reply.headers, reply.body
    coder = _CODERS.get(_coding(reply))
    body = coder(reply.body) if coder and reply.body else reply.body
    return _with_length(reply.headers, len(body), set() if coder else {"content-encoding"}), body


def begun(reply: HttpReply, method: str) -> tuple[Headers, bytes]:
    """Headers and body of a reply that breaks off: the headers promise what they did."""
    return reply.headers, b"" if method.upper() == "HEAD" else reply.body


def broken_off(reply: HttpReply, sent: int | None = None) -> HttpReply:
    """The beginning of a reply: ``sent`` bytes of its body as they are on the wire (default: half).

    All of it is promised, and at least one byte more than comes: it never looks complete.
    """
    headers, body = framed(reply, "GET")
    rest = tuple(pair for pair in headers if pair[0].lower() not in ("content-length", "transfer-encoding"))
    beginning = body[: len(body) // 2 if sent is None else sent]
    promised = (*rest, ("Content-Length", str(max(len(body), len(beginning) + 1))))
    return replace(reply, headers=promised, body=beginning, coded=True)


def _coding(reply: HttpReply) -> str:
    return next((value.strip().lower() for name, value in reply.headers if name.lower() == "content-encoding"), "identity")


def _with_length(headers: Headers, length: int, drop: set[str]) -> Headers:
    kept = (pair for pair in headers if pair[0].lower() not in drop)
    return tuple((name, str(length)) if name.lower() == "content-length" else (name, value) for name, value in kept)

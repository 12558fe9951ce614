"""What a reply looks like on the wire. Cassettes hold bodies decoded, so that they can be read and compared.

A client shows its user the headers of the wire and decodes the body itself. So a gzip or deflate reply is compressed again,
and Content-Length is what is really sent; a coding that the standard library cannot write loses its header instead.
"""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

from autogen_harness.cassettes.faults import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autogen_harness.model import Headers, HttpReply

_CODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "deflate": zlib.compress,
    "identity": lambda body: body,
}

NO_BODY = frozenset({204, 304})
"""Statuses without a body, whatever the headers promise (RFC 9112, section 6.3)."""


def framed(reply: HttpReply, method: str, *, truncated: bool = False) -> tuple[Headers, bytes]:
    """Headers and body as they are sent; of a truncated reply, less than Content-Length promises."""
    if method.upper() == "HEAD" or reply.status in NO_BODY:
        return reply.headers, b""
    coding = next((value.strip().lower() for name, value in reply.headers if name.lower() == "content-encoding"), "identity")
    coder = _CODERS.get(coding)
    body = coder(reply.body) if coder else reply.body
    sent, length = cut(body) if truncated else (body, len(body))
    drop = set() if coder else {"content-encoding"}
    if not truncated:
        return _with_length(reply.headers, length, drop), sent
    kept = _with_length(reply.headers, length, drop | {"content-length", "transfer-encoding"})
    return (*kept, ("Content-Length", str(length))), sent


def _with_length(headers: Headers, length: int, drop: set[str]) -> Headers:
    kept = (pair for pair in headers if pair[0].lower() not in drop)
    return tuple((name, str(length)) if name.lower() == "content-length" else (name, value) for name, value in kept)

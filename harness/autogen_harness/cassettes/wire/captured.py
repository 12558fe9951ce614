"""What was read off the wire, as a cassette keeps it: bodies decoded where the coding can be written again."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

from autogen_harness.model import HttpReply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autogen_harness.model import Headers


def captured(status: int, reason: str, headers: Headers, raw: bytes, version: str = "1.1", *, whole: bool = True) -> HttpReply:
    """A reply, or the beginning of one, as a cassette keeps it.

    Args:
        status: of the reply.
        reason: what stands behind the status, or "".
        headers: in wire order; see :func:`as_text` for clients that read them as Latin-1.
        raw: all of the body that came, its chunks joined, still in its content coding.
        version: of HTTP, as ``"1.1"``.
        whole: the reply is complete; the beginning of one stays as it was on the wire.

    Returns:
        The reply; ``coded`` where the body could not be decoded, or its coding not be written again.
    """
    plain = _decoded(raw, _coding(headers)) if whole else None
    return HttpReply(status, reason, headers, raw if plain is None else plain, version, coded=plain is None)


def as_text(latin: str) -> str:
    """What a client read as Latin-1, as ``http.client`` does, as the text that it was (UTF-8, other bytes as surrogates)."""
    return latin if latin.isascii() else latin.encode("latin-1").decode("utf-8", "surrogateescape")


def as_latin(text: str) -> str:
    """The way back from :func:`as_text`."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def _coding(headers: Headers) -> str:
    return ", ".join(value.strip().lower() for name, value in headers if name.lower() == "content-encoding")


def _decoded(raw: bytes, coding: str) -> bytes | None:
    """None where the coding is none that the standard library reads and writes, or the body is not in it."""
    decode = _DECODERS.get(coding)
    if decode is None or not raw:
        return None if raw else raw
    try:
        return decode(raw) or None  # what stands for nothing would be written as nothing
    except (OSError, EOFError, zlib.error):
        return None


def _inflated(raw: bytes) -> bytes:
    """Some servers send deflate without the frame of zlib around it; clients read both."""
    try:
        return zlib.decompress(raw)
    except zlib.error:
        return zlib.decompress(raw, -zlib.MAX_WBITS)


_DECODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.decompress,
    "deflate": _inflated,
}

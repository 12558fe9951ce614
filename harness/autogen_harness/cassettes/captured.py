"""A reply as it came over the wire, made into one that can be kept: its body decoded, so that it can be read."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

from autogen_harness.model import HttpReply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autogen_harness.model import Headers

_DECODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "identity": lambda raw: raw,
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,  # with its wrapper, as RFC 9110 has it: some servers leave that out
}


def captured(status: int, reason: str, headers: Headers, raw: bytes, version: str = "1.1") -> HttpReply:
    """The reply to keep.

    Args:
        status: the number in its first line.
        reason: what stands behind the number.
        headers: in wire order.
        raw: its body, chunks joined, still in its content coding.
        version: of HTTP, as "1.1".

    Returns:
        The body decoded where the coding is one that :mod:`~autogen_harness.cassettes.framing` can write again, else
        ``coded``: for other codings, several of them, and bytes that are not what the header says.
    """
    codings = [value.strip().lower() for name, value in headers if name.lower() == "content-encoding"]
    decoder = _DECODERS.get(", ".join(codings) or "identity")
    with suppress(OSError, EOFError, zlib.error):  # it is something else than it says
        plain = decoder(raw) if decoder is not None and raw else b""
        if plain or not raw:  # something that stands for nothing would be written as nothing
            return HttpReply(status, reason, headers, plain, version)
    return HttpReply(status, reason, headers, raw, version, coded=True)


def begun(status: int, reason: str, headers: Headers, raw: bytes, version: str = "1.1") -> HttpReply:
    """The beginning of a reply that never became whole; arguments as of :func:`captured`."""
    return HttpReply(status, reason, headers, raw, version, coded=True)


def no_http(raw: bytes) -> HttpReply:
    """Bytes that are no reply of HTTP/1: those of HTTP/0.9 have no head, so this is their version."""
    return HttpReply(200, "", (), raw, "0.9", coded=True)


def as_text(latin: str) -> str:
    """What a client read as Latin-1, as ``http.client`` does, as the text that it was (UTF-8, other bytes as surrogates)."""
    return latin if latin.isascii() else latin.encode("latin-1").decode("utf-8", "surrogateescape")


def as_latin(text: str) -> str:
    """The way back from :func:`as_text`."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")

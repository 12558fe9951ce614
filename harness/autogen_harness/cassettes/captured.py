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
        if decoder is not None:
            return HttpReply(status, reason, headers, decoder(raw) if raw else raw, version)
    return HttpReply(status, reason, headers, raw, version, coded=True)


def begun(status: int, reason: str, headers: Headers, raw: bytes, version: str = "1.1") -> HttpReply:
    """The beginning of a reply that never became whole; arguments as of :func:`captured`."""
    return HttpReply(status, reason, headers, raw, version, coded=True)


def no_http(raw: bytes) -> HttpReply:
    """Bytes that are no reply of HTTP/1: those of HTTP/0.9 have no head, so this is their version."""
    return HttpReply(200, "", (), raw, "0.9", coded=True)

"""Bodies of other programs' files, decoded as ours are: some programs keep what was on the wire, some what came out of it."""

from __future__ import annotations

import zlib

from autogen_harness.cassettes.foreign.parts import value_of
from autogen_harness.model import Headers

MAX_BODY = 64 * 1024 * 1024
"""Bytes that a body may decode to: one that makes more stays coded, for the client to decode."""

GZIP = b"\x1f\x8b"
"""How gzip begins (RFC 1952, section 2.3.1)."""


def coding_of(headers: Headers) -> str:
    """The content coding, in small letters; empty where there is none."""
    coding = value_of(headers, "content-encoding").strip().lower()
    return "" if coding == "identity" else coding


def decoded(headers: Headers, body: bytes) -> tuple[bytes, bool]:
    """The body without its content coding, and whether it still has one.

    A body under ``gzip`` that does not begin as gzip does was decoded already, and one in a coding that the standard library
    cannot read was so where it is text.
    """
    coding = coding_of(headers)
    if not coding or not body:
        return body, False
    if coding in ("gzip", "x-gzip"):
        return _inflated(body, 16 + zlib.MAX_WBITS) if body.startswith(GZIP) else (body, False)
    if coding == "deflate":
        return _deflated(body)
    return body, not _is_text(body)


def _deflated(body: bytes) -> tuple[bytes, bool]:
    """Under ``deflate`` stands zlib's format or, from some servers, the bare stream (RFC 9110, section 8.4.1.2)."""
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        inner, coded = _inflated(body, bits)
        if not coded:
            return inner, False
    return body, False


def _inflated(body: bytes, bits: int) -> tuple[bytes, bool]:
    """What a stream holds; the body itself, still coded, where it is none, is torn, or holds too much."""
    stream = zlib.decompressobj(bits)
    try:
        inner = stream.decompress(body, MAX_BODY)
    except zlib.error:
        return body, True
    return (inner, False) if stream.eof and not stream.unused_data else (body, True)


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

"""What comes over the wire, and how a connection fails, kept and given back."""

from __future__ import annotations

import errno
import gzip
import os
import socket
import ssl
import zlib
from http.client import BadStatusLine, IncompleteRead, RemoteDisconnected
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness.cassettes.wire.captured import as_latin, as_text, captured
from autogen_harness.cassettes.wire.failures import CONNECTING, failure, raised
from autogen_harness.cassettes.wire.framing import framed
from autogen_harness.errors import NetworkBlocked
from autogen_harness.model import FailureKind, HttpFailure


def coded(name):
    return (("Content-Encoding", name),) if name else ()


@pytest.mark.parametrize(
    ("coding", "raw", "body", "stays"),
    [
        ("", b"abc", b"abc", False),
        ("identity", b"abc", b"abc", False),
        ("GZIP ", gzip.compress(b"abc", mtime=0), b"abc", False),
        ("deflate", zlib.compress(b"abc"), b"abc", False),
        ("deflate", zlib.compress(b"abc")[2:-4], b"abc", False),
        ("gzip", b"no gzip", b"no gzip", True),
        ("gzip", gzip.compress(b"abc", mtime=0)[:-9], gzip.compress(b"abc", mtime=0)[:-9], True),
        ("gzip", gzip.compress(b"", mtime=0), gzip.compress(b"", mtime=0), True),
        ("gzip", b"", b"", False),
        ("br", b"\x0b\x01\x80abc\x03", b"\x0b\x01\x80abc\x03", True),
        ("gzip, br", b"abc", b"abc", True),
    ],
)
def test_bodies_are_kept_so_that_they_can_be_read(coding, raw, body, stays):
    """Decoded where that can be undone, as they are where not; the client gets what it would have decoded to."""
    reply = captured(200, "OK", coded(coding), raw)
    assert (reply.body, reply.coded) == (body, stays)
    sent = framed(reply, "GET")[1]
    assert (sent == raw) or (coding == "deflate" and zlib.decompress(sent) == body)


def test_the_beginning_of_a_body_stays_as_it_was():
    """Half of something compressed is nothing."""
    assert captured(200, "OK", coded("gzip"), b"\x1f\x8b", whole=False).coded


@given(st.binary(max_size=9))
def test_headers_of_any_bytes_come_back(raw):
    """What http.client reads as Latin-1 is text, and goes back to the same bytes."""
    latin = raw.decode("latin-1")
    assert as_text(latin).encode("utf-8", "surrogateescape") == raw
    assert as_latin(as_text(latin)) == latin


SAID = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)"
ERRORS = [
    (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), False, "unresolved"),
    (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), False, "unresolved"),
    (ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED)), False, "refused"),
    (OSError(errno.EHOSTUNREACH, "No route to host"), False, "refused"),
    (OSError("Tunnel connection failed: 407 Proxy Authentication Required"), False, "refused"),
    (TimeoutError("timed out"), False, "connect-timeout"),
    (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), False, "connect-timeout"),
    (ssl.SSLCertVerificationError(1, SAID), False, "tls"),
    (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"), False, "tls"),
    (TimeoutError("timed out"), True, "read-timeout"),
    (ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET)), True, "reset"),
    (BrokenPipeError(errno.EPIPE, "Broken pipe"), True, "reset"),
]


@pytest.mark.parametrize(("error", "connected", "kind"), ERRORS, ids=repr)
def test_a_failure_of_the_system_comes_back_as_it_was(error, connected, kind):
    """Its kind is known, and the same class says the same."""
    met = failure(error, connected=connected)
    assert (met.kind, met.kind in CONNECTING) == (kind, not connected)
    again = raised(met)
    assert (type(again), str(again), again.errno) == (type(error), str(error), error.errno)


@pytest.mark.parametrize(
    "error", [RemoteDisconnected("without response"), IncompleteRead(b"a"), BadStatusLine("x"), ssl.SSLEOFError(8)]
)
def test_an_end_before_the_end_is_closed(error):
    """However http.client calls it."""
    assert failure(error, connected=True).kind == "closed"


def test_what_is_no_failure_of_a_connection_is_none():
    """A refusal of the guard must not get into a cassette."""
    assert failure(NetworkBlocked("no"), connected=False) is None


@pytest.mark.parametrize("kind", get_args(FailureKind))
@pytest.mark.parametrize("text", ["", "in words of another client"])
def test_every_kind_is_raised(kind, text):
    """Also one that was composed, or recorded by a client with words of its own."""
    assert isinstance(raised(HttpFailure(kind, text=text)), OSError)

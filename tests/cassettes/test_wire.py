"""HTTP as bytes: requests read as they come, replies written as clients read them."""

from __future__ import annotations

import http.client
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness.cassettes.wire.wire import RequestReader, rendered, unchunked
from autogen_harness.model import HttpFailure, HttpReply

CHUNKED = b"POST /x HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n"
PLAIN = b"POST /x?q=1 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nabcde"
BARE = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"


@pytest.mark.parametrize(("raw", "target", "body"), [(CHUNKED, "/x", b"abcde"), (PLAIN, "/x?q=1", b"abcde"), (BARE, "/", b"")])
@given(data=st.data())
def test_a_request_is_read_however_it_is_cut(raw, target, body, data):
    """It is whole with its last byte and not before."""
    reader, at = RequestReader(), 0
    while at < len(raw):
        assert not reader.whole
        step = data.draw(st.integers(1, len(raw) - at))
        reader.feed(raw[at : at + step])
        at += step
    assert (reader.whole, reader.body, reader.head.target) == (True, body, target)
    assert reader.head.values("host") == ["a.test"]


def test_a_client_that_waits_is_told_to_go_on():
    """It sends the body only then."""
    reader = RequestReader()
    reader.feed(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
    assert reader.waits_to_go_on
    reader.feed(b"a")
    assert (reader.waits_to_go_on, reader.whole) == (False, True)


class _Stream:
    def __init__(self, raw):
        self._raw = raw

    def makefile(self, *_):
        return io.BytesIO(self._raw)


@pytest.mark.parametrize("framing", ["Content-Length", "Transfer-Encoding", "Connection"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@given(body=st.binary(max_size=40))
def test_a_parser_reads_back_what_is_rendered(framing, method, body):
    """Whichever way says where the body ends."""
    value = {"Content-Length": "9", "Transfer-Encoding": "chunked", "Connection": "close"}[framing]
    reply = HttpReply(299, "Fine so", (("X-A", "1"), (framing, value), ("X-A", "2")), body)
    parsed = http.client.HTTPResponse(_Stream(rendered(reply, method)), method=method)
    parsed.begin()
    assert (parsed.status, parsed.reason, parsed.headers.get_all("X-A")) == (299, "Fine so", ["1", "2"])
    assert parsed.read() == (b"" if method == "HEAD" else body)


@pytest.mark.parametrize("framing", [("Content-Length", "9"), ("Transfer-Encoding", "chunked")])
def test_a_reply_that_breaks_off_is_not_complete(framing):
    """The parser waits for more than comes."""
    raw = rendered(HttpFailure("closed", HttpReply(200, "OK", (framing,), b"abc", coded=True)), "GET")
    parsed = http.client.HTTPResponse(_Stream(raw), method="GET")
    parsed.begin()
    with pytest.raises(http.client.IncompleteRead) as met:
        parsed.read()
    assert b"abc" in met.value.partial or framing[0] == "Transfer-Encoding"


def test_a_failure_without_a_reply_is_no_bytes():
    """The client reads the end of the connection."""
    assert rendered(HttpFailure("reset"), "GET") == b""


@pytest.mark.parametrize("data", [b"", b"3", b"3\r\nab", b"3\r\nabc\r\n", b"3\r\nabc\r\n0\r\n"])
def test_chunks_that_do_not_end_are_no_body(data):
    """There is more to come."""
    assert unchunked(data) is None

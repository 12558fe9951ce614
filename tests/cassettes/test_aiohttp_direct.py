"""What is handed to aiohttp without being written and parsed is what its parser makes of the same, or it is not handed over."""

from __future__ import annotations

import asyncio
from unittest.mock import Mock

import pytest
from aiohttp.client_proto import ResponseHandler
from hypothesis import example, given
from hypothesis import strategies as st

from autogen_harness.cassettes.backends import aiohttp_direct as direct
from autogen_harness.cassettes.wire.wire import rendered
from autogen_harness.model import HttpReply

NAMES = ("content-type", "Server", "ETAG", "X-Own", "x own", "Naïve", "get", "Connection", "Upgrade", "Content-Encoding", "")
VALUES = ("a", "a b", " a", "a ", "a  b", "", "ü", "\t", "close", "upgrade", "gzip", "x" * 9000, "3", "03")
pairs = st.tuples(st.sampled_from((*NAMES, "Content-Length", "Transfer-Encoding", "Set-Cookie")), st.sampled_from(VALUES))
replies = st.builds(
    HttpReply,
    st.sampled_from([200, 201, 204, 206, 301, 304, 404, 500, 599, 999]),
    st.sampled_from(["OK", "", "Not Found", " OK", "ü"]),
    st.lists(pairs, max_size=4).map(tuple),
    st.sampled_from([b"{}", b"abc", b"", b"x" * 70_000]),
    st.sampled_from(["1.0", "1.1", "2"]),
    st.booleans(),
)


def parsed(reply):
    """What aiohttp's own parser makes of a reply."""

    async def read():
        handler = ResponseHandler(asyncio.get_running_loop())
        handler.connection_made(Mock(get_extra_info=Mock(return_value=None)))
        handler.set_response_params(read_until_eof=True)
        handler.data_received(rendered(reply, "GET"))
        handler.connection_lost(None)
        message, payload = await handler.read()
        return *seen(message), await payload.read()

    return asyncio.run(read())


def seen(message):
    shown = list(message.headers.items())
    return message.version, message.code, message.reason, shown, tuple(message.raw_headers)


@given(replies)
@example(HttpReply(200, "OK", (("Content-Length", "2"), ("content-type", "a/b")), b"{}"))
@example(HttpReply(200, "OK", (("Content-Length", "3"),), b"{}"))
@example(HttpReply(200, "OK", (("Content-Length", "2"), ("content-length", "2")), b"{}"))
@example(HttpReply(200, "OK", (("X-Own", "a"), ("x-own", "b")), b"{}"))
@example(HttpReply(200, "OK", (("sec-websocket-key1", "a"),), b"{}"))
def test_a_plain_reply_is_what_the_parser_makes_of_it(reply):
    """Version, status, reason, headers in both spellings, and the body."""
    made = direct.plain(reply, "GET")
    if made is not None:
        assert (*seen(made.message), reply.body) == parsed(reply)


@pytest.mark.parametrize("name", [*sorted(direct._SHOWN.values()), "X-Own", "x-own", "GET"])
def test_every_name_is_spelt_as_the_parser_does(name):
    """It has a spelling of its own for the headers that it knows."""
    for written in {name, name.lower(), name.upper()}:
        reply = HttpReply(200, "OK", ((written, "2"),), b"{}")
        made = direct.plain(reply, "GET")
        assert made is None or seen(made.message)[3] == parsed(reply)[3]


@pytest.mark.parametrize(
    "headers",
    [
        (("content-type", "application/json;charset=utf-8"), ("date", "Mon, 02 Nov 2026 10:00:00 GMT"), ("server", "ATS")),
        (("Content-Type", "application/json"), ("Content-Length", "2"), ("Connection", "keep-alive"), ("ETag", '"a"')),
    ],
)
def test_the_short_way_is_taken(headers):
    """The replies of most services are plain."""
    assert direct.plain(HttpReply(200, "OK", headers, b"{}"), "GET")
    assert direct.plain(HttpReply(200, "OK", headers, b"{}"), "HEAD") is None


@pytest.mark.parametrize(
    ("options", "suits"),
    [({}, False), ({"read_until_eof": True}, True), ({"read_until_eof": True, "max_field_size": 10}, False)],
)
def test_limits_are_for_the_parser_to_keep(options, suits):
    """So are replies that end with the connection, for a client that does not wait for that."""
    made = direct.plain(HttpReply(200, "OK", (("content-type", "text/plain"),), b"abc"), "GET")
    assert made.suits(options) is suits

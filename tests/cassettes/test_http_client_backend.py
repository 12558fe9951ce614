"""What is true of http.client's driver beside what the battery of urllib tells."""

from __future__ import annotations

import http.client
import socket
import urllib.request
import xmlrpc.client
from urllib.parse import urlsplit

import pytest

from autogen_harness.cassettes import fault
from autogen_harness.cassettes.backends.lines import Line
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.model import HttpExchange, HttpFailure, HttpReply

URL = "http://a.test/"


@pytest.fixture
def one(opened, interaction):
    """An open player with one interaction, which the test queues as it likes."""
    opened.keep("one", interaction())
    return opened


def by_urllib(url=URL, **options):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, **options) as answer:
        return answer.status


@pytest.mark.parametrize(
    ("met", "timeout", "elapsed", "error"),
    [
        (None, 5, 0, None),
        (fault.slow(3), 5, 3, None),
        (fault.slow(3), 1, 1, TimeoutError),
        (fault.timeout(), 5, 5, TimeoutError),
        (fault.timeout("connect"), 2, 2, TimeoutError),
        (fault.connection_reset(), 5, 0, ConnectionResetError),
    ],
    ids=str,
)
def test_waiting_takes_virtual_time(one, met, timeout, elapsed, error):
    """What is waited for has passed on the clock, and the exception is the socket's own."""
    one.player.play("one", fault=met)
    if error is None:
        assert by_urllib(timeout=timeout) == 200
    else:
        with pytest.raises((error, OSError)) as caught:
            by_urllib(timeout=timeout)
        assert isinstance(getattr(caught.value, "reason", caught.value), error)
    assert one.clock.elapsed == elapsed
    assert one.ledger.of(HttpExchange)[0].request.timeout == timeout


@pytest.mark.parametrize("default", [None, 7.0])
def test_a_timeout_that_nobody_gave_is_that_of_the_module(one, default):
    """As sockets have it."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(default)
    try:
        one.player.play("one")
        assert by_urllib() == 200
    finally:
        socket.setdefaulttimeout(before)
    assert one.ledger.of(HttpExchange)[0].request.timeout == default


@pytest.mark.parametrize("kind", ["unresolved", "refused", "connect-timeout", "tls"])
def test_what_keeps_a_connection_from_being_made_is_met_while_sending(opened, interaction, kind):
    """There urllib makes its URLError of it; what comes later it lets pass as it is."""
    opened.keep("one", interaction(url="https://a.test/", reply=HttpFailure(kind)))
    opened.player.play("one")
    with pytest.raises(urllib.request.URLError):
        by_urllib("https://a.test/", timeout=5)


def test_a_miss_is_met_as_it_is(opened):
    """It is no error of the network, so urllib makes nothing else of it."""
    with pytest.raises(UnmatchedRequest, match=r"POST http://a\.test/x"):
        by_urllib(URL + "x", data=b"a", timeout=5)


def test_what_stands_on_it_is_answered(opened, interaction):
    """XML-RPC as an example."""
    reply = HttpReply(200, "OK", (("Content-Type", "text/xml"),), xmlrpc.client.dumps((5,), methodresponse=True).encode())
    opened.keep("one", interaction("POST", "https://a.test/rpc", xmlrpc.client.dumps((2, 3), "add").encode(), reply))
    opened.player.play("one")
    with xmlrpc.client.ServerProxy("https://a.test/rpc") as server:
        assert server.add(2, 3) == 5


def test_a_tunnel_is_not_made(opened, interaction):
    """The request is for the host behind it."""
    opened.keep("one", interaction(url="https://a.test/x"))
    opened.player.play("one")
    conn = http.client.HTTPSConnection("proxy.test", 3128)
    conn.set_tunnel("a.test")
    conn.request("GET", "/x")
    assert conn.getresponse().status == 200


def test_a_connection_goes_from_a_cassette_to_the_network_and_back(desk, interaction, origin):
    """One that is kept alive is let go when the player closes."""
    alive = HttpReply(200, "OK", (("Content-Length", "2"),), b"{}")
    desk.keep("one", interaction(url=origin.url + "/json", reply=alive))
    desk.player._reach = lambda *_: "own"
    conn = http.client.HTTPConnection(urlsplit(origin.url).netloc, timeout=5)
    seen = []
    for _ in range(2):
        desk.player.open()
        desk.player.play("one")
        conn.request("GET", "/json")
        seen.append(conn.getresponse().read())
        assert isinstance(conn.sock, Line)
        desk.player.close()
        desk.player.reset()
        assert conn.sock is None
        conn.request("GET", "/json")
        seen.append(conn.getresponse().read())
    conn.close()
    assert seen == [b"{}", b'{"a": "\xc3\xa9"}'] * 2


def test_less_than_was_promised_is_answered_all_the_same(opened, interaction):
    """A real server would wait for the rest; what is there is what was asked."""
    opened.keep("post", interaction("POST", URL, b"short"))
    opened.player.play("post")
    conn = http.client.HTTPConnection("a.test")
    conn.putrequest("POST", "/")
    conn.putheader("Content-Length", "9")
    conn.endheaders(b"short")
    assert conn.getresponse().status == 200


def test_httplib2_is_answered(desk, interaction):
    """Its connections connect by themselves; what it keeps of them is let go in the end."""
    httplib2 = pytest.importorskip("httplib2")
    before = httplib2.HTTPConnectionWithTimeout.connect
    desk.keep("one", interaction(url="http://a.test/x"), interaction(url="https://a.test/x"))
    desk.player.open()
    desk.player.play("one")
    client = httplib2.Http()
    assert [client.request(f"{scheme}://a.test/x")[0].status for scheme in ("http", "https")] == [200, 200]
    desk.player.close()
    assert [conn.sock for conn in client.connections.values()] == [None, None]
    assert httplib2.HTTPConnectionWithTimeout.connect is before

"""What is true of urllib3's driver beside what the battery of requests tells."""

from __future__ import annotations

import io
import warnings
from functools import wraps

import pytest
import requests
import responses
import urllib3
from hypothesis import given
from hypothesis import strategies as st
from urllib3.connection import HTTPConnection
from urllib3.util import Timeout

from autogen_harness.cassettes import Player, fault
from autogen_harness.cassettes.backends.lines import Line
from autogen_harness.cassettes.backends.urllib3_direct import is_plain, reply_as_read, request_as_sent
from autogen_harness.cassettes.doors import Doors
from autogen_harness.cassettes.wire.wire import rendered
from autogen_harness.clock import VirtualClock
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.ledger import Ledger
from autogen_harness.model import HttpExchange, HttpFailure, HttpReply, Note

URL = "http://a.test/"
NAMES = st.sampled_from(["Host", "X-A", "user-agent", "Accept-Encoding", "Content-Length", "Cookie", "Set-Cookie", "x-a"])
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8).map(str.strip)
BODIES = st.none() | st.binary(max_size=9) | st.text(max_size=9)
METHODS = st.sampled_from(["GET", "HEAD", "POST", "DELETE", "OPTIONS"])


def written(conn, method, url, **options):
    """What a connection of urllib3 writes to a line."""
    line = Line(lambda _: HttpReply(200), lambda _: None, None)
    conn.sock = line
    conn.request(method, url, **options)
    return line.reader.head.headers, line.reader.body


@given(method=METHODS, headers=st.dictionaries(NAMES, TEXTS, max_size=4), body=BODIES, port=st.sampled_from([None, 80, 81]))
def test_a_plain_request_is_what_urllib3_writes(method, headers, body, port):
    """Headers that it adds, their order, and the bytes of the body."""
    if "Content-Length" in headers:
        headers["Content-Length"] = str(len(body.encode() if isinstance(body, str) else body or b""))
    conn = HTTPConnection("a.test", port)
    made = request_as_sent(conn, method, "/x?q=1", {"body": body, "headers": headers})
    assert made == written(conn, method, "/x?q=1", body=body, headers=headers)


@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"X": "caf\xe9"}},
        {"headers": {"X": b"bytes"}},
        {"headers": {"User-Agent": urllib3.util.SKIP_HEADER}},
        {"headers": {"Transfer-Encoding": "chunked"}},
        {"headers": {"X": "a\nb"}},
        {"body": iter([b"a"])},
        {"body": io.BytesIO(b"a")},
        {"chunked": True},
    ],
    ids=lambda options: "-".join(f"{name} {type(value).__name__}" for name, value in options.items()),
)
def test_all_else_is_left_to_urllib3(options):
    """What it writes of these only it knows."""
    assert request_as_sent(HTTPConnection("a.test"), "POST", "/", options) is None


REPLIES = st.builds(
    HttpReply,
    status=st.sampled_from([200, 204, 302, 304, 404, 599]),
    reason=TEXTS,
    headers=st.lists(
        st.tuples(NAMES, TEXTS | st.just("café"))
        | st.sampled_from(
            [("Connection", "close"), ("Content-Encoding", "gzip"), ("Content-Length", "3"), ("Keep-Alive", "5")]
        ),
        max_size=5,
        unique_by=lambda pair: pair[0].lower() if pair[0].lower() in ("content-length", "content-encoding") else object(),
    ).map(lambda pairs: tuple(pair for pair in pairs if pair[0].lower() != "content-length" or pair[1].isdigit())),
    body=st.binary(max_size=20),
    version=st.sampled_from(["1.1", "1.0"]),
)


def looked_at(response):
    """Everything of a response that a program can get at without asking its socket."""
    head = response.status, response.reason, response.version, list(response.headers.items()), response.length_remaining
    read = [response.read(3, decode_content=False), response.read(decode_content=False), response.read()]
    return head, read, response.closed, response.tell()


def behind(response):
    """The same of the response of http.client that it reads from."""
    one = response._original_response
    return one.status, one.reason, one.version, one.getheaders(), one.will_close, one.length, one.isclosed()


@given(reply=REPLIES, method=st.sampled_from(["GET", "HEAD", "POST"]))
def test_a_plain_reply_is_what_urllib3_parses(reply, method):
    """The response made from the cassette, and the one that urllib3 and http.client make of its bytes."""
    options = {"preload_content": False, "decode_content": False, "enforce_content_length": False}
    conn = HTTPConnection("a.test")
    conn.sock = Line(lambda _: reply, lambda _: None, None)
    conn.request(method, "/", **options)
    assert is_plain(reply)
    parsed, made, bare = conn.getresponse(), *(reply_as_read(reply, method, "/", options, bare=bare) for bare in (False, True))
    assert behind(made) == behind(parsed)
    assert looked_at(made) == looked_at(bare) == looked_at(parsed)
    assert made._original_response.isclosed() == parsed._original_response.isclosed()
    assert (bare._original_response is not None) == ("set-cookie" in bare.headers)


@pytest.fixture
def made(monkeypatch):
    """One entry for each request that urllib3's own ``_make_request`` makes."""
    begun, real = [], Timeout.start_connect
    monkeypatch.setattr(Timeout, "start_connect", lambda timeout: begun.append(timeout) or real(timeout))
    return begun


def asked_of(pool, **options):
    """A request as requests makes it."""
    usual = dict.fromkeys(("redirect", "assert_same_host", "preload_content", "decode_content", "chunked"), False)
    given = {"body": None, "headers": {"X-A": "1"}, "retries": urllib3.Retry(2), "timeout": Timeout(3), **usual, **options}
    return pool.urlopen("GET", given.pop("url", "/"), **given)


def left_behind(pool, level, caplog, retries):
    """What a request leaves in its pool and on its response, with the logs of urllib3 kept from this level on."""
    caplog.set_level(level, logger="urllib3.connectionpool")
    response = asked_of(pool, retries=retries)
    before = response.retries is retries, response._pool is pool, type(response.connection), response.closed, pool.pool.qsize()
    read = response.data, response.tell(), response.length_remaining, response.connection, response.closed
    kept = [None if conn is None else (type(conn), conn.sock, conn.timeout) for conn in pool.pool.queue]
    return before, read, kept, pool.num_requests, pool.num_connections


@pytest.mark.parametrize("body", [b"{}", b""])
def test_a_plain_exchange_leaves_behind_what_urllib3_leaves(opened, interaction, made, caplog, body):
    """Its own method is spared where no log is kept, and nobody can tell by anything else."""
    opened.keep("one", interaction(reply=HttpReply(200, "OK", (("Content-Length", str(len(body))),), body)))
    opened.player.play("one", times=2)
    pools, retries = (urllib3.HTTPConnectionPool("a.test"), urllib3.HTTPConnectionPool("a.test")), urllib3.Retry(2)
    seen = [left_behind(pool, level, caplog, retries) for pool, level in zip(pools, ("INFO", "DEBUG"), strict=True)]
    assert seen[0] == seen[1]
    assert len(made) == 1
    assert "GET / HTTP/1.1" in caplog.text


def test_players_closed_out_of_order_do_not_make_the_next_one_slow(desk, interaction, made):
    """Their stand-ins stay where the second one put them back, and do nothing: nobody watches urllib3."""
    others = [Player(Ledger().record, VirtualClock()) for _ in range(2)]
    for other in others:
        other.open()
    for other in others:
        other.close()
    desk.keep("one", interaction(reply=HttpReply(200, "OK", (("Content-Length", "2"),), b"{}")))
    desk.player.open()
    try:
        desk.player.play("one")
        assert asked_of(urllib3.HTTPConnectionPool("a.test")).status == 200
    finally:
        desk.player.close()
    assert made == []


class _Looking(urllib3.HTTPConnectionPool):
    """A pool of the user's own, which looks at each connection."""

    def _validate_conn(self, conn):
        assert not conn.is_closed


PLAIN = urllib3.HTTPConnectionPool
WHOLE_WAY = {
    "a body in pieces": (PLAIN("a.test"), {"body": iter([b"a"])}, {}),
    "no headers": (PLAIN("a.test"), {"headers": None}, {}),
    "a target that is not plain": (PLAIN("a.test"), {"url": "/%c3%a9"}, {"match": lambda _recorded, _asked: True}),
    "retries as a number": (PLAIN("a.test"), {"retries": 1}, {}),
    "slow": (PLAIN("a.test"), {}, {"fault": fault.slow(2)}),
    "cut": (PLAIN("a.test"), {}, {"fault": fault.truncated(1)}),
    "not verified": (urllib3.HTTPSConnectionPool("a.test", cert_reqs="CERT_NONE"), {}, {}),
    "a pool of one's own": (_Looking("a.test"), {}, {}),
}


@pytest.mark.parametrize("case", WHOLE_WAY)
@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_what_is_not_plain_is_made_by_urllib3(opened, interaction, made, case):
    """Its own method warns, waits, and meets what breaks; the request is asked about once."""
    pool, options, played = WHOLE_WAY[case]
    opened.keep("one", interaction(url=f"{pool.scheme}://a.test/"))
    opened.player.play("one", **played)
    assert asked_of(pool, **options).status == 200
    assert (len(made), len(opened.ledger.of(HttpExchange))) == (1, 1)


FIRST = [fault.connection_reset(), fault.lost_reply(), fault.status(503), fault.status(429, retry_after=1)]


@pytest.mark.parametrize("first", FIRST, ids=str)
def test_each_attempt_meets_its_own(opened, interaction, first):
    """What the first one met, the next does not meet again."""
    opened.keep("one", interaction())
    opened.player.play("one", fault=[first, fault.recorded()])
    retries = urllib3.Retry(2, status_forcelist=[503] if first.status == 503 else ())
    pool = urllib3.HTTPConnectionPool("a.test")
    assert asked_of(pool, retries=retries).status == 200
    assert (pool.num_requests, len(opened.ledger.of(HttpExchange)), opened.player.leftovers()) == (2, 2, [])


@pytest.mark.parametrize("method", ["_make_request", "urlopen"])
@pytest.mark.parametrize("when", ["before", "later"])
def test_who_wraps_urllib3_sees_every_request(desk, interaction, monkeypatch, method, when):
    """A wrapper that was there before the player, or came later."""
    seen, real = [], None

    def wrap():
        nonlocal real
        real = getattr(urllib3.HTTPConnectionPool, method)
        monkeypatch.setattr(urllib3.HTTPConnectionPool, method, wraps(real)(watched))

    def watched(pool, *args, **options):
        seen.append(pool.host)
        return real(pool, *args, **options)

    desk.keep("one", interaction())
    if when == "before":
        wrap()
    desk.player.open()
    if when == "later":
        wrap()
    desk.player.play("one")
    assert requests.get(URL, timeout=5).status_code == 200
    assert seen == ["a.test"]


@pytest.mark.parametrize("framing", [("Content-Length", "2"), ("Transfer-Encoding", "chunked"), ("X-A", "until the end")])
def test_connections_that_were_alive_before_and_after(desk, interaction, origin, framing):
    """A session keeps its connections: what a player answers leaves nothing in memory among them."""
    desk.keep("one", interaction(url=origin.url + "/json", reply=HttpReply(200, "OK", (framing,), b"{}")))
    desk.player._reach = lambda *_: "own"
    with requests.Session() as session, desk.clock:
        session.trust_env = False
        for _ in range(2):
            assert session.get(origin.url + "/bin", timeout=5).status_code == 200
            desk.player.open()
            desk.player.play("one")
            assert session.get(origin.url + "/json", timeout=5).content == b"{}"
            pool = session.get_adapter(origin.url).poolmanager.connection_from_url(origin.url)
            kept = [conn.sock for conn in list(pool.pool.queue) if conn is not None]
            assert not any(isinstance(sock, Line) for sock in kept)
            desk.player.close()
            desk.player.reset()
            assert session.get(origin.url + "/json", timeout=5).json() == {"a": "é"}


@pytest.mark.parametrize("body", [None, b"x", iter([b"a", b"b"])], ids=["none", "bytes", "pieces"])
def test_a_miss_passes_through_every_retry(opened, body):
    """It is not an error of the connection, so nothing is tried again."""
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(max_retries=urllib3.Retry(5)))
    with pytest.raises(UnmatchedRequest, match=r"POST http://a\.test/x"):
        session.post(URL + "x", data=body, timeout=5)
    assert len(opened.ledger.findings) == 1


PROXIES = {"http": "http://proxy.test:3128", "https": "http://proxy.test:3128"}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_is_never_asked(opened, interaction, scheme):
    """The request is answered as for its own host; no tunnel is made."""
    opened.keep("one", interaction(url=f"{scheme}://a.test/x"))
    opened.player.play("one")
    assert requests.get(f"{scheme}://a.test/x", proxies=PROXIES, timeout=5).status_code == 200
    (exchange,) = opened.ledger.of(HttpExchange)
    assert exchange.request.url == f"{scheme}://a.test/x"


@pytest.mark.parametrize(
    ("met", "error"),
    [
        (HttpFailure("refused"), requests.exceptions.ProxyError),
        (HttpFailure("connect-timeout"), requests.exceptions.ProxyError),
        (HttpFailure("read-timeout"), requests.exceptions.ReadTimeout),
    ],
    ids=str,
)
def test_what_fails_behind_a_proxy(opened, interaction, met, error):
    """A connection to the proxy that is not made is an error of the proxy; one that is made is not."""
    opened.keep("one", interaction(reply=met))
    opened.player.play("one")
    with pytest.raises(error):
        requests.get(URL, proxies=PROXIES, timeout=5)


@pytest.mark.parametrize(("verify", "warned"), [(True, []), (False, ["InsecureRequestWarning"])])
def test_urllib3_warns_as_it_does_live(opened, interaction, verify, warned):
    """A request whose certificate nobody would look at."""
    opened.keep("one", interaction(url="https://a.test/"))
    opened.player.play("one")
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert requests.get("https://a.test/", verify=verify, timeout=5).status_code == 200
    assert [one.category.__name__ for one in seen] == warned


def test_untrusted_is_an_error_of_tls(opened, interaction):
    """With the words of the recording."""
    words = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)"
    opened.keep("one", interaction(url="https://a.test/", reply=HttpFailure("tls", text=words)))
    opened.player.play("one")
    with pytest.raises(requests.exceptions.SSLError, match="certificate has expired"):
        requests.get("https://a.test/", timeout=5)


def test_a_slow_beginning_and_a_stall_take_their_time(opened, interaction):
    """The time before the head, and the read timeout once nothing more comes."""
    begun = HttpReply(200, "OK", (("Content-Length", "8"),), b'{"a"', coded=True)
    opened.keep("one", interaction(reply=HttpFailure("read-timeout", begun)))
    opened.player.play("one")
    with pytest.raises(requests.ConnectionError, match="Read timed out"):
        requests.get(URL, timeout=(1, 4))
    assert opened.clock.elapsed == 4


@pytest.mark.parametrize("backends", [(), ("adapter",)])
def test_another_urllib3_is_answered_through_responses(desk, interaction, monkeypatch, backends):
    """The report says so."""

    def _make_request(self, conn, method, url, **httplib_request_kw):
        """As it was in urllib3 1.26."""

    monkeypatch.setattr(urllib3.HTTPConnectionPool, "_make_request", _make_request)
    desk.player._doors = Doors(desk.player._desk, backends)
    desk.keep("one", interaction())
    desk.player.open()
    desk.player.play("one")
    assert requests.get(URL, timeout=5).status_code == 200
    with responses.RequestsMock(), pytest.raises(requests.ConnectionError):
        requests.get(URL, timeout=5)
    (note,) = desk.ledger.of(Note)
    assert (note.topic, "older than 2.0" in note.text, "backend='responses'" in note.text) == ("backend", True, True)
    assert len(desk.ledger.findings) == 1


def test_a_fault_over_a_chunked_reply_is_cut_as_any(opened, interaction):
    """A cassette of chunks, truncated beside it."""
    opened.keep("one", interaction(reply=HttpReply(200, "OK", (("Transfer-Encoding", "chunked"),), b"abcd")))
    opened.player.play("one", fault=fault.truncated())
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(URL, timeout=5)


@given(sizes=st.lists(st.integers(1, 5), max_size=4), body=st.binary(max_size=12))
def test_chunks_are_sent_in_their_sizes_if_they_fit(sizes, body):
    """Whatever they are, the body is the same."""
    reply = HttpReply(200, "OK", (("Transfer-Encoding", "chunked"),), body, chunks=tuple(sizes))
    conn = HTTPConnection("a.test")
    conn.sock = Line(lambda _: reply, lambda _: None, None)
    conn.request("GET", "/", preload_content=False)
    pieces = list(conn.getresponse().stream(None))
    assert b"".join(pieces) == body
    if sum(sizes) == len(body):
        assert [len(piece) for piece in pieces] == sizes
    assert rendered(reply, "HEAD").endswith(b"\r\n\r\n")

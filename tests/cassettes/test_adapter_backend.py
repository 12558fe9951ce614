"""What is true of the driver of requests' adapters beside what the battery of requests tells."""

from __future__ import annotations

import logging

import pytest
import requests
import responses
import urllib3
from requests.adapters import HTTPAdapter

from autogen_harness import Harness
from autogen_harness.cassettes import Player, fault
from autogen_harness.clock import VirtualClock
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.ledger import Ledger
from autogen_harness.model import HttpExchange, HttpFailure, HttpReply
from autogen_harness.settings import Settings

URL = "http://a.test/"
CHUNKED = HttpReply(200, "OK", (("Transfer-Encoding", "chunked"),), b"ab")


@pytest.fixture
def play(tmp_path, interaction):
    """Open a player with backends of these names, and queue an interaction; all of it is closed in the end."""
    players = []

    def opened(*backends, times=1, fault=None, **how):
        ledger, clock = Ledger(), VirtualClock()
        player = Player(ledger.record, clock, [tmp_path], backends=backends)
        players.append((player, clock))
        clock.start()
        player.open()
        player.queue("one", interaction(**how), times=times, fault=fault)
        return player, ledger, clock

    yield opened
    for player, clock in reversed(players):
        player.close()
        clock.stop()


@pytest.fixture
def below(monkeypatch):
    """The URLs that urllib3 was asked for."""
    asked, real = [], urllib3.HTTPConnectionPool.urlopen

    def urlopen(pool, method, url, *args, **options):
        asked.append(url)
        return real(pool, method, url, *args, **options)

    monkeypatch.setattr(urllib3.HTTPConnectionPool, "urlopen", urlopen)
    return asked


@pytest.mark.parametrize("stream", [False, True])
def test_a_plain_exchange_needs_no_urllib3(play, below, stream):
    """The response is that of requests all the same, cookies included."""
    headers = (("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    play("adapter", reply=HttpReply(200, "OK", headers, b'{"a": 1}'))
    session = requests.Session()
    got = session.get(URL, timeout=(1, 5), stream=stream)
    assert (got.json(), got.reason, got.raw.closed, got.connection) == ({"a": 1}, "OK", True, session.get_adapter(URL))
    assert session.cookies.get_dict() == {"a": "1", "b": "2"}
    assert below == []


class _Own(HTTPAdapter):
    """An adapter that chooses its pool itself."""

    def get_connection_with_tls_context(self, *args, **options):
        return super().get_connection_with_tls_context(*args, **options)


HANDED_DOWN = {
    "a retry": ({}, {}, HTTPAdapter(max_retries=urllib3.Retry(1))),
    "an adapter of one's own": ({}, {}, _Own()),
    "a proxy": ({}, {"proxies": {"http": "http://proxy.test:3128"}}, None),
    "a certificate that nobody looks at": ({}, {"verify": False}, None),
    "a timeout object": ({}, {"timeout": urllib3.Timeout(5)}, None),
    "a slow reply": ({"fault": fault.slow(2)}, {}, None),
    "chunks": ({"reply": CHUNKED}, {}, None),
    "a fragment": ({}, {"url": URL + "#part"}, None),
    "a body in pieces": ({"method": "POST", "body": b"ab"}, {"method": "POST", "data": iter([b"a", b"b"])}, None),
}


@pytest.mark.parametrize("case", HANDED_DOWN)
def test_what_is_not_plain_is_made_by_urllib3(play, below, case):
    """It is asked about and answered once all the same."""
    played, sent, adapter = HANDED_DOWN[case]
    player, ledger, _ = play("adapter", **played)
    session = requests.Session()
    if adapter is not None:
        session.mount("http://", adapter)
    assert session.request(**{"method": "GET", "url": URL, "timeout": 5, **sent}).status_code == 200
    assert len(below) == 1
    assert len(ledger.of(HttpExchange)) == 1
    assert player.leftovers() == ledger.findings == []


def test_where_the_log_of_urllib3_is_read_it_is_written(play, caplog):
    """Nothing of it is written here."""
    play("adapter")
    with caplog.at_level(logging.DEBUG, logger="urllib3.connectionpool"):
        requests.get(URL, timeout=5)
    assert "GET / HTTP/1.1" in caplog.text


@pytest.mark.parametrize(
    ("met", "error"),
    [
        (HttpFailure("read-timeout"), requests.ReadTimeout),
        (HttpFailure("connect-timeout"), requests.ConnectTimeout),
        (HttpFailure("reset"), requests.ConnectionError),
        (HttpFailure("tls"), requests.exceptions.SSLError),
    ],
    ids=lambda one: getattr(one, "kind", ""),
)
def test_a_failure_is_what_it_is_without_this(play, met, error):
    """With its time."""
    _, _, clock = play("adapter", url="https://a.test/", reply=met)
    with pytest.raises(error):
        requests.get("https://a.test/", timeout=(3, 4))
    assert clock.elapsed == {"read-timeout": 4, "connect-timeout": 3}.get(met.kind, 0)


def test_retries_are_those_of_urllib3(play):
    """With their back-off, in virtual time."""
    _, ledger, clock = play("adapter", fault=[*fault.status(503).times(2)])
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=urllib3.Retry(3, status_forcelist=[503], backoff_factor=1)))
    assert session.get(URL, timeout=5).ok
    assert (len(ledger.of(HttpExchange)), clock.sleeps) == (3, [2])


def test_a_status_that_may_not_be_tried_again_is_an_error(play):
    """Also where no attempt is left from the beginning."""
    play("adapter", reply=HttpReply(503))
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=urllib3.Retry(0, status_forcelist=[503])))
    with pytest.raises(requests.exceptions.RetryError):
        session.get(URL, timeout=5)


REQUESTS = {
    "a query": {"url": URL + "a b/é", "params": {"q": "1 2", "e": ""}},
    "a port": {"url": "http://A.test:8080"},
    "a header": {"headers": {"X-A": "1", "Accept-Encoding": None, "User-Agent": None}},
    "a form": {"method": "POST", "data": {"a": "é"}},
    "JSON": {"method": "PUT", "json": {"a": [1]}},
    "nothing posted": {"method": "POST"},
    "deleted": {"method": "DELETE"},
    "basic auth": {"auth": ("user", "word")},
    "no limit": {"timeout": None},
    "two limits": {"timeout": (1, 2.5)},
}


@pytest.mark.parametrize("case", REQUESTS)
def test_a_request_is_what_urllib3_would_have_sent(play, below, case):
    """Method, URL, headers, body and timeout, as they are asked about and stand in the ledger."""
    seen = []
    for backends in ((), ("adapter",)):
        player, ledger, _ = play(*backends, url="http://b.test/", times="any")
        player.serve("a.test", lambda _: HttpReply(200, "OK", (), b""))
        requests.request(**{"method": "GET", "url": URL, "timeout": 5, **REQUESTS[case]})
        (exchange,) = ledger.of(HttpExchange)
        seen.append(
            (
                exchange.request.method,
                exchange.request.url,
                exchange.request.headers,
                exchange.request.body,
                exchange.request.timeout,
            )
        )
        player.close()
    assert seen[0] == seen[1]
    assert len(below) == 1


def test_a_miss_is_one(play, below):
    """As with every other driver."""
    _, ledger, _ = play("adapter")
    with pytest.raises(UnmatchedRequest, match=r"GET http://a\.test/other"):
        requests.get(URL + "other", timeout=5)
    assert [finding.rule for finding in ledger.findings] == ["http-unmatched"]
    assert below == []


def test_a_mock_of_the_user_s_wins(play):
    """Whether it was there before or came later."""
    with responses.RequestsMock() as before:
        before.get(URL, json="before")
        play("adapter")
        assert requests.get(URL, timeout=5).json() == "before"
        with responses.RequestsMock() as later:
            later.get(URL, json="later")
            assert requests.get(URL, timeout=5).json() == "later"
    assert requests.get(URL, timeout=5).json() == {}


def test_it_is_chosen_by_name_and_leaves_no_trace(tmp_path, interaction, below):
    """urllib3 by itself is answered as ever."""
    real = HTTPAdapter.send
    with Harness(root=tmp_path, settings=Settings(backend=("adapter",))) as harness:
        harness.http.queue("one", interaction(), times=2)
        assert requests.get(URL, timeout=5).json() == urllib3.PoolManager().request("GET", URL).json() == {}
        assert len(below) == 1
    assert HTTPAdapter.send is real

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPSConnection
from types import SimpleNamespace as Desk

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import Retry, Timeout

from autogen_harness.cassettes import Cassette, Match, Player, fault, save
from autogen_harness.cassettes.doors import Doors
from autogen_harness.clock import VirtualClock
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.ledger import Ledger
from autogen_harness.model import HttpExchange, HttpReply, Note

URL = "http://a.test/"


def exchanges(desk):
    return desk.ledger.of(HttpExchange)


@pytest.fixture
def one(opened, interaction):
    """An open player with one interaction, which the test queues as it likes."""
    opened.keep("one", interaction())
    return opened


@pytest.mark.parametrize(
    ("timeout", "recorded"),
    [(5, 5), (2.5, 2.5), ((1, 7), 7), ((1, None), None), (None, None), (Timeout(connect=1, read=3), 3)],
    ids=str,
)
def test_the_read_timeout_reaches_the_ledger(one, timeout, recorded):
    """What the transport was told, however it was written."""
    one.player.play("one")
    requests.get(URL, timeout=timeout)
    assert exchanges(one)[0].request.timeout == recorded


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        ({"json": {"a": 1}}, b'{"a": 1}'),
        ({"data": {"a": "1"}}, b"a=1"),
        ({"data": "text"}, b"text"),
        ({"data": iter([b"a", "b"])}, b"ab"),
    ],
    ids=["json", "form", "text", "pieces"],
)
def test_the_body_reaches_the_matchers(opened, interaction, sent, body):
    """JSON, forms, text and iterators are compared as the bytes they come to."""
    opened.keep("one", interaction("POST", URL, body))
    opened.player.play("one")
    assert requests.post(URL, timeout=5, **sent).status_code == 200
    assert exchanges(opened)[0].request.body == body


def test_a_file_is_sent_as_its_bytes(opened, interaction, tmp_path):
    """An open file is read once."""
    opened.keep("one", interaction("POST", URL, b"content"))
    opened.player.play("one")
    (tmp_path / "f").write_bytes(b"content")
    with (tmp_path / "f").open("rb") as file:
        assert requests.post(URL, data=file, timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("met", "timeout", "elapsed", "error"),
    [
        (fault.slow(3), 5, 3, None),
        (fault.slow(3), None, 3, None),
        (fault.slow(3), (1, 5), 3, None),
        (fault.slow(3), (5, 1), 1, requests.ReadTimeout),
        (fault.slow(3), 3, 3, requests.ReadTimeout),
        (fault.timeout(), 5, 5, requests.ReadTimeout),
        (fault.timeout(), (1, 5), 5, requests.ReadTimeout),
        (fault.timeout(), None, 0, requests.ReadTimeout),
        (fault.timeout("connect"), (2, 5), 2, requests.ConnectTimeout),
        (fault.connection_reset(), 5, 0, requests.ConnectionError),
    ],
    ids=str,
)
def test_waiting_takes_virtual_time(one, met, timeout, elapsed, error):
    """A slow answer is compared with the read timeout, and what was waited for has passed on the clock."""
    one.player.play("one", fault=met)
    if error is None:
        assert requests.get(URL, timeout=timeout).status_code == 200
    else:
        with pytest.raises(error) as caught:
            requests.get(URL, timeout=timeout)
        assert type(caught.value) is error
        assert caught.value.request.url == URL
    assert one.clock.elapsed == elapsed


def test_a_miss_is_no_fault_of_the_network(opened):
    """A tool that retries or swallows connection errors must not take a hole in the test for one; the ledger has it."""
    with pytest.raises(UnmatchedRequest) as caught:
        requests.get(URL, timeout=5)
    assert not isinstance(caught.value, (requests.RequestException, OSError))
    assert [finding.rule for finding in opened.ledger.findings] == ["http-unmatched"]


def test_a_miss_that_a_tool_swallows_is_recorded(opened):
    """AutoGen turns exceptions into text: what counts is the ledger."""
    try:
        requests.get(URL, timeout=5)
    except Exception:  # noqa: BLE001 - as a tool does
        assert len(opened.ledger.findings) == 1


def test_the_redirect_of_a_webhook_asks_the_player_again(opened):
    """Each hop is an attempt of its own."""
    opened.player.play("webhook/redirect", "webhook/accepted")
    answer = requests.post("https://hooks.example.com/redirect", json={"a": 1}, timeout=5)
    assert [exchange.source for exchange in exchanges(opened)] == ["webhook/redirect", "webhook/accepted"]
    assert [one.status_code for one in (*answer.history, answer)] == [307, 202]


class OwnAdapter(HTTPAdapter):
    """An adapter that a tool brings along."""

    def send(self, request, *args, **kwargs):
        request.headers["X-Own"] = "1"
        return super().send(request, *args, **kwargs)


def test_sessions_and_adapters_are_the_real_ones(one):
    """A session made before, and an adapter of the tool's own, with its headers."""
    one.player.play("one")
    session = requests.Session()
    session.mount("http://", OwnAdapter())
    assert session.get(URL, timeout=5).status_code == 200
    assert dict(exchanges(one)[0].request.headers)["X-Own"] == "1"


@pytest.fixture
def mocked(tmp_path, interaction):
    """As ``one``, for requests that are answered through `responses`."""
    ledger, clock = Ledger(), VirtualClock()
    player = Player(ledger.record, clock, [tmp_path], backends=("responses",))
    save(Cassette([interaction()]), tmp_path / "one.json")
    with clock:
        player.open()
        yield Desk(player=player, ledger=ledger, clock=clock)
        player.close()


RETRIED = pytest.mark.parametrize("met", [fault.status(503), fault.timeout(), fault.connection_reset()], ids=str)


@RETRIED
def test_urllib3_retries_by_itself_and_waits_in_virtual_time(one, met):
    """The loop is urllib3's own, with all of its back-off."""
    one.player.play("one", fault=met, times=3)
    one.player.play("one")
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=Retry(total=3, status_forcelist=[503], backoff_factor=1)))
    assert session.get(URL, timeout=5).status_code == 200
    assert one.clock.sleeps == [2, 4]
    assert one.clock.elapsed == 6 + (15 if met.kind == "timeout" else 0)
    assert one.ledger.of(Note) == []


@pytest.mark.parametrize("told", [7, "Mon, 05 Jan 2026 09:00:07 GMT"])
def test_urllib3_waits_as_it_is_told(one, told):
    """In seconds, or until a date."""
    one.clock.freeze("2026-01-05T09:00:00Z")
    one.player.play("one", fault=fault.status(503, retry_after=told))
    one.player.play("one")
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=Retry(total=1, status_forcelist=[503])))
    assert session.get(URL, timeout=5).status_code == 200
    assert one.clock.sleeps == [7]


@RETRIED
def test_retries_through_responses_are_noted_once(mocked, met):
    """`responses` replaces urllib3's loop, so its waits are not real: the report says so."""
    one = mocked
    one.player.play("one", fault=met, times=2, optional=True)
    one.player.play("one", times="any", optional=True)
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=Retry(total=3, status_forcelist=[503], backoff_factor=1)))
    for _ in range(2):
        try:
            session.get(URL, timeout=5)
        except requests.RequestException:
            assert met.kind != "status"
    (note,) = one.ledger.of(Note)
    assert note.topic == "back-off"
    assert note.text.startswith("back-off not checked on this backend: ")


@pytest.mark.parametrize("met", [None, fault.status(404), fault.connection_reset()], ids=str)
def test_a_session_that_does_not_retry_is_not_noted(mocked, met):
    """The note is for those who wrote a retry."""
    one = mocked
    one.player.play("one", fault=met)
    try:
        requests.get(URL, timeout=5)
    except requests.ConnectionError:
        assert met is not None
    assert one.ledger.of(Note) == []


def test_the_users_own_mock_wins_and_its_miss_is_recorded(one):
    """Within its block the mock answers; what it does not answer is a finding, though it looks like a broken connection."""
    one.player.play("one")
    with responses.RequestsMock() as mock:
        mock.get(URL, status=299)
        assert requests.get(URL, timeout=5).status_code == 299
        with pytest.raises(requests.ConnectionError):
            requests.get("http://b.test/x", timeout=5)
    assert requests.get(URL, timeout=5).status_code == 200
    (finding,) = one.ledger.findings
    assert (finding.rule, finding.fields["url"]) == ("http-unmatched", "http://b.test/x")
    assert "responses mock" in finding.what


def test_what_the_users_mock_passes_on_is_no_miss(one, origin):
    """A mock of `responses` passes on to the network itself; the guard of the network sees to the rest."""
    one.player.play("one", optional=True)
    one.player._reach = lambda *_: "own"
    with responses.RequestsMock() as mock:
        mock.add_passthru(origin.url)
        assert requests.get(f"{origin.url}/json", timeout=5).status_code == 200
    assert one.ledger.findings == []


def test_a_mock_that_was_there_before_wins_too(desk, interaction):
    """The order in which a test asks for its fixtures does not decide who answers."""
    desk.keep("one", interaction())
    with responses.RequestsMock() as mock:
        mock.get(URL, status=299)
        desk.player.open()
        desk.player.play("one", optional=True)
        assert requests.get(URL, timeout=5).status_code == 299
        with pytest.raises(requests.ConnectionError):
            requests.get("http://b.test/x", timeout=5)
        desk.player.close()
    assert [finding.fields["url"] for finding in desk.ledger.findings] == ["http://b.test/x"]


def test_an_error_that_the_users_mock_answers_with_is_no_miss(one):
    """It was asked for."""
    one.player.play("one", optional=True)
    with responses.RequestsMock() as mock:
        mock.get(URL, body=requests.ConnectionError("asked for"))
        with pytest.raises(requests.ConnectionError, match="asked for"):
            requests.get(URL, timeout=5)
    assert one.ledger.findings == []


@responses.activate
def inside_activate():
    responses.get(URL, status=298)
    return requests.get(URL, timeout=5).status_code


def test_the_decorator_of_responses_wins_too(one):
    """The default mock is a mock like any other."""
    one.player.play("one", optional=True)
    assert inside_activate() == 298


def watched():
    """Everything that could bear a trace."""
    mock = responses.RequestsMock._find_match, responses._default_mock._on_request, responses._real_send
    pools = HTTPConnectionPool._make_request, HTTPSConnectionPool._prepare_proxy, vars(HTTPSConnectionPool).get("_make_request")
    return HTTPAdapter.send, HTTPConnection.connect, HTTPSConnection.connect, *pools, *mock


@pytest.mark.parametrize("backends", [(), ("responses",)], ids=str)
def test_close_leaves_no_trace(desk, interaction, backends):
    """Every attribute is the object that it was, after each of several openings."""
    before = watched()
    desk.keep("one", interaction())
    desk.player._doors = Doors(desk.player._desk, backends)
    for _ in range(3):
        desk.player.open()
        assert watched() != before
        desk.player.play("one")
        with responses.RequestsMock(assert_all_requests_are_fired=False):
            pass
        requests.get(URL, timeout=5)
        desk.player.close()
        assert watched() == before
    desk.player.close()


@pytest.mark.parametrize("backends", [(), ("responses",)], ids=str)
def test_a_mock_that_outlives_the_player_does_not_bring_it_back(desk, backends):
    """Closed in the wrong order, what the mock puts back is not ours any more: it lets requests through."""
    before = HTTPAdapter.send
    desk.player._doors = Doors(desk.player._desk, backends)
    desk.player.open()
    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    mock.start()
    desk.player.close()
    mock.stop()
    try:
        with pytest.raises(requests.ConnectionError):
            requests.get("http://127.0.0.1:1/", timeout=1)
        assert desk.ledger.findings == []
    finally:
        HTTPAdapter.send = before


def test_threads_get_an_interaction_each(opened, interaction):
    """Fifty requests from worker threads, fifty different answers."""
    replies = [HttpReply(200, "OK", (), str(n).encode()) for n in range(50)]
    opened.keep("many", *(interaction(reply=reply, match=Match(query=())) for reply in replies))
    opened.player.play("many")
    with ThreadPoolExecutor(16) as pool:
        texts = pool.map(lambda n: requests.get(f"{URL}?n={n}", timeout=5).text, range(50))
    assert sorted(map(int, texts)) == list(range(50))


def test_a_thread_started_before_is_answered_too(desk, interaction):
    """Nothing depends on context variables, which threads and executors lose."""
    desk.keep("one", interaction())
    ready, outcomes = threading.Event(), []
    thread = threading.Thread(target=lambda: (ready.wait(5), outcomes.append(requests.get(URL, timeout=5).status_code)))
    thread.start()
    desk.player.open()
    desk.player.play("one")
    ready.set()
    thread.join(5)
    desk.player.close()
    assert outcomes == [200]


@pytest.mark.parametrize("backends", [(), ("responses",)], ids=str)
@pytest.mark.parametrize("size", [None, 3, 1024])
@pytest.mark.timeout(30)  # else it would be red only by never ending
def test_a_stream_ends(desk, interaction, backends, size):
    """urllib3 reads on until what it reads from closes itself, as a connection does."""
    desk.keep("one", interaction(reply=HttpReply(200, "OK", (("Content-Length", "6"),), b"abcdef")))
    desk.player._doors = Doors(desk.player._desk, backends)
    desk.player.open()
    desk.player.play("one")
    with requests.get(URL, stream=True, timeout=5) as answer:
        assert b"".join(piece for piece, _ in zip(answer.iter_content(size), range(9), strict=False)) == b"abcdef"

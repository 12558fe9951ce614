"""What the network in memory for httpx and httpx2 promises beside being like a real one."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from conformance import running
from conformance.origin import Origin as Corners
from conformance.origin import unused_url

from autogen_harness.cassettes import fault
from autogen_harness.errors import NetworkBlocked, UnmatchedRequest
from autogen_harness.model import HttpExchange, HttpFailure, HttpReply

httpx, httpx2 = pytest.importorskip("httpx"), pytest.importorskip("httpx2")
httpcore = pytest.importorskip("httpcore")

URL = "http://a.test/"


def sync(module, url=URL, method="GET", client=None, **options):
    with module.Client(verify=False, **(client or {})) as one:
        return one.request(method, url, **options)


def awaited(module, url=URL, method="GET", client=None, **options):
    async def run():
        async with module.AsyncClient(verify=False, **(client or {})) as one:
            return await one.request(method, url, **options)

    return asyncio.run(run())


EVERY = pytest.mark.parametrize(
    ("ask", "module"), [(ask, module) for ask in (sync, awaited) for module in (httpx, httpx2)], ids=lambda one: one.__name__
)


@pytest.fixture
def one(opened, interaction):
    """An open player with one interaction, which the test queues as it likes."""
    opened.keep("one", interaction())
    return opened


@EVERY
def test_the_request_reaches_the_ledger(one, ask, module, interaction):
    """As it goes out, with the read timeout that reached the transport, and the client's name."""
    one.keep("post", interaction("POST", f"{URL}x?a=1&b=%20", b'{"a":1}'))
    one.player.play("post")
    ask(module, f"{URL}x", "POST", params={"a": "1", "b": " "}, json={"a": 1}, timeout=module.Timeout(9, read=4))
    (exchange,) = one.ledger.of(HttpExchange)
    request = exchange.request
    body = request.body.replace(b" ", b"")  # older ones write JSON as Python does
    assert (request.method, body, request.timeout, request.client) == ("POST", b'{"a":1}', 4, module.__name__)
    assert {"host": "a.test", "content-type": "application/json"}.items() <= {k.lower(): v for k, v in request.headers}.items()


@EVERY
def test_a_miss_is_met_as_it_is(opened, ask, module):
    """It is none of the client's own exceptions, and the ledger has it."""
    with pytest.raises(UnmatchedRequest):
        ask(module)
    assert [finding.rule for finding in opened.ledger.findings] == ["http-unmatched"]


@EVERY
@pytest.mark.parametrize(
    "told",
    [
        (fault.slow(3), {"timeout": 5}, 3, None),
        (fault.slow(3), {"timeout": None}, 3, None),
        (fault.slow(3), {"read": 2}, 2, "ReadTimeout"),
        (fault.timeout(), {"read": 7}, 7, "ReadTimeout"),
        (fault.timeout(), {"timeout": None}, 0, "ReadTimeout"),
        (fault.timeout("connect"), {"connect": 2}, 2, "ConnectTimeout"),
        (fault.connection_reset(), {"timeout": 5}, 0, "ReadError"),
        (fault.truncated(), {"timeout": 5}, 0, "RemoteProtocolError"),
    ],
    ids=str,
)
def test_waiting_takes_virtual_time(one, ask, module, told):
    """The client's own limits strike, with its own classes, and it is no sleep of the code under test."""
    met, timeout, elapsed, error = told
    one.player.play("one", fault=met)
    limits = module.Timeout(**({"timeout": 60} | timeout))
    if error is None:
        assert ask(module, timeout=limits).status_code == 200
    else:
        with pytest.raises(getattr(module, error)) as caught:
            ask(module, timeout=limits)
        assert caught.value.request.url == URL
    assert (one.clock.elapsed, one.clock.sleeps) == (elapsed, [])


def test_slow_answers_overlap(one):
    """Ten requests that take three seconds each take three seconds together."""
    one.player.play("one", fault=fault.slow(3), times=10)

    async def run():
        async with httpx.AsyncClient(verify=False) as client:
            return await asyncio.gather(*(client.get(URL) for _ in range(10)))

    assert len(asyncio.run(run())) == 10
    assert one.clock.elapsed == 3


@EVERY
def test_the_retries_of_a_transport_are_its_own(opened, ask, module, interaction):
    """Each attempt to connect is asked for, and the wait between two is that of the client."""
    opened.keep("flaky", *[interaction(reply=HttpFailure("refused"))] * 2, interaction(reply=HttpReply(201)))
    opened.player.play("flaky")
    kind = module.HTTPTransport if ask is sync else module.AsyncHTTPTransport
    assert ask(module, client={"transport": kind(verify=False, retries=2)}).status_code == 201
    assert opened.clock.elapsed == 0.5


@EVERY
def test_transports_of_the_users_own_win(opened, ask, module):
    """They never reach a pool."""
    transport = module.MockTransport(lambda _: module.Response(299))
    assert ask(module, client={"transport": transport}).status_code == 299


@EVERY
def test_a_proxy_is_not_asked(one, ask, module):
    """What a cassette answers is decided by where the request is for."""
    one.player.play("one")
    assert ask(module, client={"proxy": unused_url()}).status_code == 200


@EVERY
def test_a_recorded_version_of_http_is_told(opened, ask, module, interaction):
    """HTTP/2 is recorded as such, and played as text."""
    opened.keep("two", interaction(reply=HttpReply(200, "", (("x", "y"),), b"z", "2")))
    opened.player.play("two")
    answer = ask(module)
    assert (answer.http_version, answer.content) == ("HTTP/2", b"z")
    assert (answer.reason_phrase, "reason_phrase" in answer.extensions) == ("OK", False)


def test_a_websocket_is_refused_with_words(opened):
    """Nothing waits for an upgrade that never comes."""
    with pytest.raises(UnmatchedRequest, match="asks for a websocket"):
        sync(httpx, headers={"Upgrade": "websocket"})


def test_threads_are_answered(one):
    """One client, several threads."""
    one.player.play("one", times=24)
    with httpx.Client(verify=False) as client, ThreadPoolExecutor(4) as pool:
        assert {answer.status_code for answer in pool.map(lambda _: client.get(URL), range(24))} == {200}


def test_clients_outlive_the_player(desk, interaction):
    """Nothing in memory stays in a pool, and a connection made before is not used for what a cassette answers."""
    origin = Corners()
    url = f"{origin.url}/json"
    desk.keep("one", interaction(url=url, reply=HttpReply(200, "OK", (("Content-Length", "6"),), b"played")))
    try:
        with httpx.Client(verify=False) as client:
            before = client.get(url).content
            desk.player.open()
            desk.player.play("one")
            during = client.get(url).content
            desk.player.close()
            assert (client.get(url).content, during) == (before, b"played")
    finally:
        origin.close()


def test_a_refusal_of_the_guard_is_no_failure_of_the_network(monkeypatch):
    """It passes through, and is not taken down."""

    def refuse(*_args, **_options):
        raise NetworkBlocked

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", refuse)
    tape = running.Memory()
    with running.recording(tape), pytest.raises(NetworkBlocked):
        sync(httpx, "http://far.test/")
    assert tape.interactions == []


def test_uninstalling_leaves_no_trace(desk):
    """Both pools are what they were."""
    before = httpcore.ConnectionPool.handle_request, httpcore.AsyncConnectionPool.handle_async_request
    for _ in range(2):
        desk.player.open()
        assert httpcore.ConnectionPool.handle_request is not before[0]
        desk.player.close()
        assert (httpcore.ConnectionPool.handle_request, httpcore.AsyncConnectionPool.handle_async_request) == before

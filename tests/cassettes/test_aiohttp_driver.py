"""What the connection in memory for aiohttp promises beside being like a real one."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import pytest
from aiohttp import ClientTimeout, connector
from conformance import running
from conformance.origin import Origin as Corners
from conformance.origin import unused_url

from autogen_harness.cassettes import Player, fault
from autogen_harness.cassettes.backends import aiohttp as driver
from autogen_harness.clock import VirtualClock
from autogen_harness.errors import NetworkBlocked, UnmatchedRequest
from autogen_harness.ledger import Ledger
from autogen_harness.model import HttpExchange, HttpFailure, HttpReply, Note

URL = "http://a.test/"
OLDER = {"ClientConnectorDNSError": aiohttp.ClientConnectorError, "ConnectionTimeoutError": aiohttp.ServerTimeoutError}
"""What aiohttp 3.9 raises in place of classes that it does not have."""


@pytest.fixture
def one(opened, interaction):
    """An open player with one interaction, which the test queues as it likes."""
    opened.keep("one", interaction())
    return opened


@pytest.fixture(scope="module")
def corners():
    """A real server that leads clients into their corners."""
    server = Corners()
    yield server
    server.close()


async def fetch(url=URL, method="GET", session=None, **options):
    async with aiohttp.ClientSession(**(session or {})) as made, made.request(method, url, **options) as answer:
        return answer.status, await answer.read()


async def pieces():
    yield b"a"


BODIES = pytest.mark.parametrize(
    "sent",
    [dict, lambda: {"method": "POST", "data": b"known"}, lambda: {"method": "POST", "data": pieces()}],
    ids=["none", "known", "streamed"],
)


@BODIES
def test_a_miss_is_met_as_it_is(opened, sent):
    """Also where it is found only once the body was written, and where aiohttp would repeat the request."""

    async def run():
        await fetch(**sent())

    with pytest.raises(UnmatchedRequest):
        asyncio.run(run())
    assert len(opened.ledger.findings) == 1


@BODIES
@pytest.mark.parametrize(
    "told",
    [
        ("refused", "", "ClientConnectorError"),
        ("unresolved", "", "ClientConnectorDNSError"),
        ("tls", "", "ClientConnectorCertificateError"),
        ("tls", "[SSL: WRONG_VERSION_NUMBER] wrong version number", "ClientConnectorSSLError"),
        ("connect-timeout", "", "ConnectionTimeoutError"),
    ],
)
def test_connections_fail_as_connectors_say(opened, interaction, sent, told):
    """Each in its own class and with what the system said, whenever the body becomes known."""
    kind, text, error = told

    async def run():
        made = sent()
        body = {"data": b"known"}.get("data") if made.get("data") == b"known" else b"a" if made else b""
        opened.keep("bad", interaction(made.get("method", "GET"), URL, body, HttpFailure(kind, text=text)))
        opened.player.play("bad")
        await fetch(timeout=ClientTimeout(sock_connect=3), **made)

    with pytest.raises(getattr(aiohttp, error, OLDER.get(error))) as met:
        asyncio.run(run())
    assert text in str(met.value)


@pytest.mark.parametrize("limit", [{"connect": 3}, {"sock_connect": 3}, {"total": 3}, {"total": 30, "connect": 3}], ids=str)
def test_no_connection_takes_as_long_as_it_may(one, limit):
    """The client's own timers strike, on virtual time, exactly."""
    one.player.play("one", fault=fault.timeout("connect"))
    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(fetch(timeout=ClientTimeout(**limit)))
    assert one.clock.elapsed == 3


@pytest.mark.parametrize("seconds", [4.5, 5, 60.25])
def test_long_timeouts_are_exact_too(one, seconds):
    """aiohttp rounds them up to a whole second of a clock that began at some fraction of one."""
    one.player.play("one", fault=fault.timeout())
    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(fetch(timeout=ClientTimeout(total=seconds)))
    assert one.clock.elapsed == seconds


def test_limits_of_a_connector_hold(one):
    """Two connections at a time, three seconds each: six requests take nine."""
    one.player.play("one", fault=fault.slow(3), times=6)

    async def run():
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2)) as session:
            await asyncio.gather(*(fetch_in(session) for _ in range(6)))

    asyncio.run(run())
    assert one.clock.elapsed == 9


async def fetch_in(session, url=URL):
    async with session.get(url) as answer:
        return await answer.read()


def test_a_plain_request_waits_for_its_connection_too(one):
    """The one that a connector allows is held by a slow answer: what could be answered at once comes behind it."""
    one.player.play("one", fault=[fault.slow(3)], times=2)

    async def both():
        loop, came = asyncio.get_running_loop(), []
        began = loop.time()

        async def ask(session):
            async with session.get(URL):
                came.append(loop.time() - began)

        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
            await asyncio.gather(ask(session), ask(session))
        return came

    assert asyncio.run(both()) == pytest.approx([3, 3])


@pytest.mark.parametrize("headers", [(), (("Content-Length", "9000"),)], ids=["until the end", "sized"])
@pytest.mark.parametrize("limits", [{"read_bufsize": 16}, {"max_field_size": 50}, {}], ids=str)
def test_limits_of_a_reader_hold(opened, interaction, limits, headers):
    """A plain reply is read by the parser where the client has limits of its own."""
    opened.keep("large", interaction(reply=HttpReply(200, "OK", (("x-own", "a" * 40), *headers), b"x" * 9000)))
    opened.player.play("large")

    async def run():
        async with aiohttp.ClientSession(**limits) as session, session.get(URL) as answer:
            return [piece async for piece in answer.content.iter_any()]

    assert b"".join(asyncio.run(run())) == b"x" * 9000


def test_a_header_that_is_too_long_is_refused(opened, interaction):
    """By a client that takes only short ones, as live."""
    opened.keep("long", interaction(reply=HttpReply(200, "OK", (("x-own", "a" * 60),), b"x")))
    opened.player.play("long")
    with pytest.raises(aiohttp.ClientResponseError):
        asyncio.run(fetch(session={"max_field_size": 50}))


def test_a_request_gives_way(one):
    """As one on a real connection: what else is ready runs before the answer is there."""
    one.player.play("one")
    order = []

    async def ask():
        async with aiohttp.ClientSession() as session, session.get(URL):
            order.append("answered")

    async def both():
        asking = asyncio.create_task(ask())
        await asyncio.sleep(0)  # it asks
        order.append("meanwhile")
        await asking

    asyncio.run(both())
    assert order == ["meanwhile", "answered"]


def test_150_at_once_from_several_loops(one):
    """In threads, each with a loop of its own."""
    one.player.play("one", times=450)

    async def run():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(fetch_in(session) for _ in range(150)))

    with ThreadPoolExecutor(3) as pool:
        bodies = [body for found in pool.map(lambda _: asyncio.run(run()), range(3)) for body in found]
    assert bodies == [b"{}"] * 450


def test_nothing_stays_in_a_pool(desk, interaction, corners):
    """A session that outlives the player finds the real server; one that knew it before finds the player."""
    desk.keep("one", interaction(url=f"{corners.url}/json", reply=HttpReply(200, "OK", (("Content-Length", "6"),), b"played")))

    async def run():
        async with aiohttp.ClientSession() as session:
            seen = [await fetch_in(session, f"{corners.url}/json")]
            desk.player.open()
            desk.player.play("one")
            seen.append(await fetch_in(session, f"{corners.url}/json"))
            desk.player.close()
            both = asyncio.gather(*(fetch_in(session, f"{corners.url}/json") for _ in range(2)))
            after = await asyncio.wait_for(both, 5)
            return [*seen, after]

    before, during, after = asyncio.run(run())
    assert (after, during) == ([before] * 2, b"played")


def test_a_proxy_is_not_asked(one):
    """What a cassette answers is decided by where the request is for."""
    one.player.play("one", times=2)
    proxy = unused_url()
    assert asyncio.run(fetch(proxy=proxy))[0] == 200
    assert (
        asyncio.run(fetch(session={"proxy": proxy} if "proxy" in aiohttp.ClientSession.__init__.__kwdefaults__ else {}))[0]
        == 200
    )
    assert {exchange.request.url for exchange in one.ledger.of(HttpExchange)} == {URL}


def test_a_websocket_is_refused_with_words(opened):
    """Nothing waits for an upgrade that never comes, and the test learns of it though a tool swallows it."""

    async def run():
        async with aiohttp.ClientSession() as session:
            await session.ws_connect("ws://a.test/socket")

    with pytest.raises(UnmatchedRequest, match="asks for a websocket"):
        asyncio.run(run())
    assert [finding.rule for finding in opened.ledger.findings] == ["http-unmatched"]


@pytest.mark.parametrize("times", [1, 2])
def test_a_reset_is_met_though_aiohttp_repeats(one, times):
    """aiohttp itself repeats an idempotent request, unseen: a reset that the test asks for is one that its user meets."""
    one.player.play("one", fault=fault.connection_reset(), times=times)
    for _ in range(times):
        with pytest.raises(aiohttp.ClientOSError) as error:
            asyncio.run(fetch())
        assert error.value.errno == 104
    assert len(one.ledger.of(HttpExchange)) == times


@pytest.mark.skipif("ClientConnectorDNSError" not in vars(aiohttp), reason="aiohttp 3.9 repeats nothing")
def test_a_recorded_reset_is_met_by_one_attempt(opened, interaction):
    """What is repeated live is repeated on replay."""
    opened.keep("flaky", interaction(reply=HttpFailure("reset")), interaction(reply=HttpReply(201)))
    opened.player.play("flaky")
    assert asyncio.run(fetch())[0] == 201


def test_a_large_body_waits_for_its_reader(opened, interaction):
    """Two megabytes come as a client takes them."""
    opened.keep("large", interaction(reply=HttpReply(200, "OK", (), b"x" * 2_000_000)))
    opened.player.play("large")

    async def run():
        async with aiohttp.ClientSession() as session, session.get(URL) as answer:
            return sum([len(piece) async for piece in answer.content.iter_chunked(1000)])

    assert asyncio.run(run()) == 2_000_000


@pytest.mark.parametrize("limit", [{"total": 0.15}, {"sock_read": 0.15}], ids=str)
@pytest.mark.parametrize("path", ["/silent", "/stalled"])
def test_a_timeout_is_recorded(corners, limit, path):
    """With the beginning of the reply that had come."""
    tape = running.Memory()
    with running.recording(tape), pytest.raises(asyncio.TimeoutError):
        asyncio.run(fetch(corners.url + path, timeout=ClientTimeout(**limit)))
    (outcome,) = [one.outcome for one in tape.interactions]
    assert outcome.kind == "read-timeout"
    assert getattr(outcome.reply, "body", b"") == (b'{"a"' if path == "/stalled" else b"")


def test_what_is_cancelled_is_not_recorded(corners):
    """The user gave up; nobody knows what the server would have said."""
    tape = running.Memory()
    with running.recording(tape), pytest.raises(asyncio.TimeoutError):
        asyncio.run(asyncio.wait_for(fetch(f"{corners.url}/silent"), 0.15))
    assert tape.interactions == []


def test_a_refusal_of_the_guard_is_no_failure_of_the_network(monkeypatch):
    """It passes through, and is not taken down."""

    async def refuse(*_args, **_options):
        raise NetworkBlocked

    monkeypatch.setattr(connector.TCPConnector, "_create_connection", refuse)
    tape = running.Memory()
    with running.recording(tape), pytest.raises(NetworkBlocked):
        asyncio.run(fetch("http://far.test/"))
    assert tape.interactions == []


def test_another_aiohttp_is_answered_through_aioresponses(monkeypatch, tmp_path):
    """What is not public may change: then the mock library takes over, and the report says so."""
    monkeypatch.setattr(driver, "_NEEDED", ((connector.BaseConnector, "connect", ["self", "request"]),))
    ledger = Ledger()
    player = Player(ledger.record, VirtualClock(), [tmp_path])
    player.open()
    try:
        with pytest.raises(UnmatchedRequest):
            asyncio.run(fetch())
    finally:
        player.close()
    (note,) = [note.text for note in ledger.of(Note) if "connect" in note.text]
    assert "aioresponses" in note


def test_uninstalling_leaves_no_trace(desk):
    """Every attribute is the object that it was, and nothing is kept alive."""
    before = connector.BaseConnector.connect, getattr(aiohttp.helpers, "ceil", None)
    for _ in range(2):
        desk.player.open()
        assert connector.BaseConnector.connect is not before[0]
        desk.player.close()
        assert (connector.BaseConnector.connect, getattr(aiohttp.helpers, "ceil", None)) == before
    gc.collect()

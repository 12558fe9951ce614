from __future__ import annotations

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import aioresponses
import pytest
from aiohttp import ClientTimeout, FormData

from autogen_harness.cassettes import fault
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.model import HttpExchange, HttpReply

URL = "http://a.test/"


def exchanges(desk):
    return desk.ledger.of(HttpExchange)


async def fetch(url=URL, method="GET", session=None, **options):
    """Status and body of one request in a session of its own."""
    async with aiohttp.ClientSession(**(session or {})) as one, one.request(method, url, **options) as answer:
        return answer.status, await answer.read()


@pytest.fixture
def one(opened, interaction):
    """An open player with one interaction, which the test queues as it likes."""
    opened.keep("one", interaction())
    return opened


@pytest.mark.parametrize(
    ("session", "options", "recorded"),
    [
        ({}, {}, 300),
        ({}, {"timeout": ClientTimeout(total=5)}, 5),
        ({}, {"timeout": ClientTimeout(total=5, sock_read=2)}, 2),
        ({}, {"timeout": ClientTimeout(sock_read=2)}, 2),
        ({}, {"timeout": ClientTimeout(total=None)}, None),
        ({}, {"timeout": ClientTimeout(total=0)}, None),
        ({"timeout": ClientTimeout(total=7)}, {}, 7),
        ({"timeout": ClientTimeout(total=7)}, {"timeout": ClientTimeout(total=3)}, 3),
    ],
    ids=str,
)
def test_the_timeout_reaches_the_ledger(one, session, options, recorded):
    """That of the request, else that of the session, else aiohttp's default; the one that would strike first."""
    one.player.play("one")
    asyncio.run(fetch(session=session, **options))
    assert exchanges(one)[0].request.timeout == recorded


def form():
    made = FormData()
    made.add_field("a", "1")
    return made


async def chunks():
    yield b"a"
    yield b"b"


@pytest.mark.parametrize(
    ("sent", "body", "kind"),
    [
        (lambda: {"json": {"a": 1}}, b'{"a": 1}', "application/json"),
        (lambda: {"data": {"a": "1"}}, b"a=1", "application/x-www-form-urlencoded"),
        (lambda: {"data": form()}, b"a=1", "application/x-www-form-urlencoded"),
        (lambda: {"data": "text"}, b"text", "text/plain; charset=utf-8"),
        (lambda: {"data": b"bytes"}, b"bytes", "application/octet-stream"),
        (lambda: {"data": io.BytesIO(b"file")}, b"file", "application/octet-stream"),
        (lambda: {"data": chunks()}, b"ab", "application/octet-stream"),
    ],
    ids=["json", "form", "FormData", "text", "bytes", "file", "iterator"],
)
def test_the_body_reaches_the_matchers(opened, interaction, sent, body, kind):
    """Whatever aiohttp would write on the wire is compared, and its content type is in the ledger."""
    opened.keep("one", interaction("POST", URL, body))
    opened.player.play("one")

    async def run():
        return await fetch(method="POST", **sent())

    assert asyncio.run(run())[0] == 200
    request = exchanges(opened)[0].request
    assert request.body == body
    assert {name.lower(): value for name, value in request.headers}["content-type"] == kind


def test_another_body_is_a_miss(opened, interaction):
    """A wrong payload must not be answered as if it were right."""
    opened.keep("one", interaction("POST", URL, b'{"a": 1}'))
    opened.player.play("one", optional=True)
    with pytest.raises(UnmatchedRequest, match=r"body\.a: cassette has 1, request has 2"):
        asyncio.run(fetch(method="POST", json={"a": 2}))


def test_session_headers_and_parameters_are_those_sent(opened, interaction):
    """Headers of session and request together; the query as it was written, not sorted."""
    opened.keep("one", interaction(url=f"{URL}?a=1&b=2&c=3"))
    opened.player.play("one")
    asyncio.run(fetch(f"{URL}?c=3", session={"headers": {"X-S": "1"}}, headers={"X-R": "2"}, params={"b": "2", "a": "1"}))
    request = exchanges(opened)[0].request
    assert request.url == f"{URL}?c=3&b=2&a=1"
    assert {("X-S", "1"), ("X-R", "2")} <= set(request.headers)


@pytest.mark.parametrize(
    ("met", "timeout", "elapsed", "error"),
    [
        (fault.slow(3), ClientTimeout(total=5), 3, None),
        (fault.slow(3), ClientTimeout(total=None), 3, None),
        (fault.slow(3), ClientTimeout(sock_connect=1, sock_read=5), 3, None),
        (fault.slow(3), ClientTimeout(total=1), 1, asyncio.TimeoutError),
        (fault.slow(3), ClientTimeout(sock_read=2), 2, aiohttp.ServerTimeoutError),
        (fault.timeout(), ClientTimeout(total=5), 5, asyncio.TimeoutError),
        (fault.timeout(), ClientTimeout(total=None), 0, asyncio.TimeoutError),
        (fault.timeout("connect"), ClientTimeout(sock_connect=2), 2, aiohttp.ServerTimeoutError),
        (fault.connection_reset(), ClientTimeout(total=5), 0, aiohttp.ClientOSError),
    ],
    ids=str,
)
def test_waiting_takes_virtual_time(one, met, timeout, elapsed, error):
    """A slow answer is compared with the request's timeouts; waiting for it is no sleep of the code under test."""
    one.player.play("one", fault=met)
    if error is None:
        assert asyncio.run(fetch(timeout=timeout))[0] == 200
    else:
        with pytest.raises(error):
            asyncio.run(fetch(timeout=timeout))
    assert (one.clock.elapsed, one.clock.sleeps) == (elapsed, [])


def test_slow_answers_overlap(one):
    """Ten requests that take three seconds each take three seconds together, and another task sees the time pass."""
    one.player.play("one", fault=fault.slow(3), times=10)
    seen = []

    async def other():
        await asyncio.sleep(1)
        seen.append(one.clock.elapsed)

    async def all_of_them():
        return await asyncio.gather(other(), *(fetch() for _ in range(10)))

    asyncio.run(all_of_them())
    assert (one.clock.elapsed, seen) == (3, [1])


def test_a_slow_answer_can_be_given_up(one):
    """`wait_for` around a request cancels it as it would a real one."""
    one.player.play("one", fault=fault.slow(60))

    async def run():
        await asyncio.wait_for(fetch(), 2)

    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(run())
    assert one.clock.elapsed == 2


def test_fifty_requests_at_once_get_an_interaction_each(opened, interaction):
    """None is shared and none is lost, whatever the order in which they are answered."""
    replies = [HttpReply(200, "OK", (), str(n).encode()) for n in range(50)]
    opened.keep("many", *(interaction(reply=reply) for reply in replies))
    opened.player.play("many", fault=fault.slow(1))

    async def run():
        return await asyncio.gather(*(fetch() for _ in range(50)))

    bodies = [body for _, body in asyncio.run(run())]
    assert sorted(bodies, key=int) == [reply.body for reply in replies]


def test_a_session_made_before_is_answered(desk, interaction):
    """The session of a module or of a wider fixture is reached as well, in its own loop."""
    desk.keep("one", interaction())

    async def run():
        async with aiohttp.ClientSession() as session:
            desk.player.open()
            desk.player.play("one")
            async with session.get(URL) as answer:
                return answer.status

    try:
        assert asyncio.run(run()) == 200
    finally:
        desk.player.close()


def test_loops_in_worker_threads_are_answered(one):
    """A synchronous wrapper around an asynchronous tool runs a loop in a thread."""
    one.player.play("one", times=8)
    with ThreadPoolExecutor(4) as pool:
        statuses = [status for status, _ in pool.map(lambda _: asyncio.run(fetch()), range(8))]
    assert statuses == [200] * 8


def test_a_miss_that_a_tool_swallows_is_recorded(opened):
    """It is no aiohttp error, and the ledger has it."""
    with pytest.raises(UnmatchedRequest) as caught:
        asyncio.run(fetch())
    assert not isinstance(caught.value, (aiohttp.ClientError, OSError))
    assert [finding.rule for finding in opened.ledger.findings] == ["http-unmatched"]


def test_the_redirect_of_a_webhook_asks_the_player_again(opened):
    """Each hop is an attempt of its own."""
    opened.player.play("webhook/redirect", "webhook/accepted")
    asyncio.run(fetch("https://hooks.example.com/redirect", "POST", json={"a": 1}))
    assert [exchange.source for exchange in exchanges(opened)] == ["webhook/redirect", "webhook/accepted"]


@pytest.mark.parametrize(("target", "kept"), [("http://a.test/next", True), ("http://b.test/next", False)])
def test_credentials_do_not_follow_to_another_host(opened, interaction, target, kept):
    """As aiohttp does it: Authorization stays with the origin that it was meant for."""
    away = HttpReply(302, "Found", (("Location", target),), b"")
    opened.keep("hops", interaction(reply=away), interaction(url=target))
    opened.player.play("hops")
    asyncio.run(fetch(headers={"Authorization": "Bearer secret"}))
    assert ("Authorization" in dict(exchanges(opened)[1].request.headers)) == kept


def test_duckduckgo_serves_json_under_another_type(opened):
    """`json()` without `content_type=None` fails on the real site, so it fails here."""
    opened.player.play("duckduckgo/nvidia", times=2)

    async def run(**options):
        url = "https://api.duckduckgo.com/?q=NVIDIA&format=json"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return await answer.json(**options)

    with pytest.raises(aiohttp.ContentTypeError):
        asyncio.run(run())
    assert asyncio.run(run(content_type=None))["Heading"]


def test_the_users_own_mock_wins_and_its_miss_is_recorded(one):
    """Within its block the mock answers, large bodies included; what it does not answer is a finding."""
    one.player.play("one")

    async def run():
        with aioresponses.aioresponses() as mock:
            mock.get(URL, status=299, body=b"x" * 300_000)
            first = await fetch()
            with pytest.raises(aiohttp.ClientConnectionError):
                await fetch("http://b.test/x")
        return first, await fetch()

    first, second = asyncio.run(run())
    assert (first, second[0]) == ((299, b"x" * 300_000), 200)
    (finding,) = one.ledger.findings
    assert (finding.rule, finding.fields["url"]) == ("http-unmatched", "http://b.test/x")
    assert "aioresponses object" in finding.what


def test_a_mock_that_was_there_before_wins_too(desk, interaction):
    """The order in which a test asks for its fixtures does not decide who answers."""
    desk.keep("one", interaction())

    async def run():
        status, _ = await fetch()
        with pytest.raises(aiohttp.ClientConnectionError):
            await fetch("http://b.test/x")
        return status

    with aioresponses.aioresponses() as mock:
        desk.player.open()
        mock.get(URL, status=299)
        desk.player.play("one", optional=True)
        assert asyncio.run(run()) == 299
        desk.player.close()
    assert [finding.fields["url"] for finding in desk.ledger.findings] == ["http://b.test/x"]


def test_what_the_users_mock_passes_on_is_answered_from_cassettes(one):
    """A mock that lets requests through lets them through to the player, and that is no miss."""
    one.player.play("one")

    async def run():
        with aioresponses.aioresponses(passthrough_unmatched=True):
            return await fetch()

    assert asyncio.run(run())[0] == 200
    assert one.ledger.findings == []


def watched():
    """Everything that could bear a trace."""
    from aioresponses import core

    match = aioresponses.aioresponses.match
    return aiohttp.ClientSession._request, match, core.ClientResponse, core.stream_reader_factory


def test_close_leaves_no_trace(desk, interaction):
    """Every attribute is the object that it was, after each of several openings."""
    before = watched()
    desk.keep("one", interaction())
    for _ in range(3):
        desk.player.open()
        desk.player.play("one")
        with aioresponses.aioresponses():
            pass
        asyncio.run(fetch())
        desk.player.close()
        assert watched() == before


def test_a_mock_that_outlives_the_player_does_not_bring_it_back(desk):
    """Closed in the wrong order, what the mock puts back is not ours any more: it lets requests through."""
    before = aiohttp.ClientSession._request
    desk.player.open()
    mock = aioresponses.aioresponses()
    mock.start()
    desk.player.close()
    mock.stop()
    try:
        with pytest.raises(aiohttp.ClientConnectorError):
            asyncio.run(fetch("http://127.0.0.1:1/"))
        assert desk.ledger.findings == []
    finally:
        aiohttp.ClientSession._request = before

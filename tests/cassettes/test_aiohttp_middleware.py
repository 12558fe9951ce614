"""What ``backend="middleware"`` promises beside being like live: nothing of a test is lost above the connections."""

from __future__ import annotations

import asyncio
import gc

import aiohttp
import aioresponses
import pytest
from aiohttp import ClientSession, ClientTimeout, TraceConfig

from autogen_harness.cassettes import fault
from autogen_harness.cassettes.backends import aiohttp_middleware
from autogen_harness.cassettes.doors import Doors
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.model import HttpExchange, HttpReply

URL = "http://a.test/"


@pytest.fixture
def above(desk, interaction, monkeypatch):
    """A player that answers above the connections; ``short`` are the requests that were answered so."""
    desk.keep("one", interaction())
    desk.keep("query", interaction(url=f"{URL}find?q=a"))
    desk.player._doors = Doors(desk.player._desk, ("middleware",))
    with desk.clock:
        desk.player.open()
        yield desk
        desk.player.close()


@pytest.fixture
def short(monkeypatch):
    """The URLs of those that were answered so."""
    urls, real = [], aiohttp_middleware._response

    def response(session, url, *args):
        urls.append(str(url))
        return real(session, url, *args)

    monkeypatch.setattr(aiohttp_middleware, "_response", response)
    return urls


async def twice(url=URL, session=None, **options):
    """The second of two answers: the first request to a place goes all the way."""
    async with ClientSession(**(session or {})) as made:
        async with made.get(URL):
            pass
        async with made.get(url, **options) as answer:
            return answer.status, await answer.read(), answer.request_info.headers


def test_a_plain_request_is_answered_and_recorded_as_any_other(above, short):
    """The ledger has both alike: URL, headers, timeout and where the answer came from."""
    above.player.play("one", times=2)
    status, body, _ = asyncio.run(twice())
    first, second = above.ledger.of(HttpExchange)
    assert (status, body, short) == (200, b"{}", [URL])
    assert first == second
    assert above.player.leftovers() == []


def test_parameters_are_part_of_the_url(above, short):
    """As aiohttp adds them."""
    above.player.play("one", "query")
    assert asyncio.run(twice(f"{URL}find", params={"q": "a"}))[0] == 200
    assert short in ([f"{URL}find?q=a"], [])  # an older yarl adds none
    assert above.ledger.of(HttpExchange)[1].request.url == f"{URL}find?q=a"


@pytest.mark.parametrize(
    ("session", "options"),
    [
        ({}, {"headers": {"a": "b"}}),
        ({}, {"timeout": ClientTimeout(total=3)}),
        ({"trace_configs": [TraceConfig()]}, {}),
        ({"cookies": {"a": "b"}}, {}),
        ({"raise_for_status": True}, {}),
        ({"trust_env": True}, {}),
        ({"response_class": type("Own", (aiohttp.ClientResponse,), {})}, {}),
        ({"read_bufsize": 16}, {}),
    ],
    ids=["headers", "timeout", "traces", "cookies", "statuses that raise", "environment", "a response of its own", "buffer"],
)
def test_what_says_more_goes_the_way_of_the_default_driver(above, short, session, options):
    """Whatever it adds is aiohttp's own affair."""
    above.player.play("one", times=2)
    assert asyncio.run(twice(session=session, **options))[0] == 200
    assert short == []


def test_headers_of_a_session_are_sent(above, short):
    """Also those that it was given after its first request."""

    async def changed():
        async with ClientSession(headers={"x-own": "1"}) as made:
            for value in ("1", "2", "2"):
                made.headers["x-own"] = value
                async with made.get(URL):
                    pass

    above.player.play("one", times=3)
    asyncio.run(changed())
    assert [dict(one.request.headers)["x-own"] for one in above.ledger.of(HttpExchange)] == ["1", "2", "2"]
    assert len(short) == 1


def test_a_miss_is_a_finding(above):
    """And raised through the client."""
    above.player.play("one")
    with pytest.raises(UnmatchedRequest):
        asyncio.run(twice(f"{URL}other"))
    (finding,) = above.ledger.findings
    assert finding.rule == "http-unmatched"


@pytest.mark.parametrize(
    ("met", "raised", "virtual"),
    [
        (fault.timeout(), asyncio.TimeoutError, 300),
        (fault.connection_refused(), aiohttp.ClientConnectorError, 0),
        (fault.truncated(), aiohttp.ClientPayloadError, 0),
        (fault.slow(3), (), 3),
    ],
    ids=["timeout", "refused", "truncated", "slow"],
)
def test_faults_are_met_as_by_default(above, short, met, raised, virtual):
    """A request that is asked above is not asked again below: it counts once."""
    above.player.play("one", fault=[fault.recorded(), met], times=2)
    took = []

    async def timed():
        began = asyncio.get_running_loop().time()
        try:
            await twice()
        except Exception as error:  # noqa: BLE001 - what it is, is compared
            took.append(error)
        took.append(asyncio.get_running_loop().time() - began)

    asyncio.run(timed())
    *errors, seconds = took
    assert all(isinstance(error, raised) for error in errors)
    assert len(errors) == (raised != ())
    assert seconds == pytest.approx(virtual)
    assert len(above.ledger.of(HttpExchange)) == 2
    assert short == []


def test_redirects_and_cookies_are_aiohttps_own(above, short, interaction):
    """Their replies go all the way, and what they lead to is asked for once."""
    moved = HttpReply(302, "Found", (("Location", "/"), ("Set-Cookie", "a=b")), b"x")
    above.keep("moved", interaction(url=f"{URL}old", reply=moved))
    above.player.play("one", "moved", "one")
    assert asyncio.run(twice(f"{URL}old"))[0] == 200
    assert [one.request.url for one in above.ledger.of(HttpExchange)] == [URL, f"{URL}old", URL]
    assert dict(above.ledger.of(HttpExchange)[2].request.headers)["Cookie"] == "a=b"


def test_tasks_give_way_to_each_other(above):
    """Who waits for another task by asking again and again does not keep it from running."""
    above.player.play("one", times="any")

    async def ask(until):
        async with ClientSession() as made:
            for _ in range(100):
                async with made.get(URL):
                    pass
                if until.is_set():
                    return
        raise AssertionError

    async def both():
        done = asyncio.Event()
        asking = asyncio.create_task(ask(done))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0, done.set)
        await asking

    asyncio.run(both())


def test_a_mock_of_the_users_own_wins(above):
    """Inside the test it stands above."""
    with aioresponses.aioresponses() as mock:
        mock.get(URL, status=418)
        mock.get(URL, status=418)
        assert asyncio.run(twice())[0] == 418


def test_a_mock_that_was_started_before_wins(desk):
    """What stands in for ``ClientSession._request`` is left where it is."""
    desk.player._doors = Doors(desk.player._desk, ("middleware",))
    with aioresponses.aioresponses() as mock:
        stand_in = ClientSession._request
        with desk.clock:
            desk.player.open()
            assert ClientSession._request is stand_in
            mock.get(URL, status=418)
            mock.get(URL, status=418)
            assert asyncio.run(twice())[0] == 418
            desk.player.close()


def test_uninstalling_leaves_no_trace(desk):
    """Every attribute is the object that it was; what somebody kept of it lets everything pass."""
    before = ClientSession._request
    desk.player._doors = Doors(desk.player._desk, ("middleware",))
    desk.player.open()
    kept = ClientSession._request
    desk.player.close()
    assert ClientSession._request is before is not kept
    gc.collect()

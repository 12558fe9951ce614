"""A request that the test plays no cassette for is told as a miss, whoever swallows it."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace

import aiohttp
import pytest
import requests
import responses
from aioresponses import aioresponses

from autogen_harness.errors import HarnessError, UnmatchedRequest
from autogen_harness.harness import Harness
from autogen_harness.model import Finding
from autogen_harness.settings import Settings

URL = "https://api.support.test/v1/tickets"


def by_requests(method="GET", url=URL, **options):
    return requests.request(method, url, timeout=5, **options).status_code


def by_aiohttp(method="GET", url=URL, **options):
    async def ask():
        async with aiohttp.ClientSession() as session, session.request(method, url, **options) as answer:
            return answer.status

    return asyncio.run(ask())


CLIENTS = pytest.mark.parametrize("ask", [by_requests, by_aiohttp])


@pytest.fixture(autouse=True)
def _no_trace():
    """Whatever a test does, the clients are in the end what they were."""

    def world():
        return vars(requests.Session)["send"], vars(aiohttp.ClientSession)["_request"], requests.adapters.HTTPAdapter.send

    before, finders = world(), list(sys.meta_path)
    yield
    assert (before, finders) == (world(), sys.meta_path)


def found(ask, *, touched=False, **options) -> Finding:
    """What is found in a test whose tool asks and swallows; ``touched``: the test looked at the cassettes before."""
    with Harness() as harness:
        harness.expect("http-unmatched")
        if touched:
            assert harness.http
        with suppress(HarnessError):
            ask(**options)
        (finding,) = harness.ledger.findings
    return finding


@CLIENTS
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"params": {"page": 2}},
        {"url": f"{URL}?a=1", "params": {"b": "x y"}},
        {"method": "POST", "json": {"title": "Ünd"}},
        {"method": "PUT", "data": b"raw"},
        {"method": "POST", "data": {"a": "1", "b": "2"}},
        {"url": "http://192.0.2.7:81/x"},
    ],
    ids=["url", "query", "two queries", "json", "bytes", "form", "address"],
)
def test_a_miss_without_a_cassette_is_told_as_one_with(ask, options):
    """The same finding, word for word, as where the cassettes stand between; but to be recorded the test has to be marked."""
    finding, touched = found(ask, **options), found(ask, touched=True, **options)
    fix, _, command = touched.fix.rpartition("\nor record it: ")
    assert replace(finding, fix="") == replace(touched, fix="")
    assert finding.fix.startswith(f'{fix}\nor record it: mark the test @pytest.mark.harness(record="once"), and run pytest ')
    assert finding.fix.endswith(command.rpartition(" -o ")[2])
    assert " --harness-record=new_episodes -o harness_allow_hosts=" in command
    assert finding.rule == "http-unmatched"


@CLIENTS
def test_the_requester_meets_the_same_exception(ask):
    """A tool must not take it for a fault of the network; the exception says what the finding says."""
    with Harness() as harness:
        harness.expect("http-unmatched", method="GET", host="api.support.test")
        with pytest.raises(UnmatchedRequest, match="no cassette answers GET https://api"):
            ask()


@CLIENTS
def test_a_shipped_cassette_is_suggested(ask):
    """The usual mistake is to forget one line, and the message has it."""
    chart = "https://query1.finance.yahoo.com/v8/finance/chart/NVDA"
    assert found(ask, url=chart, params={"range": "1d", "interval": "1d"}).fix == 'write harness.http.play("yahoo/chart-nvda")'


@CLIENTS
def test_servers_of_the_test_itself_and_allowed_hosts_answer(ask, origin):
    """What the guard lets through is not in the way of anybody."""
    with Harness():
        assert ask(url=f"{origin.url}/json") == 200
    server = requests.utils.urlparse(origin.url)
    with Harness(settings=Settings(allow_hosts=(server.hostname,))):
        assert ask(url=f"{origin.url}/json") == 200


@CLIENTS
def test_cassettes_answer_once_they_are_played(ask):
    """Before and after a miss."""
    with Harness() as harness:
        harness.expect("http-unmatched")
        with suppress(UnmatchedRequest):
            ask()
        harness.http.play("yahoo/chart-nvda")
        assert ask(url="https://query1.finance.yahoo.com/v8/finance/chart/NVDA?range=1d&interval=1d") == 200


MOCKS = pytest.mark.parametrize(
    ("ask", "mock"),
    [(by_requests, lambda: responses.RequestsMock(assert_all_requests_are_fired=False)), (by_aiohttp, aioresponses)],
    ids=["responses", "aioresponses"],
)


@MOCKS
def test_mocks_of_the_users_own_win(ask, mock):
    """Whichever of mock and harness came first."""
    with mock() as outer, Harness():
        outer.get(URL, status=299)
        assert ask() == 299
    with Harness(), mock() as inner:
        inner.get(URL, status=298)
        assert ask() == 298


@MOCKS
@pytest.mark.parametrize("touched", [True, False])
def test_what_a_mock_of_the_users_own_has_no_answer_for_is_found(ask, mock, touched):
    """It looks like a broken connection to the tool, which swallows it; told once, cassettes or not."""
    with Harness() as harness:
        harness.expect("http-unmatched", method="GET", host="api.support.test")
        assert not touched or harness.http
        with mock(), suppress(OSError, aiohttp.ClientError):
            ask()
        assert len(harness.ledger.findings) == 1


def test_raw_sockets_meet_the_guard():
    """Only the clients that a cassette could answer are told of cassettes."""
    with Harness() as harness:
        harness.expect("network-attempted", host="api.support.test")
        with suppress(HarnessError):
            socket.create_connection(("api.support.test", 443))


LAZY = """
import sys
{before}
from autogen_harness.harness import Harness
from autogen_harness.errors import UnmatchedRequest
HEAVY = ("requests", "aiohttp", "responses", "aioresponses", "urllib3")
with Harness() as harness:
    print(sorted(set(HEAVY) & {{*sys.modules}}))
    import asyncio, requests, aiohttp
    async def ask():
        async with aiohttp.ClientSession() as session:
            await session.get("https://far.test/")
    for send in (lambda: requests.get("https://far.test/", timeout=5), lambda: asyncio.run(ask())):
        try:
            send()
        except UnmatchedRequest:
            print("missed")
    print(sorted({{"responses", "aioresponses"}} & {{*sys.modules}}))
    harness.expect("http-unmatched", count=2)
"""


@pytest.mark.parametrize(
    ("before", "loaded"), [("", []), ("import requests, aiohttp", ["aiohttp", "requests", "urllib3"])], ids=["later", "before"]
)
def test_nothing_is_loaded_for_it(before, loaded):
    """Clients imported before and after are watched, and a mock library is never needed."""
    done = subprocess.run(
        [sys.executable, "-c", LAZY.format(before=before)], capture_output=True, text=True, check=False, timeout=60
    )
    assert [str(loaded), "missed", "missed", "[]"] == done.stdout.splitlines(), done.stderr

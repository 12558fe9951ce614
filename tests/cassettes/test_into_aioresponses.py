"""Cassettes in an object of `aioresponses` that a suite already holds."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aioresponses import aioresponses

from autogen_harness.cassettes import Cassette, Player, into_aioresponses, save
from autogen_harness.clock import VirtualClock
from autogen_harness.errors import UsageError
from autogen_harness.ledger import Ledger
from autogen_harness.model import HttpFailure, HttpReply

URL = "http://a.test/"


async def ask(url=URL, method="GET", **options):
    async with aiohttp.ClientSession() as session, session.request(method, url, **options) as answer:
        return answer.status, await answer.read()


def run(*asked):
    """Statuses, or classes of exceptions, one after the other."""

    async def each():
        found = []
        for url, options in asked:
            try:
                found.append((await ask(url, **options))[0])
            except Exception as error:  # noqa: BLE001 - what is raised is what is looked at
                found.append(type(error))
        return found

    return asyncio.run(each())


@pytest.fixture
def mock():
    """A mock that is started, and repaired for aiohttp 3.14 as under the harness."""
    player = Player(Ledger().record, VirtualClock())
    player.open()
    with aioresponses() as started:
        yield started
    player.close()


def test_it_answers_as_often_as_it_says(mock, interaction):
    """Twice the same interaction is two answers, in their order; what is behind them is the mock's."""
    into_aioresponses(mock, Cassette([interaction(reply=HttpReply(201)), interaction(reply=HttpReply(202), times=2)]))
    mock.get(URL, status=299)
    assert run(*[(URL, {})] * 5) == [201, 202, 202, 299, aiohttp.ClientConnectionError]
    assert sum(map(len, mock.requests.values())) == 5


def test_bodies_and_queries_are_compared(mock, interaction):
    """What aioresponses cannot do by itself: another body is another request, another order of a query is not."""
    into_aioresponses(mock, Cassette([interaction("POST", URL, b'{"a": 1}'), interaction(url=f"{URL}?b=2&a=&b=1")]))
    wrong, right = {"method": "POST", "json": {"a": 2}}, {"method": "POST", "json": {"a": 1}}
    assert run((URL, wrong), (URL, right), (f"{URL}?a=&b=1&b=2", {})) == [aiohttp.ClientConnectionError, 200, 200]


@pytest.mark.parametrize("target", [f"{URL}cassette", f"{URL}mock"])
def test_redirects_lead_from_one_to_the_other(mock, interaction, target):
    """A hop that no cassette answers is the mock's."""
    away = HttpReply(302, "Found", (("Location", target),))
    into_aioresponses(mock, Cassette([interaction(reply=away), interaction(url=f"{URL}cassette", reply=HttpReply(201))]))
    mock.get(f"{URL}mock", status=201)
    assert run((URL, {})) == [201]
    assert run((URL, {})) == [aiohttp.ClientConnectionError]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset", aiohttp.ClientOSError),
        ("closed", aiohttp.ServerDisconnectedError),
        ("read-timeout", aiohttp.ServerTimeoutError),
    ],
)
def test_failures_are_raised_at_once(mock, interaction, kind, error):
    """As aiohttp raises them; nobody waits."""
    into_aioresponses(mock, Cassette([interaction(reply=HttpFailure(kind))]))
    (met,) = run((URL, {}))
    assert issubclass(met, error)


def test_names_files_and_cassettes_are_taken(mock, interaction, tmp_path):
    """A shipped name, one below a folder, and the path of a file."""
    for number in (1, 2):
        save(Cassette([interaction(url=f"http://{number}.test/")]), tmp_path / f"file{number}.json")
    into_aioresponses(mock, "duckduckgo/nvidia", "file1", tmp_path / "file2.json", roots=[tmp_path])
    nvidia = "https://api.duckduckgo.com/?q=NVIDIA&format=json"
    assert run(*((url, {}) for url in ("http://1.test/", "http://2.test/", nvidia))) == [200] * 3


def test_clear_forgets_them(mock, interaction):
    """With the entries of the mock."""
    into_aioresponses(mock, Cassette([interaction(times="any")]))
    assert run((URL, {})) == [200]
    mock.clear()
    assert run((URL, {})) == [aiohttp.ClientConnectionError]


@pytest.mark.parametrize("wrong", [(), ("no/such",), (3,)])
def test_what_is_no_cassette_is_refused(wrong):
    """At the call."""
    with pytest.raises(UsageError):
        into_aioresponses(aioresponses(), *wrong)

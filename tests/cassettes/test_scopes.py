"""Two agents at a time, each with cassettes of its own: what is played in one scope never answers the other."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import pytest
import requests

from autogen_harness import Harness
from autogen_harness.errors import HarnessFailure, UnmatchedRequest

URL = "https://query1.finance.yahoo.com/v8/finance/chart/{}?interval=1d&range=1d"
NAMES = {"AAPL": "yahoo/chart-aapl", "NVDA": "yahoo/chart-nvda"}


def ask(symbol):
    try:
        return requests.get(URL.format(symbol), timeout=5).json()["chart"]["result"][0]["meta"]["symbol"]
    except UnmatchedRequest:
        return "missed"


async def ask_async(symbol):
    async with aiohttp.ClientSession() as session, session.get(URL.format(symbol)) as reply:
        return (await reply.json(content_type=None))["chart"]["result"][0]["meta"]["symbol"]


async def in_executor(symbol):
    return await asyncio.get_running_loop().run_in_executor(None, ask, symbol)


async def in_thread(symbol):
    return await asyncio.to_thread(ask, symbol)


async def in_a_task(symbol):
    return await asyncio.create_task(ask_async(symbol))


async def in_a_pool(symbol):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask, symbol).result()


async def in_a_thread_of_its_own(symbol):
    seen = []
    thread = threading.Thread(target=lambda: seen.append(ask(symbol)))
    thread.start()
    thread.join()
    return seen[0]


async def in_a_loop_of_its_own(symbol):
    return await asyncio.to_thread(lambda: asyncio.run(ask_async(symbol)))


WAYS = [ask_async, in_executor, in_thread, in_a_task, in_a_pool, in_a_thread_of_its_own, in_a_loop_of_its_own]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_two_agents_never_mix(harness, way):
    """Both know both companies, and each has one cassette; in threads, pools, tasks and loops."""

    async def agent(symbol, both):
        with harness.http.scope():
            harness.http.play(NAMES[symbol])
            await both.wait()
            return await way(symbol)

    async def main():
        both = asyncio.Event()
        agents = [asyncio.create_task(agent(symbol, both)) for symbol in ("AAPL", "NVDA")]
        await asyncio.sleep(0)
        both.set()
        return await asyncio.gather(*agents)

    assert ["AAPL", "NVDA"] == asyncio.run(main())


def test_another_scopes_cassette_does_not_answer():
    """Nor does that of the code outside get asked about one that was left: it fails closed, and says so."""
    with pytest.raises(HarnessFailure) as failed, Harness() as harness:
        with harness.http.scope():
            harness.http.play("yahoo/chart-aapl")
        with harness.http.scope():
            assert ask("AAPL") == "missed"
        assert ask("AAPL") == "missed"
    assert ["http-unmatched", "http-unmatched", "http-unplayed"] == [one.rule for one in failed.value.findings]


def test_a_pool_made_in_one_scope_serves_the_next(harness):
    """Its workers keep nothing of whoever started them."""
    with ThreadPoolExecutor(1) as pool:
        with harness.http.scope():
            harness.http.play("yahoo/chart-aapl")
            assert pool.submit(ask, "AAPL").result() == "AAPL"
        with harness.http.scope():
            harness.http.play("yahoo/chart-aapl", optional=True)
        harness.http.play("yahoo/chart-nvda")
        harness.expect("http-unmatched")
        assert [pool.submit(ask, symbol).result() for symbol in ("NVDA", "AAPL")] == ["NVDA", "missed"]


def test_what_is_outside_of_scopes_answers_in_all(harness):
    """After the scope's own."""
    harness.http.play("yahoo/chart-nvda")
    with harness.http.scope():
        harness.http.play("yahoo/chart-aapl")
        assert [ask("AAPL"), ask("NVDA")] == ["AAPL", "NVDA"]

"""Tools in an event loop: cancelled at every await, run twenty times, watched for what blocks."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from typing import Any

import aiohttp
import pytest
import requests
from judging import what

LIST = {"type": "object", "properties": {"urls": {"type": "array", "items": {"type": "string"}}}, "required": ["urls"]}
ONE = {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]}
HERE = {"pattern": "async", "upstream": "webhook/httpbin-echo"}
CLEAN, FREE, TIDY = "cancellation-is-clean", "the-loop-is-not-blocked", "nothing-leaks-over-many-runs"


async def page(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with session.get(url) as reply:
        return {"url": url, "text": await reply.text()}


async def right(urls: list[str]) -> str:
    async with aiohttp.ClientSession() as session:
        return json.dumps(await asyncio.gather(*(page(session, url) for url in urls)))


async def swallows(urls: list[str]) -> str:
    try:
        return await right(urls)
    except BaseException as error:  # noqa: BLE001  # the mistake under test
        return json.dumps({"error": type(error).__name__})


async def asks_again(urls: list[str]) -> str:
    try:
        return await right(urls)
    except asyncio.CancelledError:
        await right(urls[:1])
        raise


async def leaves_tasks(urls: list[str]) -> str:
    watch = asyncio.ensure_future(asyncio.sleep(3600))
    result = await right(urls)
    watch.cancel()
    return result


async def leaves_the_session(urls: list[str]) -> str:
    session = aiohttp.ClientSession()
    pages = await asyncio.gather(*(page(session, url) for url in urls))
    await session.close()
    return json.dumps(pages)


async def reports_another_error(urls: list[str]) -> str:
    try:
        return await right(urls)
    except asyncio.CancelledError:
        raise RuntimeError("cancelled") from None


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("tool", "wanted"),
    [
        (right, ""),
        (swallows, "cancelled at its wait number 1, it returned a result, and not CancelledError"),
        (reports_another_error, "cancelled at its wait number 1, it raised RuntimeError, and not CancelledError"),
        (asks_again, "cancelled at its wait number 1, it still asked for 1 more"),
        (leaves_tasks, "cancelled at its wait number 1, it left 1 tasks running"),
        (leaves_the_session, "after it was cancelled, something stayed open: Unclosed client session"),
    ],
)
def test_a_cancelled_tool_ends(tool: Any, wanted: str):
    """At any await: nothing runs on, nothing is sent, nothing stays open."""
    found = what(CLEAN, tool, schema=LIST, **HERE)

    assert wanted in found
    assert bool(wanted) == bool(found)


def retrying(on: Any) -> Any:
    async def tool(url: str) -> str:
        for attempt in range(3):
            try:
                async with aiohttp.ClientSession() as session, session.get(url) as reply:
                    if reply.status == 200:
                        return json.dumps({"text": await reply.text()})
                    if reply.status != 503:
                        break
                await asyncio.sleep(2**attempt)
            except on:
                continue
        return json.dumps({"error": "no answer"})

    return tool


def test_a_tool_that_tries_again_is_cancelled_in_its_waits():
    """CancelledError is no failure that may pass."""
    said = {"pattern": "error-handled", "upstream": "yahoo/chart-nvda", "schema": ONE}

    assert "cancelled at its wait number" in what(CLEAN, retrying(BaseException), **said)
    assert what(CLEAN, retrying(aiohttp.ClientError), **said) == ""


async def sleeps(url: str) -> str:
    async with aiohttp.ClientSession() as session:
        time.sleep(2)  # noqa: ASYNC251  # the mistake under test
        return json.dumps(await page(session, url))


async def asks_synchronously(url: str) -> str:
    return json.dumps({"text": requests.get(url, timeout=5).text})  # noqa: ASYNC210  # the mistake under test


async def asks_in_a_thread(url: str) -> str:
    reply = await asyncio.to_thread(requests.get, url, timeout=5)
    await asyncio.sleep(1)
    return json.dumps({"text": reply.text})


@pytest.mark.parametrize(
    ("tool", "wanted"),
    [
        (sleeps, "it waited 2 s inside of the loop, where nothing else could run"),
        (asks_synchronously, "it waited 1 s inside of the loop, where nothing else could run"),
        (asks_in_a_thread, ""),
    ],
)
def test_others_run_while_a_tool_waits(tool: Any, wanted: str):
    """A synchronous wait in a task is seen by the virtual clock, however short the real one is."""
    assert what(FREE, tool, schema=ONE, **HERE) == wanted


kept: list[Any] = []


async def keeps_tasks(url: str) -> str:
    kept.append(asyncio.ensure_future(asyncio.Event().wait()))
    return json.dumps({"url": url})


async def keeps_sockets(url: str) -> str:
    kept.append(socket.socket())
    return json.dumps({"url": url})


async def keeps_threads(url: str) -> str:
    stop = threading.Event()
    threading.Thread(target=stop.wait, daemon=True).start()
    kept.append(stop)
    return json.dumps({"url": url})


async def keeps_sessions(url: str) -> str:
    session = aiohttp.ClientSession()
    return json.dumps(await page(session, url))


async def keeps_nothing(url: str) -> str:
    async with aiohttp.ClientSession() as session:
        return json.dumps(await asyncio.wait_for(page(session, url), 5))


@pytest.fixture
def swept():
    yield
    for one in kept:
        if isinstance(one, socket.socket):
            one.close()
        if isinstance(one, threading.Event):
            one.set()
    kept.clear()


@pytest.mark.usefixtures("swept")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("tool", "wanted"),
    [
        (keeps_tasks, "20 runs left 20 tasks"),
        (keeps_sockets, "20 runs left 20 open files and sockets"),
        (keeps_threads, "20 runs left 20 threads"),
        (keeps_sessions, "things open, such as: Unclosed"),
        (keeps_nothing, ""),
    ],
)
def test_twenty_runs_leave_nothing(tool: Any, wanted: str):
    """What each call leaves adds up."""
    found = what(TIDY, tool, schema=ONE, **HERE)

    assert wanted in found
    assert bool(wanted) == bool(found)

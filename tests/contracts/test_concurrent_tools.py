"""Tools that do several things at once: a right one, and the mistakes that the article's readers make."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import aiohttp
import pytest

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.verdict import breach_in

LIST = {"type": "object", "properties": {"urls": {"type": "array", "items": {"type": "string"}}}, "required": ["urls"]}
TEXT = {"type": "object", "properties": {"urls": {"type": "string", "description": "comma-separated"}}, "required": ["urls"]}
LAWS = ("never-a-coroutine", "order-is-kept", "one-failure-does-not-lose-the-others", "works-inside-a-running-loop")


async def page(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with session.get(url, timeout=aiohttp.ClientTimeout(total=15)) as reply:
        text = await reply.text()
        return {"url": url, "text": text} if reply.status == 200 else {"url": url, "error": f"status {reply.status}"}


async def careful(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    try:
        return await page(session, url)
    except (aiohttp.ClientError, TimeoutError, asyncio.TimeoutError, ValueError, OSError) as error:
        return {"url": url, "error": f"no answer: {type(error).__name__}"}


async def right(urls: list[str]) -> str:
    async with aiohttp.ClientSession() as session:
        return json.dumps(await asyncio.gather(*(careful(session, url) for url in urls)))


async def in_order_of_arrival(urls: list[str]) -> str:
    async with aiohttp.ClientSession() as session:
        return json.dumps([await task for task in asyncio.as_completed([careful(session, url) for url in urls])])


async def all_or_nothing(urls: list[str]) -> str:
    async with aiohttp.ClientSession() as session:
        try:
            return json.dumps(await asyncio.gather(*(page(session, url) for url in urls)))
        except Exception as error:  # noqa: BLE001  # the mistake under test
            return json.dumps({"error": f"failed: {type(error).__name__}"})


async def failures_dropped(urls: list[str]) -> str:
    async with aiohttp.ClientSession() as session:
        found = await asyncio.gather(*(careful(session, url) for url in urls))
    return json.dumps([item for item in found if "error" not in item])


def bridged(urls: str) -> str:
    loop = asyncio.new_event_loop()
    try:
        coroutine = right(urls.split(","))
        try:
            return loop.run_until_complete(coroutine)
        except RuntimeError:
            coroutine.close()
            raise
    finally:
        loop.close()


def wrapped_as_if_synchronous(tool: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(tool)
    def wrapper(**arguments: Any) -> Any:
        return tool(**arguments)

    return wrapper


def red(tool: Callable[..., Any], schema: dict[str, Any] = LIST) -> set[str]:
    test = tool_contract(tool, pattern="async", schema=schema, upstream=("webhook/httpbin-echo",))
    assert {law.id for law in test.laws} >= set(LAWS)
    with World(test.contract) as world:
        return {law.id for law in test.laws if law.id in LAWS and breach_in(law, world)}


@pytest.mark.parametrize(
    ("tool", "schema", "laws"),
    [
        (right, LIST, set()),
        (in_order_of_arrival, LIST, {"order-is-kept"}),
        (all_or_nothing, LIST, {"one-failure-does-not-lose-the-others"}),
        (failures_dropped, LIST, {"one-failure-does-not-lose-the-others"}),
        (bridged, TEXT, {"works-inside-a-running-loop"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_each_mistake_turns_its_law_red(tool: Callable[..., Any], schema: dict[str, Any], laws: set[str]):
    """The right tool is green, and each other breaks the law about its mistake alone."""
    assert red(tool, schema) == laws


def test_a_synchronous_wrapper_around_an_asynchronous_tool_is_found():
    """Its result is a coroutine that nobody awaits; it is closed, so no warning outlives the test."""
    assert "never-a-coroutine" in red(wrapped_as_if_synchronous(right))


def test_requests_are_answered_late_without_real_time():
    """The order law really answers the first request last, by the virtual clock."""
    from autogen_harness.contracts.answering.batches import addresses, batch
    from autogen_harness.contracts.patterns.concurrent.async_ import late_first

    test = tool_contract(right, pattern="async", schema=LIST, upstream=("webhook/httpbin-echo",))
    with World(test.contract) as world:
        seen = world.call(batch(world, addresses(world)), late_first())

    assert len(seen.attempts) == 4
    assert seen.elapsed == 1.0


def test_a_tool_without_a_batch_is_not_asked_for_order():
    """Laws about several requests are listed as not checked, with what is missing."""
    one = {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]}

    async def single(url: str) -> str:
        return json.dumps({"url": url})

    test = tool_contract(single, pattern="async", schema=one, upstream=("webhook/httpbin-echo",))

    assert ("order-is-kept", "a parameter that holds many addresses, such as urls") in test.not_checked

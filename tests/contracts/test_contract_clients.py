"""The fault table is the same for every client: requests, aiohttp, httpx and urllib3, each tried again by hand."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
import requests
import urllib3
from judging import what

from autogen_harness.contracts import retry_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.registry import LAWS

httpx = pytest.importorskip("httpx")

SCHEMA = {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"], "additionalProperties": False}
SAID = {
    "schema": SCHEMA,
    "upstream": "yahoo/chart-nvda",
    "max_attempts": 3,
    "backoff": lambda k: 2.0**k,
    "timeout": 5,
    "success": lambda result: "error" not in result,
    "output_schema": ["status"],
}
BUSY = {408, 429, 500, 502, 503, 504}
TRUST = ssl.create_default_context()  # httpx makes one for each client otherwise, and that takes longer than all the rest
Answer = tuple[int, str]


def with_requests(url: str) -> Answer:
    reply = requests.get(url, timeout=5)
    return reply.status_code, reply.headers.get("Retry-After", "")


def with_httpx(url: str) -> Answer:
    reply = httpx.get(url, timeout=5, verify=TRUST)
    return reply.status_code, reply.headers.get("Retry-After", "")


def with_urllib3(url: str) -> Answer:
    with urllib3.PoolManager(retries=False) as pool:
        reply = pool.request("GET", url, timeout=5.0)
    return reply.status, reply.headers.get("Retry-After", "")


async def with_aiohttp(url: str) -> Answer:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session, session.get(url) as reply:
        await reply.read()
        return reply.status, reply.headers.get("Retry-After", "")


async def with_async_httpx(url: str) -> Answer:
    async with httpx.AsyncClient(timeout=5, verify=TRUST) as client:
        reply = await client.get(url)
        return reply.status_code, reply.headers.get("Retry-After", "")


PASSING = (
    *(requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError),
    *(httpx.TransportError, urllib3.exceptions.ProtocolError, urllib3.exceptions.TimeoutError),
    *(urllib3.exceptions.NewConnectionError, aiohttp.ClientConnectionError, aiohttp.ClientPayloadError),
    *(TimeoutError, asyncio.TimeoutError),
)
LASTING = (requests.RequestException, httpx.HTTPError, httpx.InvalidURL, urllib3.exceptions.HTTPError, aiohttp.ClientError)
LASTING = (*LASTING, ValueError, OSError, asyncio.TimeoutError)


class Series:
    """What a failed attempt means: how long to wait, or what to answer."""

    def __init__(self) -> None:
        self.attempts = 0

    def after(self, met: Answer | Exception) -> float | str:
        self.attempts += 1
        if isinstance(met, Exception):
            passes = isinstance(met, PASSING) and not isinstance(met, (httpx.UnsupportedProtocol, aiohttp.InvalidURL))
            said, asked = f"no answer: {type(met).__name__}", 0.0
        else:
            status, header = met
            if 200 <= status < 300:
                return json.dumps({"status": status})
            passes, said = status in BUSY, f"status {status}"
            asked = 3.0 if "2026" in header else float(header) if header.isdigit() else 0.0
        if passes and self.attempts < 3 and asked < 60:
            return max(asked, 2.0 ** (self.attempts - 1))
        return json.dumps({"error": said, "attempts": self.attempts, **({"retry_after": asked} if asked else {})})


def bad(arguments: dict[str, Any]) -> str:
    right = set(arguments) == {"url"} and isinstance(arguments["url"], str)
    return "" if right else json.dumps({"error": f"only url, and a text: {arguments}"})


def patient(send: Callable[[str], Answer]) -> Callable[..., str]:
    def tool(**arguments: Any) -> str:
        series = Series()
        while not (wrong := bad(arguments)):
            try:
                met: Any = send(arguments["url"])
            except LASTING as error:
                met = error
            if isinstance(then := series.after(met), str):
                return then
            time.sleep(then)
        return wrong

    return tool


def patient_async(send: Callable[[str], Any]) -> Callable[..., Any]:
    async def tool(**arguments: Any) -> str:
        series = Series()
        while not (wrong := bad(arguments)):
            try:
                met: Any = await send(arguments["url"])
            except LASTING as error:
                met = error
            if isinstance(then := series.after(met), str):
                return then
            await asyncio.sleep(then)
        return wrong

    return tool


TOOLS = {
    "requests": patient(with_requests),
    "httpx": patient(with_httpx),
    "urllib3": patient(with_urllib3),
    "aiohttp": patient_async(with_aiohttp),
    "httpx, asynchronous": patient_async(with_async_httpx),
}
COMMON = {"the-ordinary-call-succeeds", "every-valid-call-returns-json", "errors-say-something", "output-schema-holds"}
COMMON |= {"failures-are-reported-as-errors", "success-exactly-for-2xx", "the-timeout-reaches-the-transport"}
OWED = {law.id for law in LAWS if law.patterns or law.id in COMMON}


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of urllib3, about addresses that are drawn
@pytest.mark.parametrize("client", TOOLS)
def test_a_right_tool_is_green_with_every_client(client: str):
    """On all that it owes: statuses, timeouts, resets, lost replies, broken bodies, odd headers."""
    tool = TOOLS[client]
    owed = {law.id for law in retry_contract(tool, **SAID).laws} & OWED

    assert {law: broken for law in sorted(owed) if (broken := what(law, tool, **SAID))} == {}
    assert len(owed) >= 15


@pytest.mark.parametrize("client", TOOLS)
def test_every_client_meets_the_same(client: str):
    """Each plan of the table comes to the same number of attempts and waits."""
    with World(retry_contract(TOOLS[client], **SAID).contract) as world:
        met = {plan.label: world.call(world.ordinary, plan) for plan in world.plans}
    with World(retry_contract(TOOLS["requests"], **SAID).contract) as world:
        wanted = {plan.label: world.call(world.ordinary, plan) for plan in world.plans}

    assert {label: (len(seen.attempts), seen.sleeps) for label, seen in met.items()} == {
        label: (len(seen.attempts), seen.sleeps) for label, seen in wanted.items()
    }
    assert {"the reply is lost", "the connection is refused", "the host has no address"} < set(met)

"""How long a call takes on the virtual clock: retries, patience that a server asks for, many items, drops."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import aiohttp
import pytest
import requests
from breaking import breach, parameters

SAID: dict[str, Any] = {"schema": parameters(url={"type": "string"}), "upstream": "yahoo/chart-nvda"}


def patient(most: float) -> Any:
    """A tool that waits as long as it is asked to, up to ``most`` seconds."""

    def tool(url: str) -> str:
        try:
            reply = requests.get(url, timeout=5)
            asked = float(reply.headers.get("Retry-After", 0))
            if 0 < asked <= most:
                time.sleep(asked)
            reply.raise_for_status()
        except requests.RequestException as error:
            return json.dumps({"error": type(error).__name__})
        return json.dumps({"ok": True})

    return tool


def test_a_server_cannot_make_a_call_wait_for_an_hour():
    """Retry-After is a wish."""
    assert breach("the-call-ends-within-its-budget", patient(4_000), **SAID) == "it took 3,600.0 s, 60 s are allowed"
    assert breach("the-call-ends-within-its-budget", patient(30), **SAID) == ""


@pytest.mark.parametrize("hint", [{"deadline": 4_000}, {"limits": {"seconds": 4_000}}])
def test_the_budget_is_what_the_contract_says(hint: dict[str, Any]):
    """By either hint."""
    assert breach("the-call-ends-within-its-budget", patient(4_000), **SAID, **hint) == ""


def each_slowly(steps: list[str]) -> str:
    for _ in steps:
        time.sleep(0.8)
    return json.dumps({"done": len(steps)})


def in_a_text(steps: str) -> str:
    return each_slowly(steps.split(","))


@pytest.mark.parametrize(
    ("tool", "schema", "what"),
    [
        (each_slowly, {"type": "array", "items": {"type": "string"}, "examples": [["a"]]}, "it took 800.0 s, 60 s are allowed"),
        (each_slowly, {"type": "array", "items": {"type": "string"}, "examples": [["a"]], "maxItems": 20}, ""),
        (in_a_text, {"type": "string", "examples": ["a"]}, "it took 800.0 s, 60 s are allowed"),
        (in_a_text, {"type": "string", "examples": ["a"], "maxLength": 20}, ""),
    ],
)
def test_many_items_are_within_the_budget_too(tool: Any, schema: dict[str, Any], what: str):
    """A list without a bound, and a text that is one; a bound in the schema is a way to keep it."""
    assert breach("the-call-ends-within-its-budget", tool, schema=parameters(steps=schema)) == what


def plain(url: str) -> str:
    return json.dumps({"size": len(requests.get(url, timeout=5).content)})


def in_large_pieces(url: str) -> str:
    return _until(url, 16_384)


def in_small_pieces(url: str) -> str:
    return _until(url, 1)


def _until(url: str, piece: int) -> str:
    started, size = time.monotonic(), 0
    with requests.get(url, timeout=5, stream=True) as reply:
        for chunk in reply.iter_content(piece):
            size += len(chunk)
            if time.monotonic() - started > 5:
                return json.dumps({"error": "the answer does not end"})
    return json.dumps({"size": size})


async def without_total(url: str) -> str:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, sock_read=5)) as session:
        return await _read(session, url)


async def with_total(url: str) -> str:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        return await _read(session, url)


async def _read(session: aiohttp.ClientSession, url: str) -> str:
    try:
        async with session.get(url) as reply:
            return json.dumps({"size": len(await reply.read())})
    except asyncio.TimeoutError:
        return json.dumps({"error": "the answer does not end"})


@pytest.mark.parametrize(
    ("tool", "ends"),
    [(plain, False), (in_large_pieces, False), (in_small_pieces, True), (without_total, False), (with_total, True)],
)
def test_a_slow_drip_ends_in_time(tool: Any, *, ends: bool):
    """A timeout for each wait bounds nothing; looking at the time between small reads does, and so does aiohttp's total."""
    found = breach("a-slow-drip-ends-in-time", tool, **SAID, deadline=10)

    assert found == ("" if ends else "it took 200.0 s, its deadline is 10 s")

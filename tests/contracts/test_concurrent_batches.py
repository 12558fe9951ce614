"""Tools that ask for many things at once: the right one, and one mistake at a time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from judging import what

LIST = {"type": "object", "properties": {"urls": {"type": "array", "items": {"type": "string"}}}, "required": ["urls"]}
TEXT = {"type": "object", "properties": {"urls": {"type": "string", "description": "comma-separated"}}, "required": ["urls"]}
LINES = {"type": "object", "properties": {"urls": {"type": "string", "description": "one a line"}}, "required": ["urls"]}
HERE = {"pattern": "async", "upstream": "webhook/httpbin-echo"}


def crawler(slots: int = 5, *, inside: bool = True, once: bool = True) -> Callable[..., Any]:
    """``slots``: requests at the same time; ``inside``: a timeout counts from when its request has a slot."""

    async def crawl(urls: list[str]) -> str:
        free = asyncio.Semaphore(slots)

        async def page(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
            try:
                if inside:
                    async with free:
                        return await ask(session, url)
                async with asyncio.timeout(15):
                    async with free:
                        return await ask(session, url)
            except (aiohttp.ClientError, asyncio.TimeoutError, ValueError, OSError) as error:
                return {"url": url, "error": f"no answer: {type(error).__name__}"}

        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:
            wanted = list(dict.fromkeys(urls)) if once else urls
            pages = dict(zip(wanted, await asyncio.gather(*(page(session, url) for url in wanted)), strict=True))
        return json.dumps([pages[url] for url in urls])

    return crawl


async def ask(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with session.get(url) as reply:
        return {"url": url, "text": await reply.text()}


def from_text(separator: str) -> Callable[..., Any]:
    async def crawl(urls: str) -> str:
        return await crawler()(urls.split(separator))

    return crawl


def test_open_requests_stay_within_the_bound():
    """Counted at the upstream, while each takes a second of virtual time."""
    law = "concurrency-stays-bounded"

    assert what(law, crawler(6), schema=LIST, concurrency=5, **HERE) == "6 requests were open at the same time, 5 are allowed"
    assert what(law, crawler(5), schema=LIST, concurrency=5, **HERE) == ""
    assert what(law, crawler(1), schema=LIST, concurrency=5, **HERE) == ""


@pytest.mark.skipif(not hasattr(asyncio, "timeout"), reason="asyncio.timeout is new in Python 3.11")
def test_waiting_for_a_slot_takes_nothing_from_the_timeout():
    """Each is answered in time; those that wait for the first ones must not fail for it."""
    law = "a-timeout-starts-with-its-item"
    wanted = "5 of 10 items failed, and each was answered within 0.75 of its timeout of 15 s"

    assert what(law, crawler(inside=False), schema=LIST, concurrency=5, **HERE) == wanted
    assert what(law, crawler(), schema=LIST, concurrency=5, **HERE) == ""


def test_aiohttp_counts_the_wait_for_its_pool():
    """A hundred connections at once, and the total timeout goes on for the others."""
    law = "a-timeout-starts-with-its-item"

    assert what(law, crawler(1000), schema=LIST, **HERE).startswith("100 of 200 items failed")
    few = {**LIST, "properties": {"urls": {**LIST["properties"]["urls"], "maxItems": 50}}}
    assert what(law, crawler(1000), schema=few, **HERE) == ""


def test_a_deadline_for_all_allows_to_give_up():
    """Who promises an end may not wait for everybody."""
    law = "a-timeout-starts-with-its-item"

    assert what(law, crawler(1000), schema=LIST, deadline=20, **HERE) == ""


def test_equal_items_are_asked_for_once():
    """Where the author says that they are."""
    law = "duplicates-are-fetched-once"

    assert "was asked for 2 times" in what(law, crawler(once=False), schema=LIST, distinct=True, **HERE)
    assert what(law, crawler(), schema=LIST, distinct=True, **HERE) == ""
    assert what(law, crawler(once=False), schema=LIST, distinct=False, **HERE) == ""


def test_an_address_with_a_comma_is_one():
    """A list of strings, or lines, keep it; what is split at commas does not."""
    law = "items-survive-their-separator"

    assert "was given, and not asked for" in what(law, from_text(","), schema=TEXT, **HERE)
    assert what(law, crawler(), schema=LIST, **HERE) == ""
    assert what(law, from_text("\n"), schema=LINES, **HERE) == ""


def test_an_address_may_be_refused_for_its_comma():
    """Then nothing is sent, and the model is told."""

    async def refusing(urls: str) -> str:
        items = urls.split(",")
        if not all(item.startswith("https://") for item in items):
            return json.dumps({"error": "an address holds a comma: write %2C"})
        return await crawler()(items)

    assert what("items-survive-their-separator", refusing, schema=TEXT, **HERE) == ""

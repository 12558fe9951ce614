"""Several pages at once."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aioresponses import aioresponses, core

ONE, TWO = "https://example.com/one", "https://example.com/two"
NEEDS_WRITER = "stream_writer" in inspect.signature(aiohttp.ClientResponse.__init__).parameters


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[aioresponses]:
    if NEEDS_WRITER:  # aioresponses 0.7.9 does not know this parameter of aiohttp 3.14
        writer = SimpleNamespace(output_size=0)
        monkeypatch.setattr(core, "ClientResponse", partial(aiohttp.ClientResponse, stream_writer=writer))
    with aioresponses() as mocked:
        yield mocked


def test_two_pages_in_the_order_asked(awaited: Any, web: aioresponses) -> None:
    web.get(ONE, payload={"page": 1})
    web.get(TWO, body="second", content_type="text/plain")
    one, two = awaited(urls=[ONE, TWO])["results"]
    assert (one["url"], one["status"], one["data"]) == (ONE, 200, {"page": 1})
    assert (two["url"], two["data"]["text"]) == (TWO, "second")


def test_a_page_that_is_gone(awaited: Any, web: aioresponses) -> None:
    web.get(ONE, status=404)
    web.get(TWO, payload={"page": 2})
    one, two = awaited(urls=[ONE, TWO])["results"]
    assert "404" in one["error"]
    assert two["data"] == {"page": 2}


def test_a_broken_server(awaited: Any, web: aioresponses) -> None:
    web.get(ONE, status=500)
    assert "500" in awaited(urls=[ONE])["results"][0]["error"]


def test_a_timeout(awaited: Any, web: aioresponses) -> None:
    web.get(ONE, exception=asyncio.TimeoutError())
    web.get(TWO, payload={"page": 2})
    one, two = awaited(urls=[ONE, TWO])["results"]
    assert one["error"]
    assert two["data"] == {"page": 2}


def test_no_list_of_addresses(awaited: Any) -> None:
    assert "urls" in awaited(urls=5)["error"]


def test_no_addresses(awaited: Any) -> None:
    assert "urls" in awaited()["error"]

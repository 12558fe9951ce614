"""Results that grow with what the upstream answers, and bodies that are read to their end."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import requests
from breaking import breach, parameters

from autogen_harness.contracts.answering.bulk import with_long_lists, with_long_texts

SCHEMA = parameters(url={"type": "string"})
SAID: dict[str, Any] = {"schema": SCHEMA, "upstream": "yahoo/chart-nvda"}


def quoting(url: str, cut: Any) -> str:
    """A tool that quotes the body as ``cut`` makes it."""
    try:
        reply = requests.get(url, timeout=5)
        reply.raise_for_status()
        return cut(reply)
    except (requests.RequestException, ValueError, RecursionError) as error:
        return json.dumps({"error": type(error).__name__})


def whole(reply: requests.Response) -> str:
    return json.dumps({"data": reply.text})


def as_json(reply: requests.Response) -> str:
    return json.dumps({"data": reply.json()})


def indented(reply: requests.Response) -> str:
    is_long = len(reply.text) > 10_000
    return json.dumps({"data": "too long"} if is_long else {"data": reply.json()}, indent=2)


def silently_cut(reply: requests.Response) -> str:
    return json.dumps({"text": reply.text[:1_000]})


def cut_by_characters(reply: requests.Response) -> str:
    return json.dumps({"text": reply.text[:10_000], "truncated": len(reply.text) > 10_000})


def flagged(reply: requests.Response) -> str:
    return json.dumps({"text": reply.text[:1_000], "truncated": len(reply.text) > 1_000})


def with_ellipsis(reply: requests.Response) -> str:
    return json.dumps({"text": reply.text[:1_000] + "…"})


def unread(_: requests.Response) -> str:
    return json.dumps({"ok": True})


@pytest.mark.parametrize(
    ("cut", "what"),
    [
        (whole, "the result has 5,000,0"),
        (as_json, "the result has"),
        (indented, "6,690 bytes of the upstream became"),
        (silently_cut, "does not say that more was cut off"),
        (cut_by_characters, "4,000 bytes of the upstream became 24,0"),  # control characters take six each
        (flagged, ""),
        (with_ellipsis, ""),
        (unread, ""),
    ],
)
def test_a_large_reply_gives_a_small_result_that_says_where_it_was_cut(cut: Any, what: str):
    """Text, JSON, nested JSON, control characters: each tool has one that is too much for it, but those that cut and say so."""
    found = breach("results-stay-small", lambda url: quoting(url, cut), **SAID)

    assert what in found
    assert bool(what) == bool(found)


def test_a_text_that_is_whole_was_not_cut():
    """However long: only where more of it stood in the reply must the result say so."""

    def tool(url: str) -> str:
        about = requests.get(url, timeout=5).json()["chart"]["result"][0]["meta"]["longName"]
        return json.dumps({"about": about})

    assert "characters, 20,000 are allowed" in breach("results-stay-small", tool, **SAID)
    assert breach("results-stay-small", tool, **SAID, limits={"result_chars": 100_000}) == ""


def test_the_limit_is_what_the_contract_says():
    """The same tool, with a larger limit and with a smaller one."""

    def tool(url: str) -> str:
        return quoting(url, flagged)

    assert breach("results-stay-small", tool, **SAID, limits={"result_chars": 10_000}) == ""
    assert "900 are allowed" in breach("results-stay-small", tool, **SAID, limits={"result_chars": 900})


def test_an_error_page_is_not_quoted_whole():
    """A status of 500 with a megabyte of text."""

    def tool(url: str) -> str:
        reply = requests.get(url, timeout=5)
        return json.dumps({"ok": True} if reply.ok else {"error": f"failed: {reply.text}"})

    assert "the result has 1,000,0" in breach("results-stay-small", tool, **SAID)


def test_more_than_was_read_is_amplification():
    """Below the limit, and still five times what the upstream sent."""

    def tool(url: str) -> str:
        text = quoting(url, flagged)
        return json.dumps({"text": "ab" * 10_000}) if "\\u0001" in text else text

    found = breach("results-stay-small", tool, **SAID, limits={"result_chars": 100_000})

    assert found == "4,000 bytes of the upstream became 20,012 characters"


@pytest.mark.parametrize(("most", "what"), [(1_000, ""), (10_000_000, "the result has 5,")])
def test_a_file_that_has_grown_gives_a_small_result(most: int, what: str):
    """Five megabytes in the file that the ordinary call names."""

    def tool(path: str) -> str:
        text = Path(path).read_text(encoding="utf-8")
        return json.dumps({"text": text[:most], "truncated": len(text) > most})

    assert breach("results-stay-small", tool, schema=parameters(path={"type": "string"})).startswith(what)


def test_recorded_json_swells_in_texts_and_in_lists():
    """Symbols stay as they are, so that a tool still finds its way; together it stays below a megabyte."""
    value = {"symbol": "NVDA", "about": "a text of some words", "rows": [1, 2], "none": []}
    longer = with_long_texts(value)

    assert (longer["symbol"], longer["rows"]) == ("NVDA", [1, 2])
    assert len(longer["about"]) > 30_000
    assert len(with_long_lists(value)["rows"]) == 2_000
    assert len(json.dumps(with_long_texts([value] * 500))) < 1_000_000


def in_pieces(url: str) -> str:
    with requests.get(url, timeout=5, stream=True) as reply:
        return json.dumps({"start": len(next(reply.iter_content(10_000), b""))})


def at_once(url: str) -> str:
    return json.dumps({"size": len(requests.get(url, timeout=5).content)})


async def in_async_pieces(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as reply:
        return json.dumps({"start": len(await reply.content.read(10_000))})


async def at_once_async(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as reply:
        return json.dumps({"size": len(await reply.read())})


def never(url: str) -> str:
    return json.dumps({"length": len(url)})


@pytest.mark.parametrize(
    ("tool", "read"),
    [(in_pieces, ""), (in_async_pieces, ""), (never, ""), (at_once, "5,000,000 bytes"), (at_once_async, "5,000,000 bytes")],
)
def test_what_is_read_of_a_body_is_counted(tool: Any, read: str):
    """Not what is offered: a tool that stops reading is right, whichever client it uses."""
    found = breach("reads-are-bounded", tool, **SAID)

    assert found.startswith(read)
    assert bool(found) == bool(read)
    assert breach("reads-are-bounded", tool, **SAID, limits={"read_bytes": 6_000_000}) == ""


def test_counting_leaves_the_clients_as_they_were():
    """A second look, and a client outside, read as ever."""
    before = aiohttp.StreamReader.read, aiohttp.StreamReader._read_nowait_chunk
    breach("reads-are-bounded", at_once, **SAID)

    assert (aiohttp.StreamReader.read, aiohttp.StreamReader._read_nowait_chunk) == before
    assert asyncio.iscoroutinefunction(before[0])

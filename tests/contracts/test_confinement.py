"""Requests that an argument leads astray, hosts that nobody declared, and effects that nobody declared."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from breaking import breach, breaches, parameters

HOST = "https://query1.finance.yahoo.com"
SAID: dict[str, Any] = {
    "schema": parameters(ticker={"type": "string", "examples": ["NVDA"]}),
    "upstream": "yahoo/chart-nvda",
}


def asking(make_url: Any, **options: Any) -> Any:
    def tool(ticker: str) -> str:
        try:
            reply = requests.get(make_url(ticker), timeout=5, **{name: make(ticker) for name, make in options.items()})
        except (requests.RequestException, ValueError) as error:
            return json.dumps({"error": type(error).__name__})
        return json.dumps({"status": reply.status_code})

    return tool


def pasted(ticker: str) -> str:
    return f"{HOST}/v8/finance/chart/{ticker}?range=1d"


def quoted(ticker: str) -> str:
    return f"{HOST}/v8/finance/chart/{quote(ticker, safe='')}?range=1d"


def quoted_but_for_slashes(ticker: str) -> str:
    return f"{HOST}/v8/finance/chart/{quote(ticker)}?range=1d"


def quoted_without_dots(ticker: str) -> str:
    if ticker in {".", ".."}:
        raise ValueError(ticker)
    return quoted(ticker)


def refusing(ticker: str) -> str:
    if not ticker.isalnum():
        raise ValueError(ticker)
    return pasted(ticker)


@pytest.mark.parametrize(
    ("make_url", "ways"),
    [
        (pasted, {"NVDA/../../other", "NVDA?added=1", "NVDA#part", "../NVDA"}),
        (quoted_but_for_slashes, {"NVDA/../../other", "../NVDA"}),
        (quoted, {".."}),  # a whole part of a path that no quoting changes
        (quoted_without_dots, set()),
        (refusing, set()),
        (lambda ticker: f"{HOST}/v8/finance/chart?symbol={ticker}", {"NVDA&added=1"}),
        (lambda ticker: f"https://{ticker}.example.com/", set()),  # it is part of the host: an address of its own
    ],
)
def test_an_argument_stays_within_its_part_of_the_url(make_url: Any, ways: set[str]):
    """Each way out is tried alone, and told with the request that took it."""
    found = breaches("requests-stay-where-they-belong", asking(make_url), **SAID)
    arguments = {one.seen.arguments["ticker"] for one in found if one.seen}

    assert ways <= arguments
    assert bool(ways) == bool(arguments)
    assert all("the request went to" in one.what or "tried to" in one.what for one in found)


def test_parameters_of_the_client_are_quoted_by_it():
    """``params`` is the right way for a query."""
    tool = asking(lambda _: f"{HOST}/v8/finance/chart", params=lambda ticker: {"symbol": ticker})

    assert breach("requests-stay-where-they-belong", tool, **SAID) == ""


def test_what_the_schema_forbids_is_not_tried():
    """A pattern is a way to refuse."""
    schema = parameters(ticker={"type": "string", "pattern": "^[A-Z]+$", "examples": ["NVDA"]})

    assert breach("requests-stay-where-they-belong", asking(pasted), **{**SAID, "schema": schema}) == ""


def test_addresses_may_lead_where_they_lead():
    """An argument that is an address is none that must stay within one."""

    def tool(url: str) -> str:
        return asking(str)(url)

    schema = parameters(url={"type": "string"})
    assert breach("requests-stay-where-they-belong", tool, **{**SAID, "schema": schema}) == ""


def fetching(*, follow: bool, hosts: tuple[str, ...] = ()) -> Any:
    def tool(url: str) -> str:
        if hosts and not url.startswith(hosts):
            return json.dumps({"error": "this host is not allowed"})
        try:
            reply = requests.get(url, timeout=5, allow_redirects=follow)
        except (requests.RequestException, ValueError) as error:
            return json.dumps({"error": type(error).__name__})
        return json.dumps({"status": reply.status_code})

    return tool


@pytest.mark.parametrize(
    ("tool", "what"),
    [
        (fetching(follow=False, hosts=(HOST,)), ""),
        (fetching(follow=True, hosts=(HOST,)), "it called elsewhere.invalid, which is none of *.yahoo.com"),
        (fetching(follow=False), "it called 169.254.169.254"),
    ],
)
def test_only_declared_hosts_are_called(tool: Any, what: str):
    """Neither by a redirect nor by an argument that is an address."""
    said = {"schema": parameters(url={"type": "string"}), "upstream": "yahoo/chart-nvda", "hosts": ["*.yahoo.com"]}
    found = breach("only-declared-hosts-are-called", tool, **said)

    assert found.startswith(what)
    assert bool(found) == bool(what)


def getting(ticker: str) -> str:
    return asking(quoted)(ticker)


def posting(ticker: str) -> str:
    return json.dumps({"status": requests.post(quoted(ticker), timeout=5).status_code})


def noting(ticker: str) -> str:
    Path("notes.txt").write_text("x", encoding="utf-8")
    return json.dumps({"length": len(ticker)})


def storing(ticker: str) -> str:
    with closing(sqlite3.connect("notes.sqlite3")) as notes, notes:
        notes.execute("CREATE TABLE IF NOT EXISTS tickers (name TEXT)")
    return json.dumps({"length": len(ticker)})


def getting_elsewhere(ticker: str) -> str:
    try:
        requests.get(f"https://elsewhere.invalid/{len(ticker)}", timeout=5)
    except requests.RequestException as error:
        return json.dumps({"error": type(error).__name__})
    return json.dumps({"ok": True})


def counting(ticker: str) -> str:
    return json.dumps({"length": len(ticker)})


@pytest.mark.parametrize(
    ("tool", "least"),
    [
        (counting, "none"),
        (getting, "read"),
        (getting_elsewhere, "read"),
        (noting, "write"),
        (storing, "write"),
        (posting, "external"),
    ],
)
def test_effects_are_as_declared(tool: Any, least: str):
    """Each tool keeps what it is, and every word above; it breaks every word below."""
    words = ("none", "read", "write", "external")
    kept = [word for word in words if not breach("side-effects-are-as-declared", tool, **SAID, side_effects=word)]

    assert kept == [*words[words.index(least) :]]

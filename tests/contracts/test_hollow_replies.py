"""Recorded answers that lack a part are in the fault table."""

from __future__ import annotations

import json
from typing import Any

import requests

from autogen_harness.contracts import registry, tool_contract, verdict
from autogen_harness.contracts.answering.hollow import hollowed
from autogen_harness.contracts.calling.world import World

URL = "https://query1.finance.yahoo.com/v8/finance/chart/NVDA"


def test_each_part_is_null_once_from_the_outside_in():
    """Empty ones and numbers are left as they are, and of a list the first item is looked at; then numbers are NaN."""
    body = json.dumps({"a": {"b": [{"c": 1}, {"d": True}], "e": {}}}).encode()

    assert list(hollowed(body)) == [
        ("$.a is null", b'{"a": null}'),
        ("$.a.b is null", b'{"a": {"b": null, "e": {}}}'),
        ("$.a.b[0] is null", b'{"a": {"b": [null, {"d": true}], "e": {}}}'),
        ("every number is NaN", b'{"a": {"b": [{"c": NaN}, {"d": true}], "e": {}}}'),
    ]


def test_what_is_no_json_or_has_no_parts_is_left_alone():
    """A text, a scalar, an empty object."""
    assert [*hollowed(b"<html>"), *hollowed(b'"text"'), *hollowed(b"{}"), *hollowed(b"null")] == []


def test_no_more_than_a_few_parts_are_taken():
    """The table of a law stays short."""
    body = json.dumps({str(number): [number] for number in range(50)}).encode()
    assert len(list(hollowed(body))) == 7


def quote(**caught: Any) -> Any:
    """A tool that reaches into a chart and knows how that can fail, or believes so."""

    def get_price(ticker: str) -> str:
        """The price."""
        try:
            reply = requests.get(URL, timeout=5)
            if not reply.ok or reply.status_code != 200:
                return json.dumps({"error": f"status {reply.status_code}"})
            meta = reply.json()["chart"]["result"][0]["meta"]
            return json.dumps({"price": str(meta.get("regularMarketPrice")), "ticker": ticker[:5]})
        except caught["errors"] as error:
            return json.dumps({"error": f"no quote: {type(error).__name__}"})

    return get_price


def test_a_tool_that_forgets_a_null_is_found():
    """The recorded answer has an object where a thing that is gone has null."""
    law = next(law for law in registry.LAWS if law.id == "every-valid-call-returns-json")
    careless = (requests.RequestException, ValueError, LookupError, TypeError)
    for errors, says in ((careless, "AttributeError"), ((*careless, AttributeError), "")):
        made = tool_contract(quote(errors=errors), upstream=("yahoo/chart-nvda",)).contract
        with World(made) as world:
            found = verdict.breach_in(law, world, draw=False)
        assert (found.what if found else "") == (f"it raised {says}" if says else "")
        assert not found or (found.seen and found.seen.plan.label == "status 200, $.chart.result[0].meta is null")

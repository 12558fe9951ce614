"""Parameters that make no difference, and units that are labels only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from breaking import breach, breaches, parameters

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.patterns.every.heed import LAWS

URL = "https://query1.finance.yahoo.com/v8/finance/chart/NVDA"
CURRENCY = {"type": "string", "examples": ["USD"]}
LAW = "every-argument-matters"


def ignores(currency: str) -> str:
    return json.dumps({"price": 1})


def echoes(currency: str) -> str:
    return json.dumps({"price": 1, "currency": currency})


def refuses(currency: str) -> str:
    return json.dumps({"price": 1} if currency == "USD" else {"error": "only USD"})


def stores(currency: str) -> str:
    Path("currency.txt").write_text(currency, encoding="utf-8")
    return json.dumps({"price": 1})


def sends(currency: str) -> str:
    requests.get(URL, headers={"X-Currency": str(len(currency))}, timeout=5)
    return json.dumps({"price": 1})


@pytest.mark.parametrize(
    ("tool", "matters"), [(ignores, False), (echoes, True), (refuses, True), (stores, True), (sends, True)]
)
def test_every_argument_matters(tool: Any, *, matters: bool):
    """In the result, in a refusal, in a file, or in a request."""
    found = breach(LAW, tool, schema=parameters(currency=CURRENCY), upstream="yahoo/chart-nvda")

    assert found.startswith("" if matters else "currency makes no difference")
    assert bool(found) != matters


def trying(times: int = 2) -> str:
    for _ in range(min(times, 5) if times > 0 else 1):
        if requests.get(URL, timeout=5).ok:
            return json.dumps({"ok": True})
    return json.dumps({"error": "no answer"})


def test_what_matters_only_in_trouble_matters():
    """A number of attempts makes no difference where the first one succeeds."""
    schema = {"type": "object", "properties": {"times": {"type": "integer"}}}

    assert breach(LAW, trying, schema=schema, upstream="yahoo/chart-nvda") == ""


def test_each_parameter_is_looked_at_alone():
    """One that matters does not hide one that does not."""

    def tool(kept: str, lost: str) -> str:
        return json.dumps({"kept": kept})

    found = breaches(LAW, tool, schema=parameters(kept=CURRENCY, lost=CURRENCY))

    assert [one.what.split()[0] for one in found] == ["lost"]


def converts(currency: str) -> str:
    rates = {"USD": 1.0, "EUR": 0.9}
    return json.dumps({"price": 10 * rates[currency], "currency": currency} if currency in rates else {"error": "unknown"})


def passes_on(currency: str) -> str:
    requests.get(URL, params={"currency": currency}, timeout=5)
    return echoes(currency)


@pytest.mark.parametrize(
    ("tool", "red"), [(echoes, True), (ignores, True), (converts, False), (refuses, False), (passes_on, False)]
)
@pytest.mark.parametrize("hint", [["currency"], {"currency": ["USD", "EUR"]}])
def test_units_are_honoured_or_refused(tool: Any, hint: Any, *, red: bool):
    """A number with another label is what the law is about."""
    said = {"schema": parameters(currency=CURRENCY), "upstream": "yahoo/chart-nvda", "honours": hint}
    found = breach("units-are-honoured-or-refused", tool, **said)

    assert found == ("currency = 'USD' and 'EUR' give the same answer" if red else "")


def test_units_without_two_values_are_not_checked():
    """One value has nothing to be compared with, and that is told."""
    schema = parameters(currency={"type": "string", "enum": ["USD"]})
    with World(tool_contract(echoes, schema=schema, honours=["currency"]).contract) as world:
        assert list(next(law for law in LAWS if law.id == "units-are-honoured-or-refused").check(world)) == []
        assert world.unseen == "two values of currency that the schema allows, in honours"

"""What is built has the shape of what is shipped: the same keys, types, headers and tolerance."""

from __future__ import annotations

import json

import pytest
from shipped_shapes import duckduckgo, yahoo
from shipped_shapes.reading import EVERY, Shipped, shipped

from autogen_harness.cassettes import Cassette, Player, dump
from autogen_harness.clock import VirtualClock
from autogen_harness.differences import compare

NOTHING = Player(lambda _: None, VirtualClock())
YAHOO, DDG = NOTHING.yahoo, NOTHING.duckduckgo
FACTS = {"Founded": "1993", "Instance of": {"entity-type": "item", "id": "Q1", "numeric-id": 1}, "Wikidata aliases": ["NV"]}

BUILT = {
    "yahoo/chart-nvda": lambda: YAHOO.quote("NVDA", price=181.2),
    "yahoo/chart-aapl": lambda: YAHOO.chart("AAPL", closes=[240], range="1d"),
    "yahoo/chart-ibm": lambda: YAHOO.quote("IBM"),
    "yahoo/chart-vod-l": lambda: YAHOO.quote("VOD.L", price=91),
    "yahoo/chart-gspc": lambda: YAHOO.quote("^GSPC", price=7000, at=1_790_000_000),
    "yahoo/chart-eurusd": lambda: YAHOO.quote("EURUSD=X", price=1.1),
    "yahoo/chart-btc-usd": lambda: YAHOO.quote("BTC-USD", price=71_000),
    "yahoo/gone-symbol": lambda: YAHOO.gone("OLDCO.ST"),
    "yahoo/no-bar": lambda: YAHOO.chart("QUIET.L", closes=[], range="1d"),
    "yahoo/unknown-symbol": lambda: YAHOO.unknown("ZZZZ"),
    "yahoo/bad-request": YAHOO.bad_request,
    "yahoo/unprocessable": YAHOO.unprocessable,
    "yahoo/too-many-requests": YAHOO.rate_limited,
    "duckduckgo/nvidia": lambda: DDG.article(
        "NVIDIA", text="It makes chips.", image="/i/1.png", site="https://www.nvidia.com/", facts=FACTS, categories=["Chips"]
    ),
    "duckduckgo/mercury": lambda: DDG.disambiguation(
        "Mercury",
        topics={"Mercury (planet)": "The planet."},
        groups={"Companies": [("Mercury Marine", "A maker.")], "Sports": []},
    ),
    "duckduckgo/semiconductor-companies": lambda: DDG.category("chip makers", topics={"TSMC": "A maker."}),
    "duckduckgo/empty": lambda: DDG.empty("nothing of the kind"),
    "duckduckgo/calculator": lambda: DDG.answer("3*3"),
}
RULES = yahoo.RULES | duckduckgo.RULES
# unknown() answers any interval and range of its symbol: the symbol is unknown whatever is asked of it
UNLIKE = {("yahoo/unknown-symbol", "asked_for_one_day")}
OWED = [
    (name, rule)
    for name in BUILT
    for rule in (*EVERY, *RULES[name])
    if rule.__name__ != "tidy_file" and (name, rule.__name__) not in UNLIKE
]


def as_shipped(name):
    """What was built, as plain values of the file that it would be."""
    document = json.loads(dump(Cassette((BUILT[name](),), "Built.")))
    reply = BUILT[name]().outcome
    url = document["interactions"][0]["request"]["url"]
    return Shipped(name, document, url, reply.status, reply.reason, reply.headers, reply.body)


def shape(value):
    """The keys and types of a JSON value; of a list the kinds of items that stand in it."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return {json.dumps(shape(item), sort_keys=True, default=sorted) for item in value}
    return type(value).__name__


def within(built, real):
    """The built shape, with every list that holds nothing new in place of the real one."""
    if isinstance(built, dict) and isinstance(real, dict):
        return {key: within(item, real.get(key)) for key, item in built.items()}
    return real if isinstance(built, set) and isinstance(real, set) and built <= real else built


def test_every_shipped_reply_can_be_built():
    """A file that is shipped for one of the services has a builder."""
    assert BUILT.keys() == RULES.keys()


@pytest.mark.parametrize(("name", "rule"), [pytest.param(*owed, id=f"{owed[0]}-{owed[1].__name__}") for owed in OWED])
def test_the_rules_of_the_shipped_files_hold(name, rule):
    """Each rule that a shipped file is held to."""
    assert list(rule(as_shipped(name))) == [], rule.__doc__


@pytest.mark.parametrize("name", BUILT)
def test_keys_types_and_headers_are_those_of_the_shipped_file(name):
    """The same keys with values of the same types, the same headers in the same order, the same hosts and path."""
    ours, real = as_shipped(name), shipped(name)
    assert [key for key, _ in ours.headers] == [key for key, _ in real.headers]
    assert (ours.status, ours.reason, ours.interaction["request"]["method"]) == (real.status, real.reason, "GET")
    if name != "yahoo/too-many-requests":
        assert compare(shape(real.data), within(shape(ours.data), shape(real.data))) == []
    matches = [{key: it.interaction["match"].get(key) for key in ("hosts", "path")} for it in (ours, real)]
    assert matches[0] == matches[1]

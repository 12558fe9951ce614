"""What a test queues without a file answers its requests, says what the test gave, and is plausible in the rest."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import datetime, timezone

import aiohttp
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness import Harness, fault
from autogen_harness.cassettes import Player
from autogen_harness.clock import VirtualClock
from autogen_harness.errors import HarnessFailure, UnmatchedRequest, UsageError

CHART = "https://query2.finance.yahoo.com/v8/finance/chart/"
ONE_DAY = {"interval": "1d", "range": "1d"}
NOTHING = Player(lambda _: None, VirtualClock())
YAHOO, DDG = NOTHING.yahoo, NOTHING.duckduckgo
PRICES = st.floats(0.01, 1e6).map(lambda price: round(price, 4))


def get(symbol, **params):
    return requests.get(CHART + symbol, params=params or ONE_DAY, timeout=5)


def result_of(interaction):
    return json.loads(interaction.outcome.body)["chart"]["result"][0]


def test_a_quote_answers_both_hosts_with_what_was_given(harness):
    """As the shipped files: any order of parameters, a crumb is not compared; the rest of the reply agrees with the price."""
    harness.http.yahoo.quote("NVDA", price=181.2, currency="EUR", previous_close=180, volume=7, name="N", meta={"priceHint": 3})
    chart = get("NVDA", range="1d", interval="1d", crumb="x").json()["chart"]["result"][0]
    meta, quote = chart["meta"], chart["indicators"]["quote"][0]
    assert (meta["regularMarketPrice"], meta["currency"], meta["chartPreviousClose"], meta["regularMarketVolume"]) == (
        181.2,
        "EUR",
        180.0,
        7,
    )
    assert (meta["longName"], meta["shortName"], meta["priceHint"]) == ("N", "N", 3)
    assert (quote["close"], quote["volume"]) == ([181.1999969482422], [7])


def test_replies_come_in_the_order_in_which_they_are_queued(harness):
    """A rate limit, then the quote; each as often as it was asked to."""
    yahoo = harness.http.yahoo
    yahoo.rate_limited(times=2, retry_after=3)
    yahoo.quote("NVDA", price=181.2)
    yahoo.unknown("ZZZZ")
    yahoo.quote("^FTSE", fault=fault.timeout())
    yahoo.bad_request(description="No such range", optional=True)
    replies = [get("NVDA"), get("NVDA"), get("NVDA"), get("ZZZZ", interval="5m", range="5d")]
    assert [reply.status_code for reply in replies] == [429, 429, 200, 404]
    assert (replies[0].headers["retry-after"], replies[0].text) == ("3", "Edge: Too Many Requests")
    with pytest.raises(requests.ReadTimeout):
        get("%5EFTSE")
    assert get("IBM").json()["chart"]["error"] == {"code": "Bad Request", "description": "No such range"}
    assert [exchange.source for exchange in harness.transcript.http] == [
        "yahoo.rate_limited",
        "yahoo.rate_limited",
        "yahoo.quote NVDA",
        "yahoo.unknown ZZZZ",
        "yahoo.quote ^FTSE",
        "yahoo.bad_request",
    ]


def test_findings_name_the_call_that_queued_it():
    """There is no file to name; the line to write is the one that stands in the test."""
    with pytest.raises(HarnessFailure) as failed, Harness() as harness:
        harness.http.yahoo.quote("NVDA", price=181.2)
        harness.http.duckduckgo.empty("gold")
        with pytest.raises(UnmatchedRequest, match=r"yahoo.quote NVDA \(played 0 of 1\) differs"):
            get("NVDA", interval="1d", range="5d")
    fixes = "\n".join(finding.fix for finding in failed.value.findings)
    assert 'write harness.http.yahoo.quote("NVDA", ..., optional=True)' in fixes
    assert 'write harness.http.duckduckgo.empty("gold", optional=True)' in fixes
    assert 'harness.expect("http-unplayed", name="yahoo.quote NVDA")' in {one.expect for one in failed.value.findings}


def test_a_reply_that_was_used_up_names_the_call_with_more_times(harness):
    """Also where it has no arguments."""
    harness.http.yahoo.rate_limited()
    get("NVDA")
    with pytest.raises(UnmatchedRequest, match=r"write harness.http.yahoo.rate_limited\(times=2\)"):
        get("NVDA")
    harness.expect("http-unmatched")


@given(price=PRICES, symbol=st.sampled_from(["NVDA", "ACME", "VOD.L", "^GSPC", "EURUSD=X", "ETH-USD"]))
def test_every_quote_is_consistent(price, symbol):
    """The price lies in the day's span and that in the year's; the bar says the same in single precision."""
    result = result_of(YAHOO.quote(symbol, price=price))
    meta, quote = result["meta"], result["indicators"]["quote"][0]
    year_low, low, high, year_high = (
        meta[key] for key in ("fiftyTwoWeekLow", "regularMarketDayLow", "regularMarketDayHigh", "fiftyTwoWeekHigh")
    )
    assert year_low <= low <= meta["regularMarketPrice"] == price <= high <= year_high
    assert quote["low"][0] <= min(quote["open"][0], quote["close"][0])
    assert max(quote["open"][0], quote["close"][0]) <= quote["high"][0]
    assert quote["close"][0] == pytest.approx(price, rel=1e-6)


@given(
    closes=st.lists(st.none() | PRICES, min_size=1, max_size=40).filter(any),
    interval=st.sampled_from(["1m", "30m", "1h", "1d", "1wk", "1mo", "3mo"]),
    symbol=st.sampled_from(["AAPL", "BTC-USD"]),
    at=st.integers(1_500_000_000, 1_900_000_000),
)
def test_every_chart_is_consistent(closes, interval, symbol, at):
    """Bars rise in time, up to now and, but for coins, on weekdays; as many of each; holes are null throughout."""
    result = result_of(YAHOO.chart(symbol, closes=closes, interval=interval, at=at))
    meta, times, quote = result["meta"], result["timestamp"], result["indicators"]["quote"][0]
    assert times == sorted(set(times))
    assert times[-1] <= at
    assert symbol == "BTC-USD" or {datetime.fromtimestamp(time, timezone.utc).weekday() for time in times} <= set(range(5))
    assert {len(values) for values in quote.values()} == {len(times)} == {len(closes)}
    for number, close in enumerate(closes):
        assert {values[number] is None for values in quote.values()} == {close is None}
    assert meta["regularMarketPrice"] == [close for close in closes if close is not None][-1]
    assert (meta["dataGranularity"], meta["range"]) == (interval, "1mo")
    intraday = interval in ("1m", "30m", "1h")
    assert intraday == ("tradingPeriods" in meta) == ("previousClose" in meta) == ("adjclose" not in result["indicators"])
    assert meta["regularMarketTime"] <= at
    assert meta["fiftyTwoWeekLow"] <= min(filter(None, closes)) <= max(filter(None, closes)) <= meta["fiftyTwoWeekHigh"]


def test_what_stands_beside_a_price_has_its_digits():
    """In the proportions of the shipped cassette: a price of a few cents is not lost in two decimals."""
    meta = result_of(YAHOO.quote("ACME", price=0.0423))["meta"]
    assert (meta["regularMarketDayHigh"], meta["chartPreviousClose"]) == (0.0428, 0.0413)
    assert result_of(YAHOO.quote("NVDA", price=374.84))["meta"]["chartPreviousClose"] == 366.28


@pytest.mark.parametrize(
    ("interval", "days"),
    [
        ("1d", ["2026-02-26", "2026-02-27", "2026-03-02"]),
        ("1wk", ["2026-02-16", "2026-02-23", "2026-03-02"]),
        ("1mo", ["2026-01-01", "2026-02-02", "2026-03-02"]),
        ("3mo", ["2025-07-01", "2025-10-01", "2026-01-01"]),
        ("90m", ["2026-03-02", "2026-03-02", "2026-03-02"]),
    ],
)
def test_bars_stand_at_the_beginning_of_their_time(interval, days):
    """Monday 2 March 2026, in the afternoon of New York: the first session of each day, week, month or quarter."""
    at = datetime(2026, 3, 2, 20, tzinfo=timezone.utc)
    times = result_of(YAHOO.chart("IBM", closes=[1, 2, 3], interval=interval, at=at))["timestamp"]
    assert [datetime.fromtimestamp(time, timezone.utc).date().isoformat() for time in times] == days


def test_frozen_time_is_the_time_of_the_reply(harness):
    """A price of today, as a tool that refuses old ones demands: on a Sunday that is Friday's close."""
    harness.clock.freeze("2026-07-05T12:00:00Z")
    harness.http.yahoo.quote("NVDA")
    harness.http.duckduckgo.empty("gold")
    reply = get("NVDA")
    meta = reply.json()["chart"]["result"][0]["meta"]
    assert reply.headers["date"] == "Sun, 05 Jul 2026 12:00:00 GMT"
    assert datetime.fromtimestamp(meta["regularMarketTime"], timezone.utc).isoformat() == "2026-07-03T21:00:01+00:00"
    assert meta["regularMarketTime"] < time.time()
    answer = requests.get("https://api.duckduckgo.com/", params={"q": "gold", "format": "json"}, timeout=5)
    assert (answer.headers["date"], answer.headers["expires"]) == (
        "Sun, 05 Jul 2026 12:00:00 GMT",
        "Sun, 05 Jul 2026 12:00:01 GMT",
    )


def test_without_frozen_time_a_reply_is_the_same_on_every_day(monkeypatch):
    """The wall clock of the machine does not show."""
    before = [YAHOO.quote("ACME", price=10), YAHOO.chart("ACME", closes=[1, 2]), DDG.empty("x"), YAHOO.gone("OLD")]
    monkeypatch.setattr(time, "time", lambda: 4e9)
    assert [YAHOO.quote("ACME", price=10), YAHOO.chart("ACME", closes=[1, 2]), DDG.empty("x"), YAHOO.gone("OLD")] == before


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("acme", ("ACME", "USD", "EQUITY", "ACME Corporation")),
        ("BRK-B", ("BRK-B", "USD", "EQUITY", "BRK-B Corporation")),
        ("BARC.L", ("BARC.L", "GBp", "EQUITY", "BARC Corporation")),
        ("^FTSE", ("^FTSE", "USD", "INDEX", "FTSE")),
        ("GBPJPY=X", ("GBPJPY=X", "JPY", "CURRENCY", "GBP/JPY")),
        ("JPY=X", ("JPY=X", "JPY", "CURRENCY", "USD/JPY")),
        ("ETH-EUR", ("ETH-EUR", "EUR", "CRYPTOCURRENCY", "ETH EUR")),
        ("NVDA", ("NVDA", "USD", "EQUITY", "NVIDIA Corporation")),
    ],
)
def test_a_symbol_is_made_after_one_of_its_kind(symbol, expected):
    """Currency and name follow from how Yahoo spells it."""
    meta = result_of(YAHOO.quote(symbol))["meta"]
    assert (meta["symbol"], meta["currency"], meta["instrumentType"], meta["longName"]) == expected


def test_a_tool_that_sends_two_dates_is_answered_without_a_range(harness):
    """Then Yahoo echoes an empty range."""
    harness.http.yahoo.chart("AAPL", closes=[1.5, None, 2.5], range=None)
    chart = get("AAPL", interval="1d", period1="1", period2="2").json()["chart"]["result"][0]
    assert (chart["meta"]["range"], chart["indicators"]["adjclose"]) == ("", [{"adjclose": [1.5, None, 2.5]}])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: YAHOO.quote("NVDA", price="181"), "price='181': a price is a finite number"),
        (lambda: YAHOO.quote("NVDA", price=float("nan")), "a price is a finite number"),
        (lambda: YAHOO.quote("NVDA", price=10, high=9), "must lie between low"),
        (lambda: YAHOO.quote("a/b"), "is no symbol"),
        (lambda: YAHOO.quote(None), "the symbol is text"),
        (lambda: YAHOO.quote("NVDA", meta={"regularMarketPrise": 1}), "did you mean 'regularMarketPrice'"),
        (lambda: YAHOO.quote("NVDA", meta={"priceHint": "2"}), "Yahoo sends int here"),
        (lambda: YAHOO.quote("NVDA", at="today"), "write a datetime"),
        (lambda: YAHOO.quote("NVDA", times=0), "a whole number from 1"),
        (lambda: YAHOO.chart("NVDA", closes=[None]), "closes are all None"),
        (lambda: YAHOO.chart("NVDA", closes=[1], volumes=[]), "1 closes and 0 volumes"),
        (lambda: YAHOO.chart("NVDA", closes=[1], interval="1day"), "did you mean '1d'"),
        (lambda: DDG.category("x", topics="TSMC"), "write a list of names"),
        (lambda: DDG.empty(3), "the query is text"),
    ],
)
def test_what_yahoo_and_duckduckgo_would_not_send_is_refused(wrong, says):
    """At the call, with what to write."""
    with pytest.raises(UsageError, match=says):
        wrong()


def test_instant_answers_are_not_called_json(harness):
    """So that a tool on aiohttp that trusts the content type fails as it would live; requests does not look."""
    ddg = harness.http.duckduckgo
    ddg.article("NVIDIA", text="It makes chips.", heading="Nvidia", times=2)
    ddg.disambiguation("Mercury", topics=["Mercury (planet)"], groups={"Sports": {"Mercury FC": "A club."}})
    ddg.category("chips", topics=[("TSMC", "A maker.")])
    ddg.answer("my ip", "192.0.2.1", kind="ip")
    ddg.answer("2+2")

    async def strictly(query):
        async with (
            aiohttp.ClientSession() as session,
            session.get("https://api.duckduckgo.com/", params={"q": query, "format": "json"}) as reply,
        ):
            return await reply.json()

    def ask(query):
        params = {"q": query, "format": "json", "no_html": 1}
        return requests.get("https://api.duckduckgo.com/", params=params, timeout=5).json()

    with pytest.raises(aiohttp.ContentTypeError, match="application/x-javascript"):
        asyncio.run(strictly("NVIDIA"))
    article, several, category, ip, computed = map(ask, ("NVIDIA", "Mercury", "chips", "my ip", "2+2"))
    assert (article["Type"], article["AbstractText"], article["Heading"]) == ("A", "It makes chips.", "Nvidia")
    assert (article["Infobox"], article["Results"], "OfficialDomain" in article) == ("", [], False)
    assert [topic.get("Text", topic.get("Name")) for topic in several["RelatedTopics"]] == ["Mercury (planet)", "Sports"]
    assert several["RelatedTopics"][1]["Topics"][0]["Text"] == "Mercury FC A club."
    assert category["RelatedTopics"][0]["Text"] == "TSMC - A maker."
    assert (ip["Answer"], ip["AnswerType"], ip["Type"]) == ("192.0.2.1", "ip", "")
    assert (computed["Answer"]["from"], computed["Answer"]["result"]) == ("calculator", "")

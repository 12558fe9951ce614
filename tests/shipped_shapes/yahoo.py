"""What a reply of Yahoo's chart endpoint looks like, asked with interval=1d and range=1d."""

from __future__ import annotations

from itertools import pairwise
from types import NoneType
from typing import TYPE_CHECKING, Any

from shipped_shapes.reading import (
    Rule,
    Shipped,
    compact_json,
    unwanted,
    wanted,
    with_body,
    with_status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON_TYPE = "application/json;charset=utf-8"
_NAMES = """
    content-type cache-control vary server age date y-rid x-envoy-upstream-service-time x-envoy-decorator-operation
    strict-transport-security referrer-policy x-frame-options x-xss-protection x-content-type-options content-length
"""
HEADERS_OF_SUCCESS = _NAMES.split()
META: dict[str, tuple[type, ...]] = {
    "currency": (str, NoneType),
    "symbol": (str,),
    "exchangeName": (str,),
    "fullExchangeName": (str,),
    "instrumentType": (str,),
    "firstTradeDate": (int, NoneType),
    "regularMarketTime": (int,),
    "hasPrePostMarketData": (bool,),
    "gmtoffset": (int,),
    "timezone": (str,),
    "exchangeTimezoneName": (str,),
    "regularMarketPrice": (float,),
    "fiftyTwoWeekHigh": (float,),
    "fiftyTwoWeekLow": (float,),
    "regularMarketDayHigh": (float,),
    "regularMarketDayLow": (float,),
    "regularMarketVolume": (int,),
    "longName": (str,),
    "shortName": (str,),
    "chartPreviousClose": (float,),
    "priceHint": (int,),
    "currentTradingPeriod": (dict,),
    "dataGranularity": (str,),
    "range": (str,),
    "validRanges": (list,),
}
PRICED = ("regularMarketPrice", "fiftyTwoWeekHigh", "fiftyTwoWeekLow")
TRADED = ("regularMarketDayHigh", "regularMarketDayLow", "regularMarketVolume", "shortName", "chartPreviousClose")
ALL_RANGES = ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"]
FUND_RANGES = ["1mo", "3mo", "6mo", "ytd", "1y", "2y", "5y", "10y", "max"]


def result_of(it: Shipped) -> dict[str, Any]:
    found: dict[str, Any] = it.data["chart"]["result"][0]
    return found


def meta_of(it: Shipped) -> dict[str, Any]:
    found: dict[str, Any] = result_of(it)["meta"]
    return found


def headers_of_success(it: Shipped) -> Iterator[str]:
    """A 200 carries the headers of all 152 captured ones, and no other."""
    if [name for name, _ in it.headers] != HEADERS_OF_SUCCESS:
        yield f"header names: {[name for name, _ in it.headers]}"
    yield from wanted(
        it,
        content_type=JSON_TYPE,
        cache_control="public, max-age=10, stale-while-revalidate=20",
        vary="Origin,Accept-Encoding",
        server="ATS",
        x_content_type_options="nosniff",
    )


def headers_of_error(it: Shipped) -> Iterator[str]:
    """An error in JSON has the same content type, is not to be cached, and expires at -1."""
    yield from wanted(it, content_type=JSON_TYPE, cache_control="max-age=0, private", expires="-1", vary="Origin")


def both_hosts(it: Shipped) -> Iterator[str]:
    """query1 and query2 are the same service, so either may be asked."""
    if it.interaction["match"]["hosts"] != ["query1.finance.yahoo.com", "query2.finance.yahoo.com"]:
        yield "hosts"


def asked_for_one_day(it: Shipped) -> Iterator[str]:
    """The request asks for interval=1d and range=1d, and only these two are compared (a crumb is not)."""
    if not it.url.endswith("?interval=1d&range=1d") or it.interaction["match"]["query"] != ["interval", "range"]:
        yield it.url


def any_symbol(it: Shipped) -> Iterator[str]:
    """A refusal that is not about the symbol answers every symbol and every query."""
    match = it.interaction["match"]
    if (match["query"], match["path"]) != ([], "/v8/finance/chart/[^/]+"):
        yield f"match: {match}"


def one_result(it: Shipped) -> Iterator[str]:
    """chart.result holds one element and chart.error is null."""
    if [*it.data] != ["chart"] or [*it.data["chart"]] != ["result", "error"]:
        yield "keys"
    if len(it.data["chart"]["result"]) != 1 or it.data["chart"]["error"] is not None:
        yield "not one result without an error"


def meta_in_order(it: Shipped) -> Iterator[str]:
    """meta has known keys only, in Yahoo's order: so no previousClose, scale or tradingPeriods, which are intraday."""
    if [*meta_of(it)] != [key for key in META if key in meta_of(it)]:
        yield f"keys: {[*meta_of(it)]}"


def meta_types(it: Shipped) -> Iterator[str]:
    """Every field of meta has its type: a price is a float even where it is round, a time an int."""
    for key, value in meta_of(it).items():
        if key not in META or type(value) not in META[key]:
            yield f"{key}: {value!r}"


def symbol_echoed(it: Shipped) -> Iterator[str]:
    """meta echoes symbol (in capitals), interval and range of the request."""
    asked = it.url.split("/chart/")[1].split("?")[0].replace("%5E", "^").replace("%3D", "=")
    meta = meta_of(it)
    if (meta["symbol"], meta["dataGranularity"], meta["range"]) != (asked.upper(), "1d", "1d"):
        yield f"{asked}: {meta['symbol']}, {meta['dataGranularity']}, {meta['range']}"


def trading_periods(it: Shipped) -> Iterator[str]:
    """Pre, regular and post follow each other without a gap, in the exchange's offset."""
    periods = meta_of(it)["currentTradingPeriod"]
    if [*periods] != ["pre", "regular", "post"]:
        yield f"periods: {[*periods]}"
    for name, period in periods.items():
        if [*period] != ["timezone", "start", "end", "gmtoffset"]:
            yield f"{name}: {[*period]}"
        if (period["timezone"], period["gmtoffset"]) != (meta_of(it)["timezone"], meta_of(it)["gmtoffset"]):
            yield f"{name}: not in the exchange's time zone"
    if any(earlier["end"] != later["start"] for earlier, later in pairwise(periods.values())):
        yield "the periods leave a gap"


def closed_before_and_after(it: Shipped) -> Iterator[str]:
    """A listed symbol without a pre/post market has both periods, and they are empty."""
    meta = meta_of(it)
    for name, period in meta["currentTradingPeriod"].items():
        if (period["start"] < period["end"]) != (name == "regular" or meta["hasPrePostMarketData"]):
            yield f"{name}: {period['start']} to {period['end']}"


def every_field(it: Shipped) -> Iterator[str]:
    """A traded symbol has every field of meta; its currency is known and its price lies in the day's and the year's span."""
    meta = meta_of(it)
    if [*meta] != [*META] or meta["currency"] is None:
        yield f"missing: {[*META.keys() - meta.keys()]}"
    day = meta["regularMarketDayLow"] <= meta["regularMarketPrice"] <= meta["regularMarketDayHigh"]
    year = meta["fiftyTwoWeekLow"] <= meta["regularMarketDayLow"] and meta["regularMarketDayHigh"] <= meta["fiftyTwoWeekHigh"]
    if not (day and year):
        yield "the price lies outside its span"
    if meta["validRanges"] != ALL_RANGES:
        yield f"validRanges: {meta['validRanges']}"


def one_bar(it: Shipped) -> Iterator[str]:
    """There is one timestamp, the session's start or regularMarketTime; each array of quote and adjclose is as long."""
    result, meta = result_of(it), meta_of(it)
    if [*result] != ["meta", "timestamp", "indicators"] or [*result["indicators"]] != ["quote", "adjclose"]:
        yield f"keys: {[*result]}, {[*result['indicators']]}"
    starts = [[meta["currentTradingPeriod"]["regular"]["start"]], [meta["regularMarketTime"]]]
    if result["timestamp"] not in starts:
        yield f"timestamp: {result['timestamp']}, expected one of {starts}"
    (quote,), (adjusted,) = result["indicators"]["quote"], result["indicators"]["adjclose"]
    if sorted(quote) != ["close", "high", "low", "open", "volume"] or [*adjusted] != ["adjclose"]:
        yield f"quote: {[*quote]}, adjclose: {[*adjusted]}"
    for key, values in (*quote.items(), *adjusted.items()):
        if len(values) != 1 or type(values[0]) is not (int if key == "volume" else float):
            yield f"{key}: {values}"
    if (
        not quote["low"][0]
        <= min(quote["open"][0], quote["close"][0])
        <= max(quote["open"][0], quote["close"][0])
        <= quote["high"][0]
    ):
        yield "open or close lies outside low and high"


def no_data(it: Shipped) -> Iterator[str]:
    """Without a bar there is no timestamp (not an empty list), quote and adjclose are empty objects, no chartPreviousClose."""
    result = result_of(it)
    if [*result] != ["meta", "indicators"] or result["indicators"] != {"quote": [{}], "adjclose": [{}]}:
        yield f"keys: {[*result]}, indicators: {result['indicators']}"
    if "chartPreviousClose" in result["meta"]:
        yield "chartPreviousClose is there"


def gone(it: Shipped) -> Iterator[str]:
    """A gone symbol has a null currency, no price, exchange YHD, the type MUTUALFUND and a fund's ranges."""
    meta = meta_of(it)
    fields = ("currency", "exchangeName", "instrumentType", "firstTradeDate", "hasPrePostMarketData", "validRanges")
    expected = (None, "YHD", "MUTUALFUND", None, False, FUND_RANGES)
    if tuple(meta[field] for field in fields) != expected:
        yield f"{[meta[field] for field in fields]}"
    yield from (f"{field} is there" for field in (*PRICED, *TRADED) if field in meta)


def listed_without_bar(it: Shipped) -> Iterator[str]:
    """A listed symbol without a bar still has a currency and its last price."""
    if meta_of(it)["currency"] is None or not meta_of(it).keys() >= {*PRICED}:
        yield "no currency or no price"


def volume_where_there_is_one(it: Shipped) -> Iterator[str]:
    """regularMarketVolume is 0 for a currency pair and an index, and only for them."""
    meta = meta_of(it)
    if (meta["regularMarketVolume"] == 0) != (meta["instrumentType"] in {"CURRENCY", "INDEX"}):
        yield f"{meta['instrumentType']}: {meta['regularMarketVolume']}"


def instrument(kind: str, exchange: str, currency: str, *, hint: int = 2, prepost: bool) -> Rule:
    def rule(it: Shipped) -> Iterator[str]:
        meta = meta_of(it)
        found = (
            meta["instrumentType"],
            meta["exchangeName"],
            meta["currency"],
            meta["priceHint"],
            meta["hasPrePostMarketData"],
        )
        if found != (kind, exchange, currency, hint, prepost):
            yield f"{found}"

    rule.__doc__ = f"Its instrument type is {kind}, its exchange {exchange}, its currency {currency}, its priceHint {hint}."
    rule.__name__ = "instrument"
    return rule


def error(code: str, pattern: str) -> Rule:
    def rule(it: Shipped) -> Iterator[str]:
        text = it.data["chart"]["error"]["description"]
        if it.data != {"chart": {"result": None, "error": {"code": code, "description": text}}} or pattern not in text:
            yield f"{it.data}"

    rule.__doc__ = f"chart.result is null and chart.error says {code!r}, {pattern!r}."
    rule.__name__ = "error"
    return rule


def plain_text_limit(it: Shipped) -> Iterator[str]:
    """The rate limit is text, not JSON, and tells no time to wait: no Retry-After was ever captured."""
    yield from wanted(it, content_type="text/html")
    yield from unwanted(it, "retry-after")


OK = (with_status(200), headers_of_success, both_hosts, asked_for_one_day, compact_json, one_result)
CHART = (*OK, meta_in_order, meta_types, symbol_echoed, trading_periods)
BAR = (*CHART, closed_before_and_after, every_field, one_bar, volume_where_there_is_one)
REFUSED = (headers_of_error, both_hosts, compact_json)
US = (*BAR, instrument("EQUITY", "NMS", "USD", prepost=True))
RULES: dict[str, tuple[Rule, ...]] = {
    "yahoo/chart-nvda": US,
    "yahoo/chart-aapl": US,
    "yahoo/chart-ibm": (*BAR, instrument("EQUITY", "NYQ", "USD", prepost=True)),
    "yahoo/chart-vod-l": (*BAR, instrument("EQUITY", "LSE", "GBp", prepost=False)),
    "yahoo/chart-gspc": (*BAR, instrument("INDEX", "SNP", "USD", prepost=True)),
    "yahoo/chart-eurusd": (*BAR, instrument("CURRENCY", "CCY", "USD", hint=4, prepost=False)),
    "yahoo/chart-btc-usd": (*BAR, instrument("CRYPTOCURRENCY", "CCC", "USD", prepost=False)),
    "yahoo/gone-symbol": (*CHART, no_data, gone),
    "yahoo/no-bar": (*CHART, no_data, closed_before_and_after, listed_without_bar),
    "yahoo/unknown-symbol": (
        *REFUSED,
        with_status(404),
        asked_for_one_day,
        error("Not Found", "No data found, symbol may be delisted"),
    ),
    "yahoo/bad-request": (*REFUSED, with_status(400), any_symbol, error("Bad Request", "Data doesn't exist for startDate = ")),
    "yahoo/unprocessable": (
        *REFUSED,
        with_status(422),
        any_symbol,
        error("Unprocessable Entity", "must be within the last 60 days."),
    ),
    "yahoo/too-many-requests": (
        with_status(429),
        both_hosts,
        any_symbol,
        plain_text_limit,
        with_body("Edge: Too Many Requests"),
    ),
}

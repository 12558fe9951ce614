"""Synchronous tools: one quick request, one answer.

* ``get_stock_price`` asks Yahoo's chart endpoint for one symbol. Answer: ``ticker``, ``current_price``, ``previous_close``,
  ``currency``, ``exchange``, ``timestamp`` (when that price was made, UTC).
* ``search_web`` asks DuckDuckGo's instant answers. Answer: ``query`` and ``results``, each a ``type``, ``text`` (one that was
  cut ends with ``…``) and ``url``.

Where it does not work the answer has ``error``, ``status`` (of HTTP, null without an answer) and ``retryable``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

from toolbox.boundary import checked
from toolbox.envelope import ToolError, clip, failure, success
from toolbox.web import Reply, failed_request, failed_status, send

TIMEOUT = 10.0
"""Seconds, of every request of this module."""

MINOR_UNITS = {"GBp": ("GBP", 100), "GBX": ("GBP", 100), "ZAc": ("ZAR", 100), "ILA": ("ILS", 100), "USX": ("USD", 100)}
"""Yahoo quotes some listings in hundredths (pence, cents): the currency meant, and how many of them make one."""

GET_STOCK_PRICE_SCHEMA: dict[str, Any] = {
    "name": "get_stock_price",
    "description": "Get the latest price of a stock, index, currency pair or coin, and the close before it.",
    "parameters": {
        "type": "object",
        "properties": {
            "ticker": {
                "type": "string",
                "description": "Symbol as Yahoo Finance writes it, such as AAPL, OCDO.L, ^GSPC or EURUSD=X.",
                "pattern": "^[A-Za-z0-9^][A-Za-z0-9.^=&_-]{0,31}$",
                "examples": ["NVDA"],
            },
            "currency": {
                "type": "string",
                "description": "ISO 4217 code that the price must be in; prices are not converted between currencies.",
                "pattern": "^[A-Z]{3}$",
                "default": "USD",
            },
        },
        "required": ["ticker"],
        "additionalProperties": False,
    },
}

SEARCH_WEB_SCHEMA: dict[str, Any] = {
    "name": "search_web",
    "description": "Look something up on the web: a summary if there is one, then related topics with their addresses.",
    "parameters": {
        "type": "object",
        "properties": {
            "query": {
                "type": "string",
                "description": "What to look for.",
                "minLength": 1,
                "maxLength": 300,
                "examples": ["NVIDIA"],
            },
            "num_results": {
                "type": "integer",
                "description": "The most results to return.",
                "minimum": 1,
                "maximum": 20,
                "default": 5,
            },
        },
        "required": ["query"],
        "additionalProperties": False,
    },
}

SCHEMAS = [GET_STOCK_PRICE_SCHEMA, SEARCH_WEB_SCHEMA]


@checked(GET_STOCK_PRICE_SCHEMA)
def get_stock_price(ticker: str, currency: str = "USD") -> str:
    """The latest price of ``ticker`` in ``currency``, or an error if it is traded in another one."""
    url = f"https://query1.finance.yahoo.com/v8/finance/chart/{quote(ticker, safe='')}"
    try:
        reply = send("GET", url, params={"interval": "1d", "range": "1d"}, timeout=TIMEOUT)
        if not reply.ok:
            return _refused(reply)
        return success(ticker=ticker, **_quote(reply.json(), currency))
    except ToolError as error:
        return failure(str(error), status=None, retryable=False)
    except (OSError, ValueError) as error:
        return failure(**failed_request(error))


@checked(SEARCH_WEB_SCHEMA)
def search_web(query: str, num_results: int = 5) -> str:
    """At most ``num_results`` findings about ``query``, the summary first."""
    params: dict[str, str | int] = {"q": query, "format": "json", "no_html": 1, "skip_disambig": 1}
    try:
        reply = send("GET", "https://api.duckduckgo.com/", params=params, timeout=TIMEOUT)
        if not reply.ok:
            return _refused(reply)
        return success(query=query, results=_findings(reply.json())[: int(num_results)])
    except ToolError as error:
        return failure(str(error), status=None, retryable=False)
    except (OSError, ValueError) as error:
        return failure(**failed_request(error))


def _refused(reply: Reply) -> str:
    """The failure answer for a reply that is no success, with the server's own reason where it gives one."""
    fields = failed_status(reply.status, reply.headers)
    try:
        reason = reply.json()["chart"]["error"]["description"]
    except (ToolError, LookupError, TypeError):
        reason = ""  # not Yahoo's way of saying it: 429 comes as plain text
    return failure(**{**fields, "error": f"{fields['error']}: {reason}".rstrip(": ")})


def _quote(chart: Any, currency: str) -> dict[str, Any]:
    """The fields of an answer from a chart. ``result`` may be null; a symbol that is gone has no price and no currency."""
    try:
        meta = chart["chart"]["result"][0]["meta"]
        unit, price = meta["currency"], meta.get("regularMarketPrice")
    except (LookupError, TypeError, AttributeError):
        raise ToolError("Yahoo's answer holds no quote") from None
    if not isinstance(unit, str) or price is None:
        raise ToolError("Yahoo knows this symbol but has no price for it: it is probably no longer traded")
    quoted_in, divisor = MINOR_UNITS.get(unit, (unit, 1))
    if quoted_in != currency:
        raise ToolError(f"this symbol is quoted in {quoted_in[:3]}, not {currency}; ask again with that currency")
    return {
        "current_price": _number(meta, "regularMarketPrice") / divisor,
        # A daily chart has no previousClose. With range=1d the close before the range is that of the day before.
        "previous_close": _number(meta, "chartPreviousClose") / divisor,
        "currency": currency,
        "exchange": clip(str(meta.get("fullExchangeName") or meta.get("exchangeName")), 100)[0],
        "timestamp": _moment(_number(meta, "regularMarketTime")),
    }


def _number(meta: dict[str, Any], field: str) -> float:
    value = meta.get(field)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1e15:
        raise ToolError(f"Yahoo's quote has no number in {field}")
    return value


def _moment(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, timezone.utc).isoformat()
    except (OverflowError, OSError, ValueError):
        raise ToolError("Yahoo's quote has no time") from None


def _findings(answer: Any) -> list[dict[str, str]]:
    """Summary, answer, official site, related topics: whatever of these DuckDuckGo sent."""
    if not isinstance(answer, dict) or "RelatedTopics" not in answer:
        raise ToolError("DuckDuckGo's answer is not one of its instant answers")
    found = [
        _finding("summary", answer.get("AbstractText"), answer.get("AbstractURL")),
        _finding("answer", answer.get("Answer"), answer.get("AbstractURL")),
        *(_finding("site", item.get("Text"), item.get("FirstURL")) for item in _topics(answer.get("Results"))),
        *(_finding("related", item.get("Text"), item.get("FirstURL")) for item in _topics(answer["RelatedTopics"])),
    ]
    return [finding for finding in found if finding["text"]]


def _finding(kind: str, text: object, url: object) -> dict[str, str]:
    """One result; an ``Answer`` may be an object, which says nothing that could be quoted."""
    address = url if isinstance(url, str) and len(url) <= 300 else ""
    short, cut = clip(text, 500) if isinstance(text, str) else ("", False)
    return {"type": kind, "text": f"{short}…" if cut else short, "url": address}


def _topics(items: Any) -> Iterator[dict[str, Any]]:
    """The topics of a list in order, those inside its groups (``{"Name": ..., "Topics": [...]}``) included."""
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            yield from _topics(item["Topics"]) if "Topics" in item else [item]

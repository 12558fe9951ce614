"""Two tools that ask once and answer: a quote from Yahoo, findings from DuckDuckGo."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import requests
from defects.workbench import Bench, Defect, contract

from autogen_harness.contracts.subject import Contract
from toolbox.boundary import checked
from toolbox.envelope import clip, failure, success

CHART = "https://query1.finance.yahoo.com/v8/finance/chart/"
ANSWERS = "https://api.duckduckgo.com/"


def quotes(bugs: frozenset[str]) -> Contract:
    """The price of a share, in the currency that was asked for."""
    ticker = {"type": "string", "description": "Such as NVDA.", "examples": ["NVDA"], "pattern": "^[A-Z0-9.^=-]{1,12}$"}
    currency = {"type": "string", "description": "ISO 4217.", "enum": ["USD", "EUR", "JPY"], "default": "USD"}
    schema = {
        "name": "get_stock_price",
        "description": "A price.",
        "parameters": {
            "type": "object",
            "properties": {"ticker": ticker, "currency": currency},
            "required": ["ticker"],
            "additionalProperties": False,
        },
    }

    @checked(schema)
    def get_stock_price(ticker: str, currency: str = "USD") -> str:
        try:
            reply = requests.get(CHART + quote(ticker, safe=""), timeout=10)
        except requests.RequestException as error:
            return failure("" if "S10" in bugs else f"no answer: {type(error).__name__}")
        except ValueError:
            return failure("this is no symbol")
        if not 200 <= reply.status_code < 300:
            return failure(f"status {reply.status_code}")
        return _price(reply, currency, bugs)

    return contract(get_stock_price, schema, upstream=("yahoo/chart-nvda",))


def _price(reply: requests.Response, currency: str, bugs: frozenset[str]) -> str:
    try:
        chart = reply.json()
    except ValueError:
        return failure("the answer is not JSON")
    caught = (LookupError,) if "S1" in bugs else (LookupError, TypeError, AttributeError)
    try:
        meta: Any = chart["chart"]["result"][0]["meta"]
        found = meta.get("regularMarketPrice")
        unit = meta.get("currency")
    except caught:
        return failure("the answer holds no quote")
    if not isinstance(found, (int, float)) or isinstance(found, bool):
        return failure("there is no price")
    if unit != currency:
        return failure(f"quoted in {clip(str(unit), 9)[0]}, not {currency}")
    return success(price=found, currency=currency)


BENCHES = (
    Bench(
        "get_stock_price",
        quotes,
        (
            Defect(
                "S1", "a body of `null`, `[]` or `3`: a TypeError leaves the tool", "every-valid-call-returns-json", "TypeError"
            ),
            Defect("S10", "a timeout without a message: the error is an empty text", "errors-say-something", "no text"),
        ),
    ),
)

OUT_OF_REACH = ()

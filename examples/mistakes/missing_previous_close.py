"""``previousClose`` is only in Yahoo's intraday charts: with ``interval=1d`` the field is null on every call.

Right: ``chartPreviousClose``; see ``synchronous/tool.py``.
"""

from __future__ import annotations

import json

import requests

from autogen_harness.contracts import tool_contract
from toolbox.boundary import checked

LARGE = {"read_bytes": 10_000_000}
"""How much of a body may be read: the mistake shown here is another."""

SCHEMA = {
    "name": "get_stock_price",
    "parameters": {
        "type": "object",
        "properties": {"ticker": {"type": "string", "description": "The symbol.", "pattern": "^[A-Z]{1,5}$"}},
        "required": ["ticker"],
        "additionalProperties": False,
    },
}


@checked(SCHEMA)
def get_stock_price(ticker: str) -> str:
    """The price of a stock."""
    url = f"https://query1.finance.yahoo.com/v8/finance/chart/{ticker}"
    try:
        response = requests.get(url, params={"interval": "1d", "range": "1d"}, timeout=10)
        response.raise_for_status()
        meta = response.json()["chart"]["result"][0]["meta"]
        price, close = meta.get("regularMarketPrice"), meta.get("previousClose")
        return json.dumps({"current_price": price, "previous_close": close}, allow_nan=False)
    except (requests.RequestException, LookupError, TypeError, ValueError, AttributeError) as error:
        return json.dumps({"error": f"no quote: {type(error).__name__}"})


test_get_stock_price = tool_contract(
    get_stock_price, schema=SCHEMA, upstream="yahoo/chart-nvda", limits=LARGE, output_schema=["current_price", "previous_close"]
)

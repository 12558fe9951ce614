"""For a symbol that it does not know Yahoo sends ``"result": null``, and ``None[0]`` is a TypeError, which nobody catches.

Right: ``synchronous/tool.py``.
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
        meta = response.json()["chart"]["result"][0]["meta"]
        return json.dumps({"current_price": meta["regularMarketPrice"]})
    except (requests.RequestException, KeyError, IndexError) as error:
        return json.dumps({"error": f"no quote: {type(error).__name__}"})


test_get_stock_price = tool_contract(
    get_stock_price, schema=SCHEMA, upstream=["yahoo/chart-nvda", "yahoo/unknown-symbol"], limits=LARGE
)

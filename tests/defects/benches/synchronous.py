"""A tool that asks once and answers: the price of a share, from Yahoo."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

import requests
from defects.fetching import Endless, fetch
from defects.importable import made
from defects.workbench import Bench, Defect, contract

from autogen_harness.contracts.subject import Contract
from toolbox.boundary import checked
from toolbox.envelope import clip, failure, parse_json, success

CHART = "https://query1.finance.yahoo.com/v8/finance/chart/"


def schema(bugs: frozenset[str]) -> dict[str, Any]:
    """What the model sees."""
    ticker = {"type": "string", "description": "Such as NVDA.", "examples": ["NVDA"]}
    if "S5" not in bugs:
        ticker["pattern"] = "^[A-Z0-9^][A-Za-z0-9?&=#]{0,20}$" if "S6" in bugs else "^[A-Z0-9^][A-Z0-9.^=-]{0,11}$"
    currency = {"type": "string", "description": "ISO 4217.", "enum": ["USD", "EUR", "JPY"], "default": "USD"}
    parameters = {
        "type": "object",
        "properties": {"ticker": ticker, "currency": {"type": "string"} if "W7" in bugs else currency},
        "required": ["ticker"],
        "additionalProperties": False,
    }
    if "W7" in bugs:
        parameters["properties"]["currency"]["default"] = "USD"
        del parameters["additionalProperties"]
    return {"name": "get_stock_price", "description": "A price.", "parameters": parameters}


def _unquoted(bugs: frozenset[str]) -> str:
    """Characters of a ticker that stay as they are in the address."""
    return "/" if "S5" in bugs else "?&=#" if "S6" in bugs else ""


def tool(bugs: frozenset[str]) -> Callable[..., str]:
    """The decorated tool."""

    @checked(schema(bugs))
    def get_stock_price(ticker: str, currency: str = "USD") -> str:
        raw = requests.ConnectionError if "S3" in bugs else OSError
        url = CHART + quote(ticker, safe=_unquoted(bugs))
        try:
            body = _asked(bugs, url)
        except (requests.RequestException, raw, Endless) as error:
            return failure("" if "S10" in bugs else f"no answer: {type(error).__name__}")
        except ValueError as error:
            return failure(str(error))
        try:
            return _price(bugs, body, currency)
        except _caught(bugs):
            return failure("the answer holds no quote")

    return get_stock_price


def _asked(bugs: frozenset[str], url: str) -> bytes:
    if "S15" in bugs:
        reply = requests.get(url, timeout=10, allow_redirects=False)
        status, body = reply.status_code, reply.content
    else:
        answer = fetch("GET", url, timeout=10)
        status, body = answer.status, answer.body
    if not 200 <= status < 300:
        raise ValueError(f"status {status}")
    return body


def _caught(bugs: frozenset[str]) -> tuple[type[Exception], ...]:
    """What may be wrong with an answer: no such name or place; no container at all; a null where an object should be."""
    forgotten = {AttributeError} if "S2" in bugs else {TypeError} if "S1" in bugs else set[type[Exception]]()
    return tuple({LookupError, TypeError, AttributeError, ValueError} - forgotten)


def _price(bugs: frozenset[str], body: bytes, currency: str) -> str:
    chart = json.loads(body) if "S14" in bugs else parse_json(body)
    meta: Any = chart["chart"]["result"][0]["meta"]
    price, unit = meta.get("regularMarketPrice"), meta.get("currency")
    if bugs & {"S7", "S8"}:
        unit = currency
    if "S14" in bugs:
        return json.dumps({"price": price, "currency": currency, "made": _moment(bugs)})
    if "S4" not in bugs and (not isinstance(price, (int, float)) or isinstance(price, bool) or abs(price) > 1e15):
        return failure("there is no price")
    if unit != currency and "S4" not in bugs:
        return failure(f"quoted in {clip(str(unit), 9)[0]}, not {currency}")
    shown = {} if "S7" in bugs else {"currency": currency}
    return success(price=price, made=_moment(bugs), **shown)


def _moment(bugs: frozenset[str]) -> str:
    now = datetime.now(timezone.utc)
    return (now.replace(tzinfo=None) if "S16" in bugs else now).isoformat()


DEFECTS = (
    Defect("S1", "null, [] or 3 for an answer: an exception", "every-valid-call-returns-json", "raised TypeError"),
    Defect("S2", "a quote whose meta is null: an exception", "every-valid-call-returns-json", "raised AttributeError"),
    Defect("S3", "a reset below requests: an exception", "every-valid-call-returns-json", "raised ConnectionResetError"),
    Defect("S4", "a quote without a price: success, and null", "output-schema-holds", "the field 'price' is null"),
    Defect("S5", "NVDA/../..: another path of the host is asked", "requests-stay-where-they-belong", "/../../other"),
    Defect("S6", "NVDA?range=5y: a query of the model's own", "requests-stay-where-they-belong", "?added=1"),
    Defect("S7", "currency=EUR: the same answer", "every-argument-matters", "currency makes no difference"),
    Defect("S8", "currency=JPY: dollars that are called yen", "units-are-honoured-or-refused", "give the same answer"),
    Defect("S10", "a timeout: the error is an empty text", "errors-say-something", "no text"),
    Defect("S14", "NaN for a price: the result is no JSON", "every-valid-call-returns-json", "NaN is not JSON"),
    Defect("S15", "an answer drop by drop: waited for to its end", "a-slow-drip-ends-in-time", "its deadline is"),
    Defect("S16", "a time without its zone", "output-schema-holds", "made"),
    Defect("W7", "a parameter without description, an open object", "the-schema-tells-enough", "currency"),
)
TOOLS = made(tool, globals(), [defect.id for defect in DEFECTS])
ZONED = {"type": "string", "pattern": "(Z|[+-][0-9]{2}:[0-9]{2})$"}


def quotes(bugs: frozenset[str]) -> Contract:
    """The price of a share, in the currency that was asked for."""
    return contract(
        TOOLS[bugs],
        schema(bugs),
        upstream=("yahoo/chart-nvda", "yahoo/gone-symbol", "yahoo/unknown-symbol"),
        collaborators={f"{__name__}.fetch": [ConnectionResetError("reset by peer")]},
        deadline=30,
        timeout=10,
        hosts=["query1.finance.yahoo.com"],
        side_effects="read",
        honours=["currency"],
        output_schema={"required": ["price", "made"], "properties": {"made": ZONED}},
    )


BENCHES = (Bench("get_stock_price", quotes, DEFECTS),)
OUT_OF_REACH = ()

"""Which shipped cassette a symbol is made from, and what of it depends on the symbol: its name and its currency."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autogen_harness.errors import UsageError, must_be_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHIPPED: Mapping[str, str] = {
    "AAPL": "yahoo/chart-aapl",
    "BTC-USD": "yahoo/chart-btc-usd",
    "EURUSD=X": "yahoo/chart-eurusd",
    "IBM": "yahoo/chart-ibm",
    "NVDA": "yahoo/chart-nvda",
    "VOD.L": "yahoo/chart-vod-l",
    "^GSPC": "yahoo/chart-gspc",
}

_PAIR = re.compile(r"([A-Z]{3})?([A-Z]{3})=X")
_COIN = re.compile(r"([A-Z0-9]+)-([A-Z]{3})")
_KINDS = ((re.compile(r"\^.+"), "^GSPC"), (_PAIR, "EURUSD=X"), (_COIN, "BTC-USD"), (re.compile(r".+\.L"), "VOD.L"))
"""How Yahoo spells an index, a currency pair, a cryptocurrency and a London share; all else is made as a US share."""


def template_of(symbol: str) -> str:
    """The name of the shipped cassette whose symbol is this one, or else of the same kind."""
    known = symbol.upper()
    kind = next((example for pattern, example in _KINDS if pattern.fullmatch(known)), "NVDA")
    return _SHIPPED[known if known in _SHIPPED else kind]


def identity(symbol: str) -> dict[str, str]:
    """Fields of ``meta`` that tell a symbol from the shipped one of its kind; none where it is that one."""
    known = symbol.upper()
    if known in _SHIPPED:
        return {}
    if pair := _PAIR.fullmatch(known):
        name = f"{pair[1] or 'USD'}/{pair[2]}"
        return {"currency": pair[2], "longName": name, "shortName": name}
    if coin := _COIN.fullmatch(known):
        name = f"{coin[1]} {coin[2]}"
        return {"currency": coin[2], "longName": name, "shortName": name}
    name = known[1:] if known.startswith("^") else f"{known.partition('.')[0]} Corporation"
    return {"longName": name, "shortName": name}


def checked(symbol: str) -> str:
    """A symbol that can stand in a URL.

    Raises:
        UsageError: it is no text, or empty, or a path.
    """
    must_be_text(symbol, "the symbol", '"NVDA"')
    if not symbol.strip() or "/" in symbol:
        raise UsageError(f'{symbol!r} is no symbol; write one such as "NVDA", "VOD.L", "^GSPC", "EURUSD=X" or "BTC-USD"')
    return symbol

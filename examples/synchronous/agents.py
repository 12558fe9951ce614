"""The financial analyst: an assistant that is offered the synchronous tools, and a user proxy that runs them."""

from __future__ import annotations

from synchronous.tool import SCHEMAS, get_stock_price, search_web
from toolbox.wiring import Pair, build_pair


def build_agents() -> Pair:
    """A new pair: (user, analyst)."""
    return build_pair(
        "analyst",
        {"get_stock_price": get_stock_price, "search_web": search_web},
        SCHEMAS,
        task="You analyse companies. Get prices and news with your tools; never guess a figure.",
    )

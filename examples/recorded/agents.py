"""The parcel desk: an assistant that is offered the tools, and a user proxy that runs them."""

from __future__ import annotations

from recorded.shipping import BUY_LABEL_SCHEMA, COMPARE_RATES_SCHEMA, buy_label, compare_rates
from toolbox.wiring import Pair, build_pair


def build_agents() -> Pair:
    """A new pair: (user, clerk)."""
    return build_pair(
        "clerk",
        {"buy_label": buy_label, "compare_rates": compare_rates},
        [BUY_LABEL_SCHEMA, COMPARE_RATES_SCHEMA],
        task="You send parcels. Compare rates before you buy a label.",
    )

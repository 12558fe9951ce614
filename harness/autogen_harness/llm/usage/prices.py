"""What OpenAI charges for a million tokens, in US dollars: a pinned table, so that a cost is the same in every run.

Prices change and discounts (cached input, batches, priority) are not in it: a cost made from it tells an agent that costs ten
times as much as it did, not what the bill will say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from autogen_harness.llm.usage.tokens import Tokens

CHECKED = "2025-11-13"
"""When the newest of the prices were checked, by the source."""

SOURCE = (
    "https://github.com/pydantic/genai-prices, prices/providers/openai.yml at 01d6df8, made from https://openai.com/api/pricing"
)


class Price(NamedTuple):
    """US dollars for a million tokens: of a request, and of an answer."""

    prompt: float
    completion: float


_GROUPS: Mapping[Price, str] = {
    Price(0.05, 0.4): "gpt-5-nano",
    Price(0.1, 0.4): "gpt-4.1-nano gpt-4.1-nano-2025-04-14",
    Price(0.15, 0.6): "gpt-4o-mini gpt-4o-mini-2024-07-18",
    Price(0.25, 2): "gpt-5-mini gpt-5-mini-2025-08-07 gpt-5.1-codex-mini",
    Price(0.4, 1.6): "gpt-4.1-mini gpt-4.1-mini-2025-04-14",
    Price(0.5, 1.5): "gpt-3.5-turbo gpt-35-turbo gpt-3.5-turbo-0125",
    Price(1, 2): "gpt-3.5-turbo-1106",
    Price(1.1, 4.4): "o1-mini o1-mini-2024-09-12 o3-mini o3-mini-2025-01-31 o4-mini o4-mini-2025-04-16",
    Price(
        1.25, 10
    ): "gpt-5 gpt-5-2025-08-07 gpt-5-chat-latest gpt-5-codex gpt-5.1 gpt-5.1-2025-11-13 gpt-5.1-chat-latest gpt-5.1-codex",
    Price(1.5, 2): "gpt-3.5-turbo-0613",
    Price(2, 8): "gpt-4.1 gpt-4.1-2025-04-14 o3 o3-2025-04-16",
    Price(2.5, 10): "gpt-4o gpt-4o-2024-08-06 gpt-4o-2024-11-20",
    Price(3, 4): "gpt-3.5-turbo-16k gpt-3.5-turbo-16k-0613 gpt-35-turbo-16k",
    # The source has one price for all of gpt-4o; the table in AutoGen 0.9 knows that its first version cost more.
    Price(5, 15): "gpt-4o-2024-05-13 chatgpt-4o-latest",
    Price(10, 30): "gpt-4-turbo gpt-4-turbo-2024-04-09 gpt-4-turbo-preview gpt-4-0125-preview gpt-4-1106-preview",
    Price(15, 60): "o1 o1-2024-12-17 o1-preview o1-preview-2024-09-12",
    Price(15, 120): "gpt-5-pro gpt-5-pro-2025-10-06",
    Price(20, 80): "o3-pro o3-pro-2025-06-10",
    Price(30, 60): "gpt-4 gpt-4-0314 gpt-4-0613",
    Price(60, 120): "gpt-4-32k gpt-4-32k-0314 gpt-4-32k-0613",
    Price(150, 600): "o1-pro o1-pro-2025-03-19",
}

PRICES: Mapping[str, Price] = {model: price for price, models in _GROUPS.items() for model in models.split()}
"""The price of each model that is known, by the name that a request gives it."""


def cost_of(model: str, tokens: Tokens) -> float | None:
    """US dollars for so many ``tokens`` of ``model``; None where its price is not known, which is not the same as nothing."""
    price = PRICES.get(model)
    return None if price is None else (price.prompt * tokens.prompt + price.completion * tokens.completion) / 1_000_000

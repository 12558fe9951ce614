"""The function is registered on the assistant, which only proposes calls; the user proxy, which receives them, has no tool.

AutoGen answers the model "Function get_stock_price not found", goes on, and the chat ends as if nothing had happened.
Right: ``toolbox/wiring.py``.
"""

from __future__ import annotations

import json

import autogen

from autogen_harness import Harness, call, say

SCHEMA = {
    "name": "get_stock_price",
    "description": "Get the current price of a stock.",
    "parameters": {"type": "object", "properties": {"ticker": {"type": "string"}}, "required": ["ticker"]},
}


def get_stock_price(ticker: str) -> str:
    """The price of a stock."""
    return json.dumps({"ticker": ticker, "current_price": 180.5})


def build_agents() -> tuple[autogen.UserProxyAgent, autogen.AssistantAgent]:
    """The pair, wired wrongly."""
    analyst = autogen.AssistantAgent(
        "analyst",
        llm_config={"config_list": [{"model": "gpt-4o"}], "functions": [SCHEMA]},
        function_map={"get_stock_price": get_stock_price},
    )
    user = autogen.UserProxyAgent(
        "user",
        human_input_mode="NEVER",
        code_execution_config=False,
        is_termination_msg=lambda message: "TERMINATE" in (message.get("content") or ""),
    )
    return user, analyst


def test_analyst_quotes_nvda(harness: Harness) -> None:
    """The chat comes to its end. Nothing else is asked for here, and still the test is red."""
    user, analyst = build_agents()
    harness.llm.script(call("get_stock_price", ticker="NVDA"), say("NVDA trades at 180.5. TERMINATE"))

    user.initiate_chat(analyst, message="What is NVIDIA's price?")

"""A script file played in a test.

It can be checked before any test plays it, from this folder's parent::

    autogen-harness check scripted/analyst.yaml --against synchronous.agents:build_agents
"""

from __future__ import annotations

from autogen_harness import Harness
from synchronous.agents import build_agents


def test_the_analyst_does_what_the_file_says(harness: Harness) -> None:
    """The file lies beside the test; references, expectations and leftovers are judged as for turns of Python."""
    user, analyst = build_agents()
    harness.http.play("yahoo/unknown-symbol", "yahoo/chart-nvda", "duckduckgo/nvidia")
    harness.llm.load("analyst.yaml")

    chat = user.initiate_chat(analyst, message="What is NVIDIA's price, and any news?")

    assert harness.transcript.tool_calls == ["get_stock_price", "get_stock_price", "search_web"]
    assert chat.summary.startswith("NVDA trades at $1")

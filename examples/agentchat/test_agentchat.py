"""The newer API, autogen-agentchat: the same scripts and the same tools, in a team.

Not part of ``make demo``, whose environment has classic AutoGen. To run it: ``pip install -e '.[dev,agentchat]'`` in an
environment of its own, then ``pytest examples/agentchat``.
"""

from __future__ import annotations

import pytest

pytest.importorskip("autogen_agentchat", reason="autogen-agentchat is not installed: pip install 'autogen-harness[agentchat]'")

from agentchat.desk import build_desk
from autogen_harness import Harness, call, calls, result, say


@pytest.mark.asyncio
async def test_the_desk_quotes_nvidia_and_the_editor_approves(harness: Harness) -> None:
    """Both tools run, at the same time, on what Yahoo and DuckDuckGo send; the text quotes the price that the tool found."""
    harness.http.play("yahoo/chart-nvda", "duckduckgo/nvidia")
    harness.llm.script(
        calls(call("get_stock_price", ticker="NVDA"), call("search_web", query="NVIDIA", num_results=3)).by("analyst"),
        say("NVDA trades at ", result("get_stock_price").current_price, ".").by("analyst"),
        say("APPROVED").by("editor"),
    )

    done = await build_desk().run(task="What is NVIDIA's price, and any news?")

    assert sorted(harness.transcript.tool_calls) == ["get_stock_price", "search_web"]
    assert "NVDA trades at 1" in done.messages[-2].to_text()


@pytest.mark.asyncio
async def test_the_editor_sends_a_guess_back(harness: Harness) -> None:
    """An analyst who guesses is asked again, and looks the price up before it answers."""
    harness.http.play("yahoo/chart-nvda")
    harness.llm.agent("analyst").script(
        say("About 100, I think."),
        call("get_stock_price", ticker="NVDA"),
        say("It is ", result("get_stock_price").current_price, "."),
    )
    harness.llm.agent("editor").script(say("Look it up."), say("APPROVED"))

    done = await build_desk().run(task="What is NVIDIA's price?")

    assert "Look it up." in [message["content"] for message in harness.llm.requests[2].messages]
    assert done.stop_reason == "Text 'APPROVED' mentioned"


@pytest.mark.asyncio
async def test_a_symbol_that_yahoo_does_not_know_is_an_answer_not_a_crash(harness: Harness) -> None:
    """The 404 reaches the model as an error that it can talk about."""
    harness.http.play("yahoo/unknown-symbol")
    harness.llm.script(
        call("get_stock_price", ticker="NOSUCH"),
        say("I could not find it: ", result("get_stock_price").error),
        say("APPROVED").by("editor"),
    )

    done = await build_desk().run(task="What does NOSUCH cost?")

    assert "No data found" in done.messages[-2].to_text()

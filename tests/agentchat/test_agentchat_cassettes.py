"""Cassettes under AutoGen's executor threads: synchronous tools run there, without the context of their agent."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("autogen_agentchat", reason="autogen-agentchat is not installed")

import requests

from autogen_harness import call, result, say

URL = "https://query1.finance.yahoo.com/v8/finance/chart/{}?interval=1d&range=1d"


def quote(ticker: str) -> str:
    """The symbol that Yahoo knows under a ticker; a miss is swallowed, as tools do."""
    try:
        return requests.get(URL.format(ticker), timeout=5).json()["chart"]["result"][0]["meta"]["symbol"]
    except Exception as error:  # noqa: BLE001 - a tool that swallows everything
        return f"failed: {type(error).__name__}"


def test_a_synchronous_tool_is_answered(harness, cast):
    """AutoGen hands it to an executor."""
    harness.http.play("yahoo/chart-nvda")
    harness.llm.script(call("quote", ticker="NVDA"), say("It is ", result("quote"), ". TERMINATE"))

    assert cast.run(cast.agent("analyst", quote))[-1].content == "It is NVDA. TERMINATE"


def test_two_agents_with_two_cassettes_never_mix(harness, cast):
    """At the same time, each in a scope of its own: what one has is a miss for the other."""
    harness.expect("http-unmatched", count=2)

    async def ask(name, cassette):
        agent = cast.agent(name, quote)
        turns = call("quote", ticker="NVDA"), call("quote", ticker="AAPL"), say("done")
        harness.llm.agent(name).script(*turns)
        with harness.http.scope():
            harness.http.play(cassette)
            done = await agent.run(task="go")
        return [one.content for message in done.messages if message.type == "ToolCallExecutionEvent" for one in message.content]

    async def main():
        return await asyncio.gather(ask("first", "yahoo/chart-nvda"), ask("second", "yahoo/chart-aapl"))

    assert asyncio.run(main()) == [["NVDA", "failed: UnmatchedRequest"], ["failed: UnmatchedRequest", "AAPL"]]

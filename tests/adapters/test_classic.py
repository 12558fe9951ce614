"""Chats of real AutoGen agents: what the scripted model serves, and what the transcript then holds."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import autogen
import pytest

from autogen_harness import call, calls, result, say

PRICES = {"NVDA": 905.5, "MSFT": 410.25}


def get_stock_price(ticker: Annotated[str, "the symbol"]) -> str:
    """Price of a stock."""
    return json.dumps({"symbol": ticker, "current_price": PRICES[ticker], "items": [{"keys": 1}]})


async def slow_stock_price(ticker: Annotated[str, "the symbol"]) -> str:
    """Price of a stock, awaited."""
    await asyncio.sleep(5)
    return get_stock_price(ticker)


def talk(start, recipient, **options):
    return start.initiate_chat(recipient, message="go", **options)


def a_talk(start, recipient, **options):
    return asyncio.run(start.a_initiate_chat(recipient, message="go", **options))


both_ways = pytest.mark.parametrize("chat", [talk, a_talk], ids=["sync", "async"])


@both_ways
def test_a_scripted_chat_runs_the_real_tool_and_quotes_its_real_result(harness, cast, chat):
    """The model's text is filled from what the tool really returned, keys named like methods included."""
    user, assistant = cast.pair(get_stock_price)
    quote = result("get_stock_price")
    harness.llm.script(
        call("get_stock_price", ticker="NVDA"), say("NVDA is ", quote.current_price, " ", quote.items[0].keys, ". TERMINATE")
    )
    outcome = chat(user, assistant)
    assert outcome.chat_history[-1]["content"] == "NVDA is 905.5 1. TERMINATE"
    assert harness.transcript.tool_calls == ["get_stock_price"]
    assert [(turn.number, turn.agent) for turn in harness.llm.turns] == [(1, "assistant"), (2, "assistant")]
    assert harness.transcript.tool_runs[0].agent == "user"
    assert harness.transcript.tool_runs[0].arguments == {"ticker": "NVDA"}


@both_ways
def test_legacy_functions_get_a_function_call(harness, cast, chat):
    """An agent that offers ``functions`` is answered with ``function_call``, and the function runs."""
    schema = {
        "name": "get_stock_price",
        "description": "",
        "parameters": {"type": "object", "properties": {"ticker": {"type": "string"}}},
    }
    assistant = cast.assistant(llm_config={**cast.config, "functions": [schema]})
    user = cast.user(function_map={"get_stock_price": get_stock_price})
    harness.llm.script(call("get_stock_price", ticker="MSFT"), say(result("get_stock_price").current_price, " TERMINATE"))
    outcome = chat(user, assistant)
    assert outcome.chat_history[-1]["content"] == "410.25 TERMINATE"
    asked = outcome.chat_history[1]
    assert json.loads(asked["function_call"]["arguments"]) == {"ticker": "MSFT"}
    assert not asked.get("tool_calls")


@both_ways
def test_the_decorators_of_autogen_register_tools(harness, cast, chat):
    """``@user.register_for_execution()`` over ``@assistant.register_for_llm(...)``, as AutoGen's documentation writes it."""
    user, assistant = cast.user(), cast.assistant()

    @user.register_for_execution()
    @assistant.register_for_llm(description="Adds")
    def add(a: Annotated[int, "first"], b: Annotated[int, "second"] = 1) -> int:
        return a + b

    harness.llm.script(call("add", a=2), call("add", a=result("add"), b=10), say(result("add"), " TERMINATE"))
    assert chat(user, assistant).chat_history[-1]["content"] == "13 TERMINATE"
    assert [run.arguments for run in harness.transcript.tool_runs] == [{"a": 2}, {"a": 3, "b": 10}]


@both_ways
def test_parallel_calls_are_all_executed_and_can_be_told_apart(harness, cast, chat):
    """One turn with two calls: both run, each reference names the call that it means."""
    user, assistant = cast.pair(get_stock_price)
    first, second = (result("get_stock_price", call=index).current_price for index in (0, 1))
    harness.llm.script(
        calls(call("get_stock_price", ticker="NVDA"), call("get_stock_price", ticker="MSFT")),
        say(first, " ", second, " TERMINATE"),
    )
    assert chat(user, assistant).chat_history[-1]["content"] == "905.5 410.25 TERMINATE"
    made = harness.llm.turns[0].calls
    answers = [message["tool_call_id"] for message in harness.llm.requests[1].messages if message["role"] == "tool"]
    assert sorted(answers) == sorted(ident for ident, _ in made)
    assert len(set(answers)) == 2


@both_ways
def test_an_async_tool_is_awaited(harness, cast, chat):
    """In a sync chat and in an async one; its sleep costs virtual time only."""
    user, assistant = cast.pair(slow_stock_price)
    harness.llm.script(call("slow_stock_price", ticker="NVDA"), say(result("slow_stock_price").current_price, " TERMINATE"))
    assert chat(user, assistant).chat_history[-1]["content"] == "905.5 TERMINATE"
    assert harness.transcript.tool_calls == ["slow_stock_price"]
    assert harness.clock.sleeps == [5]


@both_ways
def test_a_nested_chat_takes_its_turns_from_the_same_script(harness, cast, chat):
    """``register_nested_chats``: the inner agents are served in the order in which they ask."""
    user, writer = cast.user(), cast.assistant("writer")
    critic, reviewer = cast.assistant("critic"), cast.assistant("reviewer")
    inner = {"recipient": reviewer, "message": "Review this", "max_turns": 1, "summary_method": "last_msg"}
    if chat is a_talk:
        inner["chat_id"] = 1
    critic.register_nested_chats([inner], trigger=writer, use_async=chat is a_talk)
    harness.llm.script(say("a draft").by("writer"), say("the review").by("reviewer"), say("TERMINATE").by("writer"))
    if chat is a_talk:
        asyncio.run(critic.a_initiate_chat(writer, message="write", max_turns=2))
    else:
        critic.initiate_chat(writer, message="write", max_turns=2)
    assert [turn.agent for turn in harness.llm.turns] == ["writer", "reviewer", "writer"]
    assert user is not None


def test_an_agent_can_be_the_tool_of_another_agent(harness, cast):
    """A tool that starts a chat of its own is served from the same script, and its result can be quoted."""
    expert, asker = cast.assistant("expert"), cast.user("asker")

    def ask_expert(question: Annotated[str, "what"]) -> str:
        return asker.initiate_chat(expert, message=question, max_turns=1).summary

    user, assistant = cast.pair(ask_expert)
    harness.llm.script(
        call("ask_expert", question="why?").by("assistant"),
        say("because").by("expert"),
        say(result("ask_expert"), " TERMINATE").by("assistant"),
    )
    assert talk(user, assistant).chat_history[-1]["content"] == "because TERMINATE"


@both_ways
def test_a_reflection_summary_is_the_last_message_unless_scripted(harness, cast, chat):
    """Summaries take no turn of the script: their default is what was said last."""
    user, assistant = cast.pair()
    harness.llm.script(say("All is done. TERMINATE"))
    assert chat(user, assistant, summary_method="reflection_with_llm").summary == "All is done. TERMINATE"
    assert [(turn.purpose, turn.default) for turn in harness.llm.turns] == [("reply", False), ("summary", True)]


@both_ways
def test_a_summary_can_be_scripted(harness, cast, chat):
    """``harness.llm.summary.script``: its own little script, played in order."""
    user, assistant = cast.pair()
    harness.llm.script(say("TERMINATE"))
    harness.llm.summary.script("They agreed.")
    assert chat(user, assistant, summary_method="reflection_with_llm").summary == "They agreed."


@both_ways
def test_a_forbidden_summary_is_a_finding_although_autogen_swallows_it(harness, cast, chat):
    """0.9 and later make an empty summary of any error: the finding is recorded beside it."""
    user, assistant = cast.pair()
    harness.llm.script(say("TERMINATE"))
    harness.llm.summary.forbid()
    harness.expect("script-exhausted", agent="user")
    try:
        assert chat(user, assistant, summary_method="reflection_with_llm").summary == ""
    except Exception as error:  # noqa: BLE001 - 0.2 raises what the model raised, whatever it is
        assert "must not" in str(error)  # noqa: PT017 - later versions raise nothing


def test_two_chats_in_a_row_each_with_its_own_script(harness, cast):
    """``script`` again is allowed once the first is finished; a request after a summary is a reply again."""
    user, assistant = cast.pair()
    for word in ("one", "two"):
        harness.llm.script(say(f"{word} TERMINATE"))
        assert talk(user, assistant, summary_method="reflection_with_llm").summary == f"{word} TERMINATE"
    assert ["reply", "summary"] * 2 == [turn.purpose for turn in harness.llm.turns]


def test_usage_and_cost_are_counted_by_autogen_itself(harness, cast):
    """Usage summaries are AutoGen's own, from estimated tokens; a scripted model costs nothing."""
    user, assistant = cast.pair()
    harness.llm.script(say("a"), say("b TERMINATE"))
    outcome = talk(user, assistant, max_turns=3)
    usage = autogen.gather_usage_summary([user, assistant])["usage_including_cached_inference"]
    assert usage["total_cost"] == 0
    assert usage["gpt-4o"]["completion_tokens"] > 0
    assert outcome.cost["usage_including_cached_inference"]["total_cost"] == 0

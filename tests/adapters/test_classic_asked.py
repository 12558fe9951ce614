"""What was asked and what was called, after real chats."""

from __future__ import annotations

import json
import re
from typing import Annotated

import pytest

from autogen_harness import CallsDiffer, call, calls, fail, result, say


def search(query: Annotated[str, "what"], limit: Annotated[int, "how many"] = 3) -> str:
    """Searches."""
    return json.dumps({"found": query, "limit": limit})


def save(path: Annotated[str, "where"]) -> str:
    """Saves."""
    raise PermissionError(path)


@pytest.fixture
def chat(harness, cast):
    """A chat with three calls, of which one raised."""
    user, assistant = cast.pair(search, save)
    harness.llm.script(
        calls(call("search", query="NVIDIA", limit=2), call("search", query="AMD")),
        call("save", path="/etc/x").raises(PermissionError),
        say(result("search").found, " it is. TERMINATE"),
    )
    return user.initiate_chat(assistant, message="NVIDIA or AMD?")


def test_each_request_is_there_as_it_was(harness, chat):
    """Who asked, what for, the messages so far, the tools on offer, and the turn that answered."""
    first, second, third = harness.llm.requests
    assert [("assistant", "reply")] * 3 == [(one.agent, one.purpose) for one in harness.llm.requests]
    assert ["system", "user"] == [one["role"] for one in first.messages]
    assert "NVIDIA or AMD?" == first.messages[1]["content"]
    assert ["tool", "tool"] == [one["role"] for one in second.messages[3:]]
    assert ("search", "save") == first.tools
    assert "gpt-4o" == first.model
    assert [1, 2, 3] == [one.turn.number for one in harness.llm.requests]
    assert "AMD it is. TERMINATE" == third.turn.answer["content"]
    assert json.loads(json.dumps(third.body))["messages"] == third.messages


def test_a_longer_history_costs_more(harness, chat):
    """Tokens are estimated and priced, and AutoGen's own usage is the same estimate."""
    costs = [one.cost for one in harness.llm.requests]
    assert costs == sorted(costs)
    assert all(cost > 0 for cost in costs)
    used = chat.cost["usage_including_cached_inference"]["gpt-4o"]
    tokens = [one.tokens for one in harness.llm.requests]
    assert (used["prompt_tokens"], used["completion_tokens"]) == (
        sum(one.prompt for one in tokens),
        sum(one.completion for one in tokens),
    )


def test_what_was_called_can_be_asserted(harness, chat):
    """By value, pattern, type and function; a tool that raised was called."""
    harness.llm.assert_called("search", query="NVIDIA", limit=2)
    harness.llm.assert_called("search", times=2)
    harness.llm.assert_called("search", query=re.compile("^A"), times=1)
    harness.llm.assert_called("save", path=str)
    harness.llm.assert_called("search", limit=lambda limit: limit < 3, times=1)
    harness.llm.assert_not_called("search", query="Intel")
    harness.llm.assert_order("search", "save")
    harness.llm.assert_order("search", "search", "save", exactly=True)


def test_a_failed_assertion_shows_what_was_called(harness, chat):
    """With the closest call, and where it differs."""
    with pytest.raises(CallsDiffer) as caught:
        harness.llm.assert_called("search", query="Nvidia", limit=2)
    assert str(caught.value).splitlines() == [
        'search(query="Nvidia", limit=2) was not called',
        "what was called:",
        '   1. search(query="NVIDIA", limit=2)',
        '   2. search(query="AMD")',
        '   3. save(path="/etc/x"), which raised PermissionError: /etc/x',
        "closest is 1:",
        '  query: wanted "Nvidia", got "NVIDIA"',
    ]


def test_a_call_that_nobody_executed_was_not_made(harness, cast):
    """The article's own wiring: the agent that receives the call has no tool, and the chat ends well all the same."""
    user, assistant = cast.user(), cast.assistant(tools=[search])
    harness.llm.script(call("search", query="x"), say("TERMINATE"))
    harness.expect("tool-unknown")
    user.initiate_chat(assistant, message="go")
    harness.llm.assert_not_called("search")
    with pytest.raises(CallsDiffer, match="which user does not have"):
        harness.llm.assert_called("search")


def test_a_request_that_failed_has_no_answer(harness, cast):
    """It has a turn, which says so; what AutoGen asks of the next entry is a request of its own."""
    cast.config = {"config_list": [{"model": "gpt-4o"}, {"model": "o3-mini"}]}
    harness.llm.script(fail(429), say("TERMINATE"))
    cast.user().initiate_chat(cast.assistant(), message="go")
    first, second = harness.llm.requests
    assert ["gpt-4o", "o3-mini"] == [first.model, second.model]
    assert {} == first.turn.answer
    assert 0 == first.tokens.completion
    assert "TERMINATE" == second.turn.answer["content"]

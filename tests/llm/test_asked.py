"""What was asked: snapshots that nothing can change, with what answered them, their size and their price."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness import call, calls, fail, say
from autogen_harness.errors import HarnessError
from autogen_harness.frozen import freeze
from autogen_harness.ledger import Ledger
from autogen_harness.llm.asked.asked import asked
from autogen_harness.llm.player import ScriptPlayer
from autogen_harness.llm.usage.prices import PRICES, cost_of
from autogen_harness.llm.usage.tokens import Tokens, message_tokens, prompt_tokens, text_tokens
from autogen_harness.model import LlmRequest, Note, TurnPlayed

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
data = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)

MESSAGES = [{"role": "user", "content": [{"type": "text", "text": "hello"}]}]


@pytest.fixture
def llm():
    return ScriptPlayer(Ledger(), lambda *_: None)


def request(agent="analyst", purpose="reply", **params):
    tools = [
        {
            "type": "function",
            "function": {"name": "search", "parameters": {"type": "object", "properties": {"q": {"type": "string"}}}},
        }
    ]
    body = {"model": "gpt-4o", "messages": copy.deepcopy(MESSAGES), "tools": tools, **params}
    return LlmRequest(agent, purpose, body["messages"], ("search",), {"model": body["model"], **params}, body)


@given(data)
def test_frozen_data_is_the_same_data(value):
    """It equals the plain value in both directions, is written as the same JSON, and prints as it."""
    frozen = freeze(value)
    assert frozen == value
    assert value == frozen
    assert json.dumps(value) == json.dumps(frozen)
    assert repr(value) == repr(frozen)


@given(data)
def test_a_copy_of_frozen_data_is_plain_data_again(value):
    """Who wants to change it takes a copy."""
    for one in (copy.deepcopy(freeze(value)), pickle.loads(pickle.dumps(freeze(value)))):
        assert one == value
        assert type(one) is type(value)
        if isinstance(one, list):
            one.append(1)
            assert all(type(inner) is type(plain) for inner, plain in zip(one, value, strict=False))


CHANGES = {
    "setitem": lambda r: r.messages.__setitem__(0, {}),
    "append": lambda r: r.messages.append({}),
    "extend": lambda r: r.messages.extend([{}]),
    "iadd": lambda r: r.messages.__iadd__([{}]),
    "imul": lambda r: r.messages.__imul__(2),
    "insert": lambda r: r.messages.insert(0, {}),
    "pop": lambda r: r.messages.pop(),
    "remove": lambda r: r.messages.remove(r.messages[0]),
    "sort": lambda r: r.messages.sort(),
    "reverse": lambda r: r.messages.reverse(),
    "clear": lambda r: r.messages.clear(),
    "delitem": lambda r: r.messages.__delitem__(0),
    "key": lambda r: r.messages[0].__setitem__("content", "x"),
    "deep-key": lambda r: r.messages[0]["content"][0].__setitem__("text", "x"),
    "update": lambda r: r.params.update(model="x"),
    "ior": lambda r: r.params.__ior__({"model": "x"}),
    "setdefault": lambda r: r.params.setdefault("x", 1),
    "popitem": lambda r: r.params.popitem(),
    "key-pop": lambda r: r.params.pop("model"),
    "key-clear": lambda r: r.params.clear(),
    "key-delitem": lambda r: r.params.__delitem__("model"),
    "body": lambda r: r.body["tools"][0]["function"].__setitem__("name", "x"),
    "answer": lambda r: r.turn.answer.__setitem__("content", "x"),
    "field": lambda r: setattr(r, "agent", "x"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_in_a_request_can_be_changed(llm, change):
    """At any depth, by any method of dict and list."""
    llm.script(say("hi"))
    llm.answer(request())
    with pytest.raises((TypeError, AttributeError)):
        change(llm.requests[0])
    assert llm.requests[0].messages == MESSAGES


def test_a_request_does_not_see_what_its_sender_changes_later(llm):
    """Agents go on appending to the very list they sent."""
    llm.script(say("hi"))
    arriving = {"messages": copy.deepcopy(MESSAGES)}
    llm.answer(LlmRequest("analyst", "reply", arriving["messages"], (), {}, arriving))
    arriving["messages"][0]["content"][0]["text"] = "changed"
    arriving["messages"].append({})
    assert llm.requests[0].messages == llm.requests[0].body["messages"] == MESSAGES


ANSWERS = {
    "text": (say("hi"), {"role": "assistant", "content": "hi"}),
    "call": (call("search", q="x"), [("search", '{"q": "x"}')]),
    "calls": (calls(call("search", q="x"), call("search", q="y")), [("search", '{"q": "x"}'), ("search", '{"q": "y"}')]),
    "failure": (fail(429), {}),
}


@pytest.mark.parametrize(("turn", "wanted"), ANSWERS.values(), ids=ANSWERS)
def test_a_request_knows_the_turn_that_answered_it(llm, turn, wanted):
    """The answer is the assistant's message as the API would send it; a failure has none."""
    llm.script(turn)
    llm.answer(request())
    played = llm.requests[0].turn
    answer = played.answer
    if isinstance(wanted, list):
        made = [(one["function"]["name"], one["function"]["arguments"]) for one in answer["tool_calls"]]
        assert [one["id"] for one in answer["tool_calls"]] == [ident for ident, _ in played.calls]
        assert wanted == made
        assert answer["content"] is None
    else:
        assert wanted == answer
    assert str(turn) == played.said


def test_a_legacy_request_is_answered_by_a_function_call(llm):
    """Where ``functions`` are offered the call has no id."""
    llm.script(call("search", q="x"))
    llm.answer(request(), legacy=True)
    assert {"name": "search", "arguments": '{"q": "x"}'} == llm.requests[0].turn.answer["function_call"]


def test_an_unanswered_request_has_no_turn(llm):
    """The script had ended; the request is kept, and does not take the turn of another."""
    llm.script(say("hi"))
    llm.answer(request())
    with pytest.raises(HarnessError):
        llm.answer(request("other"))
    assert [True, False] == [one.turn is not None for one in llm.requests]
    assert 0 == llm.requests[1].tokens.completion


def test_selection_and_summary_know_their_turns_too(llm):
    """Also the answers that the harness gives by itself."""
    llm.script(say("hi").by("writer"))
    candidates = [{"role": "system", "content": "choose"}, {"role": "user", "content": "from ['writer', 'planner']"}]
    llm.answer(LlmRequest("speaker_selection_agent", "selection", candidates))
    llm.answer(LlmRequest("writer", "summary", [{"role": "user", "content": "the end"}, {"role": "system", "content": "?"}]))
    assert ["writer", "the end"] == [one.turn.answer["content"] for one in llm.requests]


@given(st.lists(st.sampled_from(["request", "turn", "note"])))
def test_pairs_follow_the_ledger(kinds):
    """Every request is there once, in order, with the first turn before the next request, or none."""
    entries = [
        {"request": request(str(i)), "turn": TurnPlayed(i, "a", "reply", str(i)), "note": Note("n", "n")}[kind]
        for i, kind in enumerate(kinds)
    ]
    found = asked(entries)
    assert [entry.agent for entry in entries if isinstance(entry, LlmRequest)] == [one.agent for one in found]
    for one in found:
        after = entries[int(one.agent) + 1 :]
        first = next((entry for entry in after if not isinstance(entry, Note)), None)
        assert one.turn is (first if isinstance(first, TurnPlayed) else None)


@given(st.text(), st.text())
def test_longer_text_is_never_fewer_tokens(text, more):
    """The estimate grows with the text, and is nothing for nothing."""
    assert text_tokens("") == 0
    assert text_tokens(text) <= text_tokens(text + more) <= text_tokens(text) + text_tokens(more)


COUNTED = {
    "text": ({"content": "12345678"}, 2),
    "parts": ({"content": [{"type": "text", "text": "12345678"}]}, 2),
    "image": ({"content": [{"type": "image_url", "image_url": {"url": "data:" + "x" * 9000}}]}, 85),
    "name": ({"content": "", "name": "1234"}, 1),
    "calls": ({"content": None, "tool_calls": [{"id": "call_1", "function": {"name": "1234", "arguments": "12345"}}]}, 3),
    "legacy": ({"content": None, "function_call": {"name": "1234", "arguments": "1234"}}, 2),
    "nothing": ({"content": None}, 0),
    "chinese": ({"content": "你好世界"}, 3),
}


@pytest.mark.parametrize(("message", "wanted"), COUNTED.values(), ids=COUNTED)
def test_what_is_counted_of_a_message(message, wanted):
    """What the model reads: text, names and arguments, not the bytes of an image nor the ids of calls."""
    assert wanted == message_tokens(message)


def test_tools_and_messages_cost_tokens_of_their_own():
    """Three for the answer, three for each message, the JSON of each tool."""
    assert 3 == prompt_tokens({})
    assert 3 + 3 == prompt_tokens({"messages": [{"role": "user", "content": ""}]})
    assert 3 + 2 == prompt_tokens({"tools": [{"a": 1}]}) == prompt_tokens({"functions": [{"a": 1}]})


def test_a_request_has_a_price(llm):
    """By the pinned table: dollars for a million tokens."""
    llm.script(say("x" * 400))
    llm.answer(request())
    one = llm.requests[0]
    assert "gpt-4o" == one.model
    assert one.tokens == Tokens(one.tokens.prompt, 100)
    assert one.tokens.total == one.tokens.prompt + 100
    assert one.cost == pytest.approx((2.5 * one.tokens.prompt + 10 * 100) / 1_000_000)


@pytest.mark.parametrize("model", ["my-deployment", "", "GPT-4o"])
def test_an_unknown_model_has_no_price(model):
    """None, which nobody can take for free of charge."""
    assert cost_of(model, Tokens(10, 10)) is None


def test_the_table_of_prices_is_sound():
    """An answer never costs less than a question, and every price is of the magnitude of dollars a million."""
    assert len(PRICES) > 40
    assert all(0 < price.prompt <= price.completion < 1000 for price in PRICES.values())

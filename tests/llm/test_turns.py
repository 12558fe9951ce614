"""Turns are values: what a script says, checked when it is written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness import UsageError, call, calls, fail, result, say
from autogen_harness.ledger import Ledger
from autogen_harness.llm.player import ScriptPlayer
from autogen_harness.model import LlmRequest

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def play(turn, *, tools=("tool",)):
    """What the model answers to the one turn of a script."""
    player = ScriptPlayer(Ledger(), lambda rule, fields: None)
    player.script(turn)
    return player.answer(LlmRequest("agent", "reply", (), tools))


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_any_json_arguments_arrive_as_they_were_scripted(arguments):
    """Any names, any values: the call carries the JSON text of exactly these arguments."""
    (made,) = play(call("tool", arguments)).calls
    assert arguments == json.loads(made.arguments)


@given(JSON.filter(lambda value: value is not None))
def test_structured_output_is_the_json_of_any_value(value):
    """``say(json=...)``, strings included, which as a part would stand bare."""
    assert value == json.loads(play(say(json=value)).text)


@given(st.lists(st.text(), min_size=1))
def test_strings_are_joined_as_they_are(parts):
    """No separators, no quotes."""
    assert "".join(parts) == play(say(*parts)).text


def test_parts_that_are_no_strings_are_compact_json():
    """Numbers, booleans and structures, in the order given."""
    assert 'a 1 2.5 true null {"b":["ä"]}' == play(say("a ", 1, " ", 2.5, " ", True, " ", None, " ", {"b": ["ä"]})).text


def test_arguments_can_collide_with_any_name_of_python():
    """The mapping takes what keywords cannot: ``tool``, ``self``, ``arguments``, and names with a dash."""
    arguments = {"tool": 1, "self": 2, "arguments": 3, "a-b": 4}
    (made,) = play(call("tool", arguments, kwargs=5)).calls
    assert {**arguments, "kwargs": 5} == json.loads(made.arguments)


def test_by_and_raises_make_new_turns():
    """A turn can be reused: neither method changes it."""
    turn = call("tool", x=1)
    bound, expected = turn.by("planner"), turn.raises(ValueError, match="x")
    assert (None, "planner", None) == (turn.agent, bound.agent, expected.agent)
    assert (None, ValueError) == (turn.expected, expected.expected.type)
    assert type(bound) is type(turn)


WRONG = {
    "twice": (lambda: call("t", {"x": 1}, x=2), "x is given twice"),
    "no-call": (calls, "one or more call"),
    "say-in-calls": (lambda: calls(call("t"), say("x")), 'not say "x"$'),
    "list-in-calls": (lambda: calls([call("t")]), r"not a list of them; write calls\(\*turns\)"),
    "bound-in-calls": (lambda: calls(call("t").by("planner")), r"calls\(...\).by\('planner'\)"),
    "nothing-said": (say, "say\\(''\\)"),
    "both": (lambda: say("a", json={}), "not both"),
    "no-failure": (lambda: fail(200), "400 to 599"),
}


@pytest.mark.parametrize(("write", "message"), WRONG.values(), ids=WRONG)
def test_a_turn_that_cannot_be_is_refused_where_it_is_written(write, message):
    """With what to write instead."""
    with pytest.raises(UsageError, match=message):
        write()


SHOWN = {
    'call save(path="a").raises(OSError)': call("save", path="a").raises(OSError),
    "calls a(), b().raises(KeyError, match='x')": calls(call("a"), call("b").raises(KeyError, match="x")),
    'call get_stock_price(ticker="NVDA")': call("get_stock_price", ticker="NVDA"),
    'call score(x=result("a").b[0].c)': call("score", x=result("a").b[0].c),
    'calls a(), b(y=[1, {"z": null}])': calls(call("a"), call("b", y=[1, {"z": None}])),
    'say "NVDA is " + result("p", call=0).price': say("NVDA is ", result("p", call=0).price),
    "fail 429": fail(429),
    "fail.timeout": fail.timeout(),
    "fail.connection_reset": fail.connection_reset(),
}


@pytest.mark.parametrize(("text", "turn"), SHOWN.items(), ids=SHOWN)
def test_a_turn_reads_as_it_was_written(text, turn):
    """In tables and findings."""
    assert text == str(turn)


def search(query: str) -> str:
    """A tool."""


NAMED_BY_THINGS = {
    "call": (lambda: call(search), 'the tool of call(...) is text, not the function search; write call("search", ...)'),
    "result": (lambda: result(search), 'the tool of result(...) is text, not the function search; write result("search")'),
    "by": (lambda: say("x").by(7), 'the name in .by(...) is text, not 7; write .by("planner")'),
    "raises": (
        lambda: call("search").raises("ValueError"),
        "takes the class of an exception, such as ValueError, not 'ValueError'",
    ),
}


@pytest.mark.parametrize(("write", "message"), NAMED_BY_THINGS.values(), ids=NAMED_BY_THINGS)
def test_a_thing_in_the_place_of_its_name_is_refused_where_it_is_written(write, message):
    """Else the turn would fit nobody, and be found at the end as one that was left over."""
    with pytest.raises(UsageError) as caught:
        write()
    assert message in str(caught.value)


def test_an_argument_without_its_name_is_refused():
    """A model names every argument."""
    with pytest.raises(
        UsageError, match=r"call\('get_ticket', 42\): arguments go by name, call\('get_ticket', name=42\), or as a"
    ):
        call("get_ticket", 42)


SAYING = {
    "call": (call("search", q="x").saying("I look."), 'call search(q="x") saying "I look."', 1),
    "calls": (calls(call("search", q="x"), call("search", q="y")).saying("Both", " now"), 'saying "Both" + " now"', 2),
}


@pytest.mark.parametrize(("turn", "said", "count"), SAYING.values(), ids=SAYING)
def test_a_text_can_stand_beside_calls(turn, said, count):
    """As models often answer; the listing shows it."""
    player = ScriptPlayer(Ledger(), lambda *_, **__: None)
    player.script(turn)
    reply = player.answer(LlmRequest("agent", "reply", (), ("search",)))
    assert "".join(turn.said) == reply.text
    assert count == len(reply.calls)
    assert str(turn).endswith(said)


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: call("search").saying(),
        lambda: call("search").saying("a").saying("b"),
        lambda: calls(call("search").saying("a"), call("search")),
    ],
    ids=["nothing", "twice", "inside"],
)
def test_a_text_beside_calls_is_said_once(mistake):
    """One answer of a model has one text."""
    with pytest.raises(UsageError, match="beside"):
        mistake()

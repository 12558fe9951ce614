"""Expectations of a turn: what its request should say, and the differences where it does not."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playing import Playing

from autogen_harness import UsageError, call, calls, fail, result, say
from autogen_harness.differences import ABSENT, compare
from autogen_harness.errors import ScriptBroken
from autogen_harness.llm.asking.criteria import holds
from autogen_harness.llm.asking.expecting import Expectation
from autogen_harness.llm.asking.seen import Seen
from autogen_harness.llm.replies import Reply
from autogen_harness.model import LlmRequest, ToolRun
from autogen_harness.report.failure import render_failure
from autogen_harness.transcript import Transcript

SCHEMA = {"type": "object", "properties": {"query": {"type": "string", "description": "Try hunter2 first."}}}
TOOLS = [{"type": "function", "function": {"name": name, "parameters": SCHEMA}} for name in ("search", "price")]
MESSAGES = [
    {"role": "system", "content": "You are a clerk."},
    {"role": "user", "content": "Find NVIDIA"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "1", "type": "function", "function": {"name": "search", "arguments": '{"query": "say \\"psst\\""}'}},
            {"id": "2", "type": "function", "function": {"name": "price", "arguments": "{}"}},
        ],
    },
    {"role": "tool", "tool_call_id": "1", "content": '{"companies": [{"name": "NVIDIA", "staff": 29600}], "page": 1}'},
    {"role": "tool", "tool_call_id": "2", "content": "905.5"},
]
REQUEST = LlmRequest(
    "clerk",
    "reply",
    MESSAGES,
    ("search", "price"),
    {"model": "gpt-4o"},
    {"model": "gpt-4o", "messages": MESSAGES, "tools": TOOLS},
)
ARGUMENTS = "messages[2].tool_calls[0].function.arguments"

HELD = {
    "tools": {"tools": ["price", "search"]},
    "tools-at-least": {"tools": ["search", ...]},
    "tools-at-least-in-a-file": {"tools": ["search", "..."]},
    "tools-any": {"tools": [...]},
    "last-message": {"last_message": "905"},
    "last-message-pattern": {"last_message": re.compile(r"^\d+\.5$")},
    "result": {"result": 905.5},
    "results": {"results": {"search": {"companies": [{"name": re.compile("NV")}]}, "price": "905"}},
    "messages": {"messages": 5},
    "messages-range": {"messages": range(1, 6)},
    "without": {"without": ["sk-", re.compile(r"\bpassword\b")]},
    "without-words-of-the-api": {"without": ["role", "user", "function", "tools", "messages"]},
    "model": {"model": re.compile("^gpt-4")},
    "predicate": {"predicate": lambda request: request.agent == "clerk"},
}


@pytest.mark.parametrize("wanted", HELD.values(), ids=HELD)
def test_what_the_request_says_is_no_difference(wanted):
    """In every way of asking."""
    assert [] == Expectation(**wanted).differences(Seen(REQUEST))


DIFFERENT = {
    "tool-absent": ({"tools": ["search", "news", ...]}, ["tools.news: on offer / (absent)"]),
    "tool-misspelt": ({"tools": ["serch", ...]}, ["tools.serch: on offer / (absent), did you mean 'search'?"]),
    "key-misspelt": (
        {"results": {"search": {"pages": 1}}},
        ["results.search.pages: 1 / (absent), did you mean 'page'?"],
    ),
    "tool-besides": ({"tools": ["search"]}, ["tools.price: (absent) / on offer"]),
    "no-tools": ({"tools": []}, ["tools.search: (absent) / on offer", "tools.price: (absent) / on offer"]),
    "last-message": ({"last_message": "906"}, ["last_message: text with '906' / '905.5'"]),
    "result": ({"result": 906}, ["result: 906 / 905.5"]),
    "results-deep": (
        {"results": {"search": {"companies": [{"name": "AMD", "city": "x"}], "page": "1"}}},
        [
            "results.search.companies[0].name: 'AMD' / 'NVIDIA'",
            "results.search.companies[0].city: 'x' / (absent)",
            "results.search.page: '1' / 1",
        ],
    ),
    "results-length": (
        {"results": {"search": {"companies": []}}},
        ["results.search.companies[0]: (absent) / {'name': 'NVIDIA', 'staff': 29600}"],
    ),
    "results-length-of-mappings": (
        {"results": {"search": {"companies": [{"name": "AMD"}, {"name": "INTC"}]}}},
        [
            "results.search.companies[0].name: 'AMD' / 'NVIDIA'",
            "results.search.companies[1]: {'name': 'INTC'} / (absent)",
        ],
    ),
    "results-absent": ({"results": {"news": "x"}}, ["results.news: 'x' / (absent)"]),
    "messages": ({"messages": 4}, ["messages: 4 / 5"]),
    "messages-range": ({"messages": range(1, 5)}, ["messages: 1 to 4 / 5"]),
    "model": ({"model": "gpt-4"}, ["model: 'gpt-4' / 'gpt-4o'"]),
    "predicate": ({"predicate": lambda _: False}, ["predicate: True / False"]),
    "predicate-raises": (
        {"predicate": lambda _: 1 / 0},
        ["predicate: True / an exception, ZeroDivisionError: division by zero"],
    ),
    "secret-in-the-system-message": (
        {"without": "a clerk"},
        ["messages[0].content: nothing with 'a c'… (7 characters) / …You are ***.…"],
    ),
    "secret-in-a-schema": (
        {"without": re.compile("hunter[0-9]")},
        [
            f"tools[{n}].function.parameters.properties.query.description: "
            "nothing that matches /hunter[0-9]/ / …Try *** first.…"
            for n in (0, 1)
        ],
    ),
    "secret-in-arguments": ({"without": '"psst"'}, [f"{ARGUMENTS}.query: nothing with '\"ps'… (6 characters) / …say ***…"]),
    "secret-as-a-parameter": (
        {"without": re.compile("^query$")},
        [f"tools[{n}].function.parameters.properties.query: nothing that matches /^query$/ / …***…" for n in (0, 1)],
    ),
    "secret-as-a-key": (
        {"without": ["companies"]},
        ['messages[3].content: nothing with \'com\'… (9 characters) / …{"***": [{"name": "NVIDIA", "staff"…'],
    ),
}


@pytest.mark.parametrize(("wanted", "differences"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_difference_says_where_what_was_wanted_and_what_stands_there(wanted, differences):
    """One for each place, and all of them."""
    found = Expectation(**wanted).differences(Seen(REQUEST))
    assert differences == [f"{one.path}: {one.expected!r} / {one.actual!r}" for one in found]


@given(st.text("ab\\\"'{é\n", min_size=1, max_size=4), st.text("ab\\\"'{é\n", max_size=6), st.text("ab\\\"'{é\n", max_size=6))
def test_a_secret_is_found_wherever_it_stands_and_never_quoted(secret, before, after):
    """In any message, however it is written there; what is shown of its surroundings does not hold it."""
    request = LlmRequest("a", "reply", ({"role": "user", "content": before + secret + after},))
    (difference, *_) = Expectation(without=secret).differences(Seen(request))
    shown = repr(difference.actual)
    assert "messages[0].content" == difference.path
    assert "***" in shown


def test_every_place_of_a_secret_in_a_text_is_hidden():
    """Also where it stands twice near by."""
    request = LlmRequest("a", "reply", ({"role": "user", "content": "key sk-12345 and again sk-12345."},))
    (difference,) = Expectation(without=re.compile(r"sk-\d+")).differences(Seen(request))
    assert "…key *** and again ***.…" == repr(difference.actual)


def test_a_request_without_a_body_is_searched_by_its_messages():
    """Such as a test makes by hand."""
    assert Expectation(without="psst").differences(Seen(LlmRequest("a", "reply", MESSAGES)))


class Table(Playing):
    """Asked with one message."""

    def ask(self, text="go", **fields):
        return self.llm.answer(LlmRequest("clerk", "reply", ({"role": "user", "content": text},), ("search",), **fields))


@pytest.fixture
def table():
    return Table()


def test_a_mismatch_is_a_finding_at_its_turn_and_the_turn_is_played(table):
    """The finding says who asked, which turn, and each difference; it can be expected by the agent."""
    table.llm.script(say("one"), say("two").expecting(last_message="price", messages=3))
    assert [Reply("one"), Reply("two")] == [table.ask(), table.ask()]
    (finding,) = table.ledger.findings
    assert ("request-unexpected", 2, "clerk", "") == (
        finding.rule,
        finding.turn,
        finding.fields["agent"],
        finding.fields["script"],
    )
    assert ["last_message", "messages"] == [one.path for one in finding.fields["differences"]]
    shown = render_failure([finding], Transcript(table.ledger))
    assert (
        '1. request-unexpected: the request of clerk is not what turn 2 expects, say "two"\n'
        "     last_message: expected text with 'price', got \"go\"\n     messages: expected 3, got 1\n   fix: find"
    ) in shown
    assert re.search(r'^2 .*say "two".*<-- request-unexpected$', shown, re.MULTILINE)


@pytest.mark.parametrize("turn", [call("search"), calls(call("search")), fail(429), fail.timeout()], ids=str)
def test_every_turn_can_expect(table, turn):
    """Calls and failures too."""
    table.llm.script(turn.expecting(messages=1), turn.expecting(messages=7))
    table.ask()
    assert [] == table.ledger.findings
    table.ask()
    assert ["request-unexpected"] == [finding.rule for finding in table.ledger.findings]


def test_a_turn_that_cannot_be_played_still_says_what_it_expected(table):
    """Which may be the reason."""
    table.llm.script(say(result("search")).expecting(result="NVIDIA"))
    with pytest.raises(ScriptBroken):
        table.ask()
    assert ["request-unexpected", "script-broken"] == [finding.rule for finding in table.ledger.findings]


def test_a_turn_that_was_chosen_can_expect_more(table):
    """The condition chooses, the expectation judges."""
    table.llm.script(say("x").when(text="go").expecting(tools=["price"]))
    table.ask()
    assert {"tools.search", "tools.price"} == {one.path for one in table.ledger.findings[0].fields["differences"]}


def test_the_summary_and_the_selector_can_expect(table):
    """Their requests are requests as well."""
    table.llm.summary.script(say("sum").expecting(last_message="the end"))
    messages = ({"role": "user", "content": "not yet"}, {"role": "user", "content": "Summarize."})
    table.llm.answer(LlmRequest("clerk", "summary", messages))
    (finding,) = table.ledger.findings
    assert (1, "summary", "not yet") == (finding.turn, finding.fields["script"], finding.fields["differences"][0].actual)


def test_a_reference_can_be_expected(table):
    """The request holds what an earlier tool gave; one that leads nowhere is a difference."""
    table.llm.script(*(say("x").expecting(last_message=result("search").name) for _ in range(3)))
    table.ask()
    table.ledger.record(ToolRun("search", "user", {}, "ok", '{"name": "NVIDIA"}'))
    table.ask("NVIDIA")
    table.ask("AMD")
    first, second = (finding.fields["differences"][0] for finding in table.ledger.findings)
    assert ('result("search").name', "text with 'NVIDIA'") == (repr(first.expected), repr(second.expected))


def test_a_reference_in_text_is_written_as_say_writes_it(table):
    """A number as JSON, a structure as compact JSON."""
    runs = [ToolRun("search", "user", {}, "ok", '{"open": true, "names": ["é", 1]}')]
    request = LlmRequest("a", "reply", ({"role": "user", "content": 'it is true that ["é",1]'},))
    for part in (result("search").open, result("search").names):
        assert [] == Expectation(last_message=part).differences(Seen(request, 1, runs))


KEYS = st.sampled_from(["a", "b", "c"])
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2) | st.text("xy", max_size=2)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
).filter(lambda value: not isinstance(value, str))


def widened(value):
    """The same with a key more in every mapping."""
    if isinstance(value, dict):
        return {**{key: widened(item) for key, item in value.items()}, "more": 1}
    return [widened(item) for item in value] if isinstance(value, list) else value


@given(JSON)
def test_a_result_holds_itself_and_what_has_less_keys(value):
    """As text that is JSON, at any depth."""
    assert [] == holds("result", value, json.dumps(value))
    assert [] == holds("result", value, json.dumps(widened(value)))


@given(JSON, JSON)
def test_what_a_result_does_not_hold_is_told_by_its_path(wanted, actual):
    """Each difference is at a place where both really differ; without one the result with keys to spare is the same."""
    differences = holds("result", wanted, json.dumps(actual))
    if not differences:
        assert [] == compare(wanted, trimmed(wanted, actual))
    for one in differences:
        assert one.path.startswith("result")
        assert one.expected is ABSENT or one.actual != one.expected or type(one.actual) is not type(one.expected)


def trimmed(wanted, actual):
    """Of ``actual`` the keys that ``wanted`` names."""
    if isinstance(wanted, dict) and isinstance(actual, dict):
        return {key: trimmed(wanted[key], actual[key]) for key in wanted if key in actual}
    if isinstance(wanted, list) and isinstance(actual, list) and len(wanted) == len(actual):
        return [trimmed(*pair) for pair in zip(wanted, actual, strict=True)]
    return actual


WRONG = {
    "nothing": ({}, "expects nothing"),
    "a-name-alone": ({"tools": "search"}, r"takes names in a list, \[\"search_web\", ...\], not 'search'"),
    "a-function": ({"tools": [len]}, "takes names in a list"),
    "message": ({"last_message": 3}, "takes text or a compiled pattern"),
    "empty-result": ({"result": ""}, "would hold for every text"),
    "empty-results": ({"results": {"search": ""}}, "would hold for every text"),
    "empty": ({"last_message": ""}, "would hold for every text"),
    "secret": ({"without": ["x", ""]}, "would hold for every text"),
    "count": ({"messages": "3"}, "takes a number or a range"),
    "results": ({"results": ["x"]}, "takes a mapping"),
    "predicate": ({"predicate": 3}, "takes a function of the request"),
}


@pytest.mark.parametrize(("wanted", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_expected_is_refused_where_it_is_written(wanted, message):
    """Not when the chat runs."""
    with pytest.raises(UsageError, match=message):
        say("x").expecting(**wanted)


def test_an_expectation_is_written_once_and_for_the_whole_turn():
    """As a condition is."""
    with pytest.raises(UsageError, match="write both into one expecting"):
        say("x").expecting(messages=1).expecting(model="m")
    with pytest.raises(UsageError, match=r"calls\(...\).expecting"):
        calls(call("a").expecting(messages=1))

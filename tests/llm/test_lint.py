"""The script is held against the request: a call that the model could not make is told at its turn, before AutoGen meets it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playing import Playing

from autogen_harness import call, calls, fail, say
from autogen_harness.errors import ScriptBroken
from autogen_harness.llm.incoming import request_of, schemas_of
from autogen_harness.llm.lint.lint import mistakes, wrong_arguments
from autogen_harness.llm.replies import Reply

PRICE = {
    "type": "object",
    "properties": {
        "ticker": {"type": "string", "minLength": 1},
        "days": {"type": "integer", "minimum": 1},
        "filter": {"type": "object", "properties": {"market": {"enum": ["US", "EU"]}}, "required": ["market"]},
    },
    "required": ["ticker"],
}


def tool(name, parameters=None):
    return {"type": "function", "function": {"name": name, "parameters": parameters or {"type": "object", "properties": {}}}}


BOTH = {"tools": [tool("price", PRICE), tool("now")]}
LEGACY = {"functions": [{"name": "price", "parameters": PRICE}]}


class Table(Playing):
    """Asked with whole requests."""

    def ask(self, offered=BOTH, **more):
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "go"}], **offered, **more}
        return self.llm.answer(request_of(body, "analyst"), legacy="functions" in offered)


@pytest.fixture
def table():
    return Table()


# -- what a call does wrong --------------------------------------------------------------------------------------------------


MISTAKES = {
    "unknown-tool": (
        call("prize", ticker="A"),
        "tool-unknown",
        "turn 1 calls prize, and analyst offers the model price, now",
        "did you mean 'price'?",
    ),
    "far-tool": (call("delete_all"), "tool-unknown", "analyst offers the model price, now", "advertise the tool"),
    "wrong-name": (
        call("price", tickr="A"),
        "tool-bad-args",
        "'tickr' is no parameter of it; 'ticker' is a required property",
        "did you mean 'ticker'?",
    ),
    "far-name": (call("price", ticker="A", q=1), "tool-bad-args", "'q' is no parameter of it", "it takes ticker, days, filter"),
    "no-arguments-taken": (call("now", zone="UTC"), "tool-bad-args", "'zone' is no parameter of it", "it takes no arguments"),
    "missing": (call("price", days=1), "tool-bad-args", "refuses it: 'ticker' is a required property", "correct the turn"),
    "wrong-type": (call("price", ticker=5), "tool-bad-args", "ticker: 5 is not of type 'string'", "correct the turn"),
    "wrong-value": (
        call("price", ticker="A", days=0),
        "tool-bad-args",
        "days: 0 is less than the minimum of 1",
        "correct the turn",
    ),
    "inside": (
        call("price", ticker="A", filter={"market": "XX"}),
        "tool-bad-args",
        "filter.market: 'XX' is not one of",
        "correct",
    ),
    "missing-inside": (
        call("price", ticker="A", filter={}),
        "tool-bad-args",
        "filter: 'market' is a required property",
        "correct",
    ),
    "several": (
        call("price", ticker="", days="1"),
        "tool-bad-args",
        "days: '1' is not of type 'integer'; ticker: '' ",
        "correct",
    ),
    "among-others": (calls(call("now"), call("price")), "tool-bad-args", "turn 1 calls price()", "correct the turn"),
}


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("offered", [BOTH, LEGACY], ids=["tools", "functions"])
def test_a_call_that_a_model_would_not_make_is_told_at_its_turn(table, name, offered):
    """Once, with the difference and the nearest right thing; and it is delivered, so that the story goes on."""
    turn, rule, what, fix = MISTAKES[name]
    if offered is LEGACY and "now" in f"{turn}{what}":
        return  # the legacy request offers one function
    table.llm.script(turn)
    reply = table.ask(offered)
    (finding,) = table.findings
    assert (rule, 1, "analyst") == (finding.rule, finding.turn, finding.fields["agent"])
    assert what in finding.what
    assert fix in finding.fix
    assert finding.expect.endswith(f'harness.expect("{rule}", tool="{finding.fields["tool"]}")')
    assert [made.name for made in reply.calls] == [one.tool for one in getattr(turn, "calls", [turn])]


SOUND = {
    "plain": call("price", ticker="A"),
    "all": call("price", ticker="A", days=3, filter={"market": "EU"}),
    "more-inside": call("price", ticker="A", filter={"market": "EU", "other": 1}),
    "several": calls(call("price", ticker="A"), call("now")),
    "text": say("x"),
    "error": fail(429),
}


@pytest.mark.parametrize("turn", SOUND.values(), ids=SOUND)
def test_a_call_that_a_model_could_make_is_not_told_of(table, turn):
    """No finding, whatever else may be optional."""
    table.llm.script(turn)
    table.ask()
    assert [] == table.findings


OPEN = {
    "additional": {"type": "object", "properties": {}, "additionalProperties": True},
    "additional-schema": {"type": "object", "properties": {}, "additionalProperties": {"type": "integer"}},
    "pattern": {"type": "object", "properties": {}, "patternProperties": {"^x": {}}},
    "elsewhere": {"type": "object", "properties": {}, "allOf": [{"properties": {"x": {}}}]},
    "no-properties": {"type": "object"},
    "malformed": {"type": "objekt", "properties": {}},
}


@pytest.mark.parametrize("schema", OPEN.values(), ids=OPEN)
def test_a_schema_that_does_not_say_which_names_it_takes_takes_any(schema):
    """And one that is malformed says nothing of arguments: that it is malformed is told elsewhere."""
    assert [] == wrong_arguments({"x": 1}, schema)


@pytest.mark.parametrize(
    ("schema", "check"),
    [
        ({"type": "object", "properties": {}, "patternProperties": {"^y": {}}, "additionalProperties": False}, "extra"),
        ({"type": "object", "properties": {"x": {}}, "allOf": [{"required": ["y"]}]}, "missing"),
    ],
)
def test_what_a_combined_schema_refuses_is_told_too(schema, check):
    """Where names come from several parts of a schema, each part has its say."""
    assert [check] == [one.check for one in wrong_arguments({"x": 1}, schema)]


@given(st.text(min_size=1), st.integers(min_value=1) | st.none())
def test_no_valid_argument_is_ever_wrong(ticker, days):
    """And the same arguments under a name that is one letter short are told with the right name."""
    arguments = {"ticker": ticker, **({} if days is None else {"days": days})}
    assert [] == wrong_arguments(arguments, PRICE)
    wrong = wrong_arguments({"ticke": ticker}, PRICE)
    assert ["extra", "missing"] == [one.check for one in wrong]
    assert "did you mean 'ticker'?" == wrong[0].hint


@pytest.mark.parametrize("text", ["", "null", "[1]", "1", '"x"', "{", '{"ticker": "A",}'], ids=repr)
def test_arguments_that_are_no_object_are_told_as_that(text):
    """Whatever else they are."""
    assert ["json"] == [one.check for one in mistakes("price", text, ["price"], {"price": PRICE})]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tools": None},
        {"tools": [None, 1, {}, {"function": 2}, {"function": {"name": "x", "parameters": []}}]},
        {"functions": "x"},
    ],
    ids=str,
)
def test_a_request_of_any_shape_is_read(body):
    """What is no schema is left out; the rules of the API tell of it."""
    assert {} == schemas_of(body)


# -- faults that are declared ------------------------------------------------------------------------------------------------


DECLARED = [
    fail.hallucinated_tool("buy", ticker="A"),
    fail.malformed_json("price"),
    fail.truncated_json("price", ticker="A"),
    fail.wrong_types("price", ticker=5),
    fail.missing_argument("price"),
    fail.missing_argument("price", ticker="A", filter={}),
    fail.extra_argument("price", ticker="A", currency="EUR"),
    fail.null_arguments("price"),
    fail.empty_arguments("price"),
    fail.duplicate_call_id(call("price", ticker="A"), call("now")),
    fail.long_call_id("price", ticker="A"),
    fail.call_in_text("nothing", x=1),
    calls(call("now"), fail.missing_argument("price")),
]


@pytest.mark.parametrize("turn", DECLARED, ids=str)
def test_a_declared_fault_is_not_told_of(table, turn):
    """The turn says that it is one."""
    table.llm.script(turn)
    table.ask()
    assert [] == table.findings


FAULTS = {
    "unknown": (call("prize"), 'fail.hallucinated_tool("prize", ...), or '),
    "type": (call("price", ticker=5), 'fail.wrong_types("price", ...), or '),
    "missing": (call("price"), 'fail.missing_argument("price", ...), or '),
    "extra": (call("price", ticker="A", q=1), 'fail.extra_argument("price", ...), or '),
    "of-two-kinds": (call("price", q=1), ""),
    "declared-besides": (fail.wrong_types("price", days="x"), ""),
}


@pytest.mark.parametrize(("turn", "written"), FAULTS.values(), ids=FAULTS)
def test_a_mistake_that_may_be_meant_names_its_fault(table, turn, written):
    """The one that excuses it, and none where none would."""
    table.llm.script(turn)
    table.ask()
    (finding,) = table.ledger.findings
    assert f'{written}harness.expect("{finding.rule}", tool="{finding.fields["tool"]}")' == finding.expect


BESIDE = {
    "unknown-too": (fail.wrong_types("prize", ticker=5), "tool-unknown", "turn 1 calls prize"),
    "missing-too": (fail.wrong_types("price", days="x"), "tool-bad-args", "refuses it: 'ticker' is a required property"),
    "wrong-too": (fail.missing_argument("price", days="x"), "tool-bad-args", "refuses it: days: 'x' is not of type 'integer'"),
    "extra-too": (fail.long_call_id("price", ticker="A", x=1), "tool-bad-args", "'x' is no parameter of it"),
    "malformed-unknown": (fail.malformed_json("prize"), "tool-unknown", "turn 1 calls prize"),
}


@pytest.mark.parametrize(("turn", "rule", "what"), BESIDE.values(), ids=BESIDE)
def test_a_fault_excuses_what_it_declares_and_nothing_else(table, turn, rule, what):
    """A second mistake beside it is told, and the declared one is left out of the text."""
    table.llm.script(turn)
    table.ask()
    assert [rule] == [finding.rule for finding in table.findings]
    assert what in table.findings[0].what


NONE = {
    "hallucinated": (fail.hallucinated_tool("price", ticker="A"), BOTH, "that tool is on offer"),
    "types": (fail.wrong_types("price", ticker="A"), BOTH, "every value that it gives is one that the tool's schema takes"),
    "types-but-missing": (fail.wrong_types("price"), BOTH, "every value"),
    "missing": (fail.missing_argument("price", ticker="A"), BOTH, "it gives every argument that the tool's schema requires"),
    "extra": (fail.extra_argument("price", ticker="A"), BOTH, "the tool's schema takes every argument that it gives"),
    "id": (fail.long_call_id("price", ticker="A"), LEGACY, "legacy functions, whose calls have none"),
    "inside-calls": (calls(call("now"), fail.missing_argument("now")), BOTH, "fail.missing_argument now() is no such fault"),
}


@pytest.mark.parametrize(("turn", "offered", "why"), NONE.values(), ids=NONE)
def test_a_declared_fault_that_is_none_is_not_played(table, turn, offered, why):
    """The test would prove nothing; the finding says why."""
    table.llm.script(turn)
    with pytest.raises(ScriptBroken, match="the test would prove nothing"):
        table.ask(offered)
    (finding,) = table.findings
    assert "script-broken" == finding.rule
    assert why in finding.what


@pytest.mark.parametrize("write", [fail.wrong_types, fail.missing_argument, fail.extra_argument])
def test_where_nothing_says_what_a_tool_takes_any_fault_is_believed(table, write):
    """A tool that is offered without parameters; nobody can tell."""
    table.llm.script(write("odd", x=1))
    table.ask({"tools": [{"type": "function", "function": {"name": "odd"}}]})
    assert [] == table.findings


# -- what a request allows ---------------------------------------------------------------------------------------------------


def choose(name):
    return {"type": "function", "function": {"name": name}}


ALLOWED_TOOLS = {"mode": "required", "tools": [choose("now")]}
PRICED = call("price", ticker="A")
TWO = calls(PRICED, call("now"))

FORBIDDEN = {
    "none": (PRICED, {**BOTH, "tool_choice": "none"}, 'does not allow a call of price (tool_choice: "none")', "say(...)"),
    "required": (say("x"), {**BOTH, "tool_choice": "required"}, "demands a call", "script call(...)"),
    "named": (say("x"), {**BOTH, "tool_choice": choose("now")}, "demands a call", 'script call("now", ...)'),
    "named-other": (PRICED, {**BOTH, "tool_choice": choose("now")}, "does not allow a call of price", 'call("now", ...)'),
    "allowed": (PRICED, {**BOTH, "tool_choice": {"type": "allowed_tools", "allowed_tools": ALLOWED_TOOLS}}, "not allow", "now"),
    "legacy-none": (PRICED, {**LEGACY, "function_call": "none"}, 'function_call: "none"', "say(...)"),
    "legacy-named": (say("x"), {**LEGACY, "function_call": {"name": "price"}}, "demands a call", 'call("price", ...)'),
    "parallel": (TWO, {**BOTH, "parallel_tool_calls": False}, "parallel_tool_calls: false", "one call(...) a turn"),
    "legacy-parallel": (TWO, LEGACY, 'legacy "functions", which allow one call a turn', "script one call"),
}


@pytest.mark.parametrize(("turn", "offered", "what", "fix"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_the_api_would_never_answer_is_not_played(table, turn, offered, what, fix):
    """It is raised to the agent, and told at the turn with what to write instead."""
    table.llm.script(turn)
    with pytest.raises(ScriptBroken):
        table.ask(offered)
    (finding,) = table.findings
    assert ("script-broken", 1) == (finding.rule, finding.turn)
    assert what in finding.what
    assert fix in finding.fix


PERMITTED = {
    "auto": (say("x"), {**BOTH, "tool_choice": "auto"}),
    "auto-calls": (TWO, {**BOTH, "tool_choice": "auto"}),
    "none": (say("x"), {**BOTH, "tool_choice": "none"}),
    "required": (TWO, {**BOTH, "tool_choice": "required"}),
    "named": (call("now"), {**BOTH, "tool_choice": choose("now")}),
    "legacy-named": (PRICED, {**LEGACY, "function_call": {"name": "price"}}),
    "one-at-a-time": (PRICED, {**BOTH, "parallel_tool_calls": False}),
    "refused": (fail.refusal("No."), {**BOTH, "tool_choice": "required"}),
    "filtered": (fail.content_filter(), {**BOTH, "tool_choice": "required"}),
}


@pytest.mark.parametrize(("turn", "offered"), PERMITTED.values(), ids=PERMITTED)
def test_what_the_request_allows_is_played(table, turn, offered):
    """A fault of the model may stand where a call is demanded."""
    table.llm.script(turn)
    assert isinstance(table.ask(offered), Reply)
    assert [] == table.findings

"""``harness.llm.call_every_tool()``: the model calls each tool on offer once, and then ends the chat."""

from __future__ import annotations

import json

import pytest

from autogen_harness import UsageError, say
from autogen_harness.contracts.generation.sampling import arguments_for
from autogen_harness.errors import ScriptBroken, ScriptExhausted
from autogen_harness.ledger import Ledger
from autogen_harness.llm.incoming import request_of
from autogen_harness.llm.player import ScriptPlayer
from autogen_harness.llm.script.sweep import FAREWELL


def tool(name, properties=None, **more):
    properties = properties or {"text": {"type": "string"}}
    parameters = {"type": "object", "properties": properties, "required": list(properties), **more}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


class Table:
    """A player, and agents that ask it."""

    def __init__(self):
        self.ledger = Ledger()
        self.llm = ScriptPlayer(self.ledger, lambda *_: None, sample=arguments_for)

    def ask(self, *tools, agent="assistant", legacy=False):
        offered = [one["function"] for one in tools]
        offer = {"functions": offered} if legacy else {"tools": list(tools)}
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Go."}], **(offer if tools else {})}
        reply = self.llm.answer(request_of(body, agent), legacy=legacy)
        return [(one.name, json.loads(one.arguments)) for one in reply.calls] or reply.text


@pytest.fixture
def table():
    return Table()


ONE, TWO = tool("one"), tool("two", {"n": {"type": "integer", "minimum": 5}})


@pytest.mark.parametrize("legacy", [False, True])
def test_each_tool_is_called_once_and_then_the_chat_ends(table, legacy):
    """In the order on offer, one a turn, so that it works under legacy functions as well."""
    table.llm.call_every_tool()
    said = [table.ask(ONE, TWO, legacy=legacy) for _ in range(3)]

    assert [[("one", {"text": "example"})], [("two", {"n": 5})], FAREWELL] == said
    assert [] == table.llm.leftovers()
    with pytest.raises(ScriptExhausted):
        table.ask(ONE, TWO, legacy=legacy)


def test_each_agent_calls_its_own_tools(table):
    """Whoever asks first, and a tool that two of them have is called by both."""
    table.llm.call_every_tool()
    order = [("a", [ONE]), ("b", [ONE, TWO]), ("b", [ONE, TWO]), ("a", [ONE]), ("b", [ONE, TWO])]
    said = [table.ask(*tools, agent=agent) for agent, tools in order]

    assert ["one", "one", "two", FAREWELL, FAREWELL] == [one if isinstance(one, str) else one[0][0] for one in said]


def test_a_tool_that_is_offered_later_is_called_as_well(table):
    """Tools may be registered while the chat goes on."""
    table.llm.call_every_tool(farewell="Bye.")
    assert [[("one", {"text": "example"})], [("two", {"n": 5})], "Bye."] == [
        table.ask(ONE),
        table.ask(ONE, TWO),
        table.ask(ONE, TWO),
    ]


def test_arguments_of_a_test_win_over_the_schema(table):
    """Those left out still come from it; tools can be left out."""
    table.llm.call_every_tool(arguments={"pair": {"url": "https://a.example"}}, leave=["one"])
    pair = tool("pair", {"url": {"type": "string"}, "n": {"type": "integer", "enum": [7, 8]}})

    assert [("pair", {"url": "https://a.example", "n": 7})] == table.ask(ONE, pair)
    assert FAREWELL == table.ask(ONE, pair)


def test_an_agent_with_a_script_of_its_own_keeps_it(table):
    """The sweep is for the others."""
    table.llm.agent("planner").script(say("My plan."))
    table.llm.call_every_tool()
    assert "My plan." == table.ask(ONE, agent="planner")


SCHEMAS = {
    "pattern": {"type": "string", "pattern": r"^[A-Z]{3}-\d{4}$"},
    "format": {"type": "string", "format": "date"},
    "bounds": {"type": "number", "exclusiveMinimum": 2.5, "multipleOf": 0.5, "maximum": 3},
    "nested": {
        "type": "array",
        "minItems": 2,
        "items": {"type": "object", "properties": {"k": {"const": 1}}, "required": ["k"]},
    },
}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_arguments_obey_the_schema(table, schema):
    """Patterns, formats, bounds, what is nested: the turn is held to the schema as every other, and stands."""
    table.llm.call_every_tool()
    table.ask(tool("strict", {"value": schema}))
    assert [] == table.ledger.findings


def test_a_tool_that_no_arguments_fit_is_a_finding_that_names_it(table):
    """With what to write instead."""
    table.llm.call_every_tool()
    with pytest.raises(ScriptBroken, match="finds no arguments for odd"):
        table.ask(tool("odd", {"value": {"type": "integer", "minimum": 5, "maximum": 4}}))
    assert ["script-broken"] == [finding.rule for finding in table.ledger.findings]


@pytest.mark.parametrize(
    ("options", "tools", "says"),
    [
        ({}, None, "no agent that asked the model was offered one"),
        ({}, [], "no agent that asked the model was offered one"),
        ({"leave": ["oen"]}, [ONE], "call_every_tool() names 'oen'"),
        ({"arguments": {"three": {}}}, [ONE], "call_every_tool() names 'three'"),
    ],
    ids=["nobody asks", "no tools", "leaves a stranger", "arguments for a stranger"],
)
def test_a_sweep_that_swept_nothing_is_a_finding(table, options, tools, says):
    """A smoke test that calls nothing is not green."""
    table.llm.call_every_tool(**options)
    for _ in range(len(tools) + 1 if tools is not None else 0):
        table.ask(*tools)

    assert [("turns-left", True)] == [(one.rule, says in one.what) for one in table.llm.leftovers()]


def test_tools_that_were_not_called_are_left_over(table):
    """Where the chat ends too early."""
    table.llm.call_every_tool()
    table.ask(ONE, TWO)
    (left,) = table.llm.leftovers()
    assert ("turns-left", ["call two(n=5)"]) == (left.rule, left.fields["turns"])


def test_a_script_with_turns_left_is_played_first(table):
    """One of the two says what the model says."""
    table.llm.script(say("one"))
    with pytest.raises(UsageError, match="1 turn left"):
        table.llm.call_every_tool()

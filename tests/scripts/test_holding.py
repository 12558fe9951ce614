"""A script is held against agents before it is played: by the rules of play time, each problem at its place in the file."""

from __future__ import annotations

import pytest

from autogen_harness import documents
from autogen_harness.adapters.offers import Offer
from autogen_harness.scripts import loads
from autogen_harness.scripts.holding import problems


def tool(name, **properties):
    parameters = {
        "type": "object",
        "properties": {key: {"type": kind} for key, kind in properties.items()},
        "required": [*properties],
    }
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


PRICE, SEARCH = tool("get_price", ticker="string"), tool("search_web", query="string", limit="integer")
ANALYST = Offer("analyst", {"tools": [PRICE, SEARCH]})
USER = Offer("user", executes=frozenset({"get_price", "search_web"}), has_model=False)
WRITER = Offer("writer", {"functions": [tool("save", text="string")["function"]]}, frozenset({"get_price"}))
SAVER = Offer("saver", executes=frozenset({"save"}), has_model=False)
CAST = (ANALYST, USER, WRITER, SAVER)


def held(text, offers=CAST):
    text = f"format: autogen-harness-script/1\n{text}"
    found = documents.errors_of("s.yaml", text, problems(loads(text), offers), yaml=True)
    return [f"{one.line}:{one.column} {one.problem}" + (f" | {one.hint}" if one.hint else "") for one in found]


SOUND = {
    "calls": "turns:\n- call: get_price\n  args: {ticker: NVDA}\n- calls: [{call: search_web, args: {query: a, limit: 1}}]",
    "an argument from a result": "turns:\n- call: get_price\n  args: {ticker: A}\n- call: search_web\n"
    "  args: {query: {$result: get_price.name}, limit: {$result: get_price.n}}",
    "legacy functions": "turns:\n- {call: save, args: {text: a}, by: writer}",
    "any agent that fits": "turns:\n- {call: save, args: {text: a}}\n- {call: get_price, args: {ticker: A}}",
    "an agent's own": "agents:\n  writer: [{call: save, args: {text: a}}]\nselector: [writer, Please let me think.]",
    "declared faults": "turns:\n- {fail: hallucinated_tool, call: nothing}\n"
    "- {fail: wrong_types, call: get_price, args: {ticker: 5}}\n"
    "- {fail: missing_argument, call: get_price}\n- {fail: malformed_json, call: get_price, args: {ticker: A}}\n"
    "- {fail: long_call_id, call: get_price, args: {ticker: A}}",
    "a pattern of agents": "turns:\n- say: a\n  when: {agent: {$pattern: '^a'}}",
    "failures": "turns:\n- fail: timeout\n- fail: {status: 429}",
}


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND)
def test_a_script_that_can_work_has_no_problem(text):
    """What the agents offer, with what it takes, executed by somebody; faults where they are declared."""
    assert held(text) == []


WRONG = {
    "unknown tool": (
        "turns:\n- call: get_prise\n  by: analyst",
        ["3:9 analyst does not offer get_prise | did you mean 'get_price'?"],
    ),
    "nothing like it": (
        "turns:\n- {call: dance, by: analyst}",
        ["3:10 analyst does not offer dance | it offers get_price, search_web"],
    ),
    "another agent's tool": (
        "turns:\n- {call: save, by: analyst}",
        ["3:10 analyst does not offer save | it offers get_price, search_web"],
    ),
    "missing argument": ("turns:\n- call: get_price", ["3:3 get_price: 'ticker' is a required property"]),
    "misspelt argument": (
        "turns:\n- call: get_price\n  args: {tiker: A}",
        [
            "4:9 get_price: 'ticker' is a required property",
            "4:10 get_price: 'tiker' is no parameter of it | did you mean 'ticker'?",
        ],
    ),
    "wrong type": (
        "turns:\n- call: search_web\n  args: {query: a, limit: three}",
        ["4:27 search_web: limit: 'three' is not of type 'integer'"],
    ),
    "inside of calls": (
        "turns:\n- calls:\n  - {call: get_price, args: {ticker: A}}\n  - {call: get_price, args: {ticker: 5}}",
        ["5:38 get_price: ticker: 5 is not of type 'string'"],
    ),
    "a fault that is none": (
        "turns:\n- fail: wrong_types\n  call: get_price\n  args: {ticker: A}",
        [
            (
                '3:9 fail.wrong_types get_price(ticker="A") is no such fault, so the test would prove nothing: every value '
                "that it gives is one that the tool's schema takes | write what is meant to be wrong, or a sound call(...)"
            )
        ],
    ),
    "unknown agent": ("turns:\n- {say: a, by: analist}", ["3:16 no agent is called analist | did you mean 'analyst'?"]),
    "unknown owner": ("agents:\n  analist:\n  - say: a", ["3:3 no agent is called analist | did you mean 'analyst'?"]),
    "unknown agent of a condition": (
        "turns:\n- say: a\n  when: {agent: analist}",
        ["4:17 no agent is called analist | did you mean 'analyst'?"],
    ),
    "unknown speaker": ("selector: [analyst, analist]", ["2:21 no agent is called analist | did you mean 'analyst'?"]),
    "no model": ("turns:\n- {say: a, by: user}", ["3:16 user has no model, so it never asks for a turn"]),
    "a result of a misspelt call": (
        "turns:\n- call: get_prise\n  by: analyst\n- say: It is ${get_price.a}",
        ["3:9 analyst does not offer get_prise | did you mean 'get_price'?"],
    ),
    "a result of nothing": (
        "turns:\n- call: get_price\n  args: {ticker: A}\n- say: It is ${get_prise.a}",
        ["5:3 result(\"get_prise\").a: no turn calls get_prise | did you mean 'get_price'?"],
    ),
}


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG)
def test_a_problem_is_told_at_its_place_with_the_nearest_right_thing(text, told):
    """One line for each mistake, and no second one for what follows from it."""
    assert held(text) == told


def test_a_tool_that_nobody_else_executes_never_runs():
    """In a chat of two a call goes to the other agent; in a group, or in a team of agentchat, its maker may run it."""
    alone = Offer("analyst", {"tools": [PRICE]}, frozenset({"get_price"}))
    text = "turns:\n- {call: get_price, args: {ticker: A}}"
    fix = " | register the function with the agent that receives the call: register_for_execution"

    assert held(text, (ANALYST,)) == [f"3:10 no agent executes get_price{fix}"]
    assert held(text, (alone,)) == [f"3:10 no agent executes get_price but analyst, and its calls go to another agent{fix}"]
    assert held(text, (Offer("analyst", {"tools": [PRICE]}, frozenset({"get_price"}), runs_own=True),)) == []


def test_a_turn_that_nobody_can_take_is_told():
    """Every agent with a model has a script of its own."""
    assert held("turns:\n- say: a\nagents:\n  analyst: [{say: b}]", (ANALYST, USER)) == [
        "3:3 no agent asks a model for it | give an agent an llm_config, or the turn to another"
    ]

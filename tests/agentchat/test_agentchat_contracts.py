"""Agents of agentchat under contract: what they offer is read; calls cannot be made one by one, which is told."""

from __future__ import annotations

import asyncio
import json

import pytest

pytest.importorskip("autogen_agentchat", reason="autogen-agentchat is not installed")

from autogen_core.tools import FunctionTool

from autogen_harness.contracts import placing, team_contract, tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.registry import TEAM_LAWS

READ = ("tool-names-are-unique", "what-is-advertised-is-registered", "one-schema-per-name")


def price(ticker: str) -> str:
    """The price."""
    return ticker


def rate(currency: str) -> str:
    """The rate."""
    return currency


@pytest.fixture
def checked(monkeypatch):
    """What each law finds in a team, and what it says that it could not look at."""
    monkeypatch.setattr(placing, "refuse_in_a_test", lambda *_: None)

    def check(make):
        found = {}
        for law in TEAM_LAWS:
            with World(team_contract(make).contract) as world:
                found[law.id] = ([breach.what for breach in law.check(world)], world.unseen)
        return found

    return check


def test_agents_run_the_tools_that_they_offer(cast, checked):
    """Three laws are kept, and the others say what they want."""
    found = checked(lambda: cast.team(cast.agent("analyst", price), cast.agent("broker", price)))

    assert [found[law] for law in READ] == [([], "")] * len(READ)
    others = [seen for law, seen in found.items() if law not in READ]
    assert others == [([], "agents whose calls can be made one by one: those of classic AutoGen")] * len(others)


def test_one_name_for_two_tools_is_found(cast, checked):
    """The model of each agent is told something else about it."""
    tools = FunctionTool(price, "The price.", name="look_up"), FunctionTool(rate, "The rate.", name="look_up")
    found = checked(lambda: cast.team(cast.agent("analyst", tools[0]), cast.agent("broker", tools[1])))

    (what,), _ = found["one-schema-per-name"]
    assert what.startswith("analyst and broker offer look_up with different parameters: ")


ASK = {
    "name": "ask",
    "description": "Ask an agent.",
    "parameters": {
        "type": "object",
        "properties": {"question": {"type": "string", "description": "The question.", "examples": ["What is it?"]}},
        "required": ["question"],
        "additionalProperties": False,
    },
}


@pytest.mark.parametrize("shares", [True, False])
@pytest.mark.parametrize("in_team", [True, False])
def test_what_an_agent_of_the_outer_chat_heard_stays_there(cast, monkeypatch, shares: bool, in_team: bool):  # noqa: FBT001  # columns of a table
    """A tool that asks that very agent hands it on; one that makes an agent does not. Afterwards it has heard what it had."""
    monkeypatch.setattr(placing, "refuse_in_a_test", lambda *_: None)
    outer = cast.agent("clerk")

    async def ask(question: str) -> str:
        answerer = outer if shares else cast.agent("helper")
        result = await answerer.run(task=question)
        return json.dumps({"answer": result.messages[-1].content.replace("TERMINATE", "").strip()})

    given = cast.team(outer, cast.agent("broker")) if in_team else outer
    test = tool_contract(ask, pattern=("async", "nested"), schema=ASK, outer=given)
    law = next(law for law in test.laws if law.id == "outer-history-stays-outside")

    with World(test.contract) as world:
        assert bool(list(law.check(world))) is shares
    assert not any("canary" in str(message) for message in asyncio.run(outer._model_context.get_messages()))

"""What agents of autogen-agentchat offer their models. Each runs its own tools."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from autogen_harness.adapters.offers import Offer


def offers(values: Iterable[Any]) -> list[Offer]:
    """The agents among ``values`` and in their teams, each once."""
    return [_offer(agent) for agent in {id(agent): agent for agent in agents_in(values)}.values()]


def agents_in(values: Iterable[Any]) -> Iterator[Any]:
    """The agents among ``values``, and those in teams; one that is in several comes several times."""
    base = sys.modules["autogen_agentchat.agents"].BaseChatAgent
    team = getattr(sys.modules.get("autogen_agentchat.teams"), "BaseGroupChat", base)
    for value in values:
        if isinstance(value, base):
            yield value
        elif isinstance(value, team):
            yield from agents_in(value._participants)


def _offer(agent: Any) -> Offer:
    tools = [*getattr(agent, "_tools", ()), *getattr(agent, "_handoff_tools", ())]
    schemas = [{"type": "function", "function": dict(tool.schema)} for tool in tools]
    has_model = getattr(agent, "_model_client", None) is not None
    functions = {tool.name: tool._func for tool in tools if callable(getattr(tool, "_func", None))}
    return Offer(agent.name, {"tools": schemas}, frozenset(tool.name for tool in tools), has_model, True, functions)

"""What agents of classic AutoGen offer their models, and which tools they execute."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from autogen_harness.adapters.offers import Offer


def offers(values: Iterable[Any]) -> list[Offer]:
    """The agents among ``values`` and in their group chats, each once."""
    conversable = sys.modules["autogen.agentchat.conversable_agent"].ConversableAgent
    found: dict[int, Offer] = {}
    for agent, in_group in _agents([one for one in values if isinstance(one, conversable)]):
        found[id(agent)] = _offer(agent, in_group=in_group or (id(agent) in found and found[id(agent)].runs_own))
    return list(found.values())


def _agents(agents: Iterable[Any]) -> Iterator[tuple[Any, bool]]:
    """Each agent, and whether it is in a group: there the caller may be chosen to execute what it called."""
    for agent in agents:
        yield agent, False
        group = getattr(agent, "groupchat", None)
        for member in getattr(group, "agents", ()):
            yield member, True


def _offer(agent: Any, *, in_group: bool) -> Offer:
    config = agent.llm_config or {}  # False where the agent has no model
    body = {key: config.get(key) for key in ("tools", "functions") if config.get(key)}
    functions = {name: _written(function) for name, function in agent._function_map.items()}
    return Offer(agent.name, body, frozenset(functions), bool(agent.llm_config), in_group, functions)


def _written(function: Any) -> Any:
    """The function that somebody wrote: ``register_for_execution`` puts layers around it, in code of AutoGen's own package.

    A decorator of the user's is no such layer, and what it is around is not looked at.
    """
    package = str(Path(str(sys.modules["autogen"].__file__)).parent)
    while hasattr(function, "__wrapped__") and function.__code__.co_filename.startswith(package):
        function = function.__wrapped__
    return function

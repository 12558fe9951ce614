"""What agents of classic AutoGen have heard: a list of messages for each other agent, and that of their group."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from autogen_harness.adapters.classic_offers import agents_in


def tell(values: Iterable[Any], text: str) -> Callable[[], None] | None:
    """See :data:`~autogen_harness.adapters.histories.Tell`."""
    conversable = sys.modules["autogen.agentchat.conversable_agent"].ConversableAgent
    agents = list({id(one): one for one, _ in agents_in([one for one in values if isinstance(one, conversable)])}.values())
    if not agents:
        return None
    before = [(history, list(history)) for history in _histories(agents)]
    for history, _ in before:
        history.append({"role": "user", "content": text, "name": agents[0].name})
    return partial(_restore, before)


def _histories(agents: list[Any]) -> Iterator[list[Any]]:
    """The lists themselves: of each agent with each, and of groups."""
    for agent in agents:
        yield from (agent._oai_messages[other] for other in {*agents, *agent._oai_messages} if other is not agent)
        group = getattr(agent, "groupchat", None)
        if group is not None:
            yield group.messages


def _restore(before: list[tuple[list[Any], list[Any]]]) -> None:
    for history, messages in before:
        history[:] = messages

"""Agents under contract: what they offer their models, and how they execute calls."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from autogen_harness.adapters.deferral import defer_clients
from autogen_harness.adapters.dispatch import executors_of
from autogen_harness.adapters.offers import offers_of
from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from autogen_harness.adapters.dispatch import Executor
    from autogen_harness.adapters.offers import Offer
    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.subject import Contract


def maker(agents: Any) -> Callable[[], Any]:
    """A function that makes the agents, or one that hands out those that are there."""
    return agents if callable(agents) else partial(_given, agents)


def _given(agents: Any) -> Any:
    return agents


def makes_agents(contract: Contract) -> str:
    """What a law wants that changes the agents."""
    given = isinstance(contract.tool, partial) and contract.tool.func is _given
    return "a function that makes the agents: this law changes them" if given else ""


@dataclass(frozen=True, slots=True)
class Team:
    """What the agents offer, and those that execute tools; read from ``values``."""

    values: list[Any]
    offers: list[Offer]
    executors: list[Executor]

    def receivers(self, offer: Offer) -> list[str]:
        """The agents that receive the calls which the model of an agent makes."""
        return [one.agent for one in self.offers if one.agent != offer.agent or offer.runs_own]

    def state(self) -> dict[str, Any]:
        """What each agent offers and executes now."""
        return copy.deepcopy({one.agent: (one.body, one.executes) for one in offers_of(self.values)})

    def executor(self, agent: str) -> Executor | None:
        """The agent of that name, where its calls can be made one by one."""
        return next((one for one in self.executors if one.agent == agent), None)


@contextmanager
def without_clients() -> Iterator[None]:
    """Agents need no client of a provider, and no key, here: no model is asked."""
    stop = defer_clients(lambda: True)
    try:
        yield
    finally:
        stop()


def team_of(world: World, *, calls: bool = False) -> Team:
    """The team of a contract, made anew where the contract has a function that makes it.

    Args:
        world: of the contract.
        calls: whether calls are to be made one by one; where none can, the world says so.

    Raises:
        UsageError: there is no agent in it.
    """
    with without_clients():
        values = values_of(world.contract.tool())
    offers = offers_of(values)
    if not offers:
        message = f"there is no agent in what {world.contract.name} gives"
        raise UsageError(message)
    executors = executors_of(values)
    if calls and not executors:
        world.unseen = "agents whose calls can be made one by one: those of classic AutoGen"
    return Team(values, offers, executors)


def values_of(found: Any) -> list[Any]:
    """The value itself, or what stands in it where it is a collection."""
    if isinstance(found, Mapping):
        return list(found.values())
    return list(found) if isinstance(found, list | tuple | set | frozenset) else [found]

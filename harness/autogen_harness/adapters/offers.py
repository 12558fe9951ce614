"""What agents offer their models, and which tools they execute: read from agents that stand there and have not run yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autogen_harness.adapters.imported import for_imported


@dataclass(frozen=True, slots=True)
class Offer:
    """One agent, as it would ask a model.

    Attributes:
        agent: its name.
        body: what its requests say of tools: ``tools`` and ``functions``, as the API takes them.
        executes: the tools that it runs when it receives a call.
        has_model: it asks a model at all.
        runs_own: it runs the calls that its own model makes; else another agent receives them.
        functions: those of the tools that it runs which are functions, as they were before the framework wrapped them.
    """

    agent: str
    body: Mapping[str, Any] = field(default_factory=dict)
    executes: frozenset[str] = frozenset()
    has_model: bool = True
    runs_own: bool = False
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


Reader = Callable[[Iterable[Any]], Iterable[Offer]]
"""Finds the agents of one generation among some values, and what each offers."""

READERS: Mapping[str, str] = {
    "autogen.agentchat.conversable_agent": "autogen_harness.adapters.classic_offers:offers",
    "autogen_agentchat.agents": "autogen_harness.adapters.agentchat_offers:offers",
}
"""The module that shows a generation -> the function that reads its agents."""


def offers_of(values: Iterable[Any]) -> list[Offer]:
    """What the agents among ``values`` offer; those inside of group chats and teams are found as well."""
    values = list(values)
    readers: Iterator[Reader] = for_imported(READERS)
    return [offer for reader in readers for offer in reader(values)]

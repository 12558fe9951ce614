"""The agents that a script is held against.

An attribute of a target can be an agent, a collection of agents, or a function without parameters that returns them. Of a
module alone, all agents that stand in it are taken.
"""

from __future__ import annotations

from autogen_harness import targets
from autogen_harness.adapters.offers import Offer, offers_of
from autogen_harness.errors import UsageError


def load_offers(target: str) -> list[Offer]:
    """What the agents of ``target`` offer. What it prints goes to stderr, and its warnings nowhere.

    Raises:
        UsageError: it cannot be imported or called, or there is no agent in it.
    """
    with targets.quiet():
        loaded = targets.load(target)
        meant = targets.called(loaded.value, target) if loaded.attribute else vars(loaded.module)
        found = offers_of(targets.values_in(meant))
    if not found:
        raise UsageError(f"there is no agent in {target}" + ("" if loaded.attribute else _functions(loaded, target)))
    return found


def _functions(loaded: targets.Loaded, target: str) -> str:
    """The functions of a module that could be meant."""
    free = [name for name, one in targets.functions_of(loaded.module).items() if not targets.needs_arguments(one)]
    return f"; does a function make them? {' or '.join(f'{target}:{name}' for name in free[:3])}" if free else ""

"""Check one law of a contract: the table first, then drawn calls; the first breach becomes a failure."""

from __future__ import annotations

from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING

from autogen_harness.contracts import replaying
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.evidence import evidence
from autogen_harness.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from autogen_harness.contracts.law import Breach, Law
    from autogen_harness.contracts.subject import Contract

    Watch = Callable[[World], None]
    Calls = Iterable[tuple[Mapping[str, Any] | None, str]]


def _nobody(_: World) -> None:
    """Looks on at nothing."""


def check(law: Law, contract: Contract, again: Calls = (), *, draw: bool = True, watch: Watch = _nobody) -> str:
    """Look for a breach of one law, in a world of its own.

    Args:
        law: what must hold.
        contract: of which tool.
        again: arguments and faults of calls that broke it before: they are tried before any is drawn.
        draw: let hypothesis draw calls.
        watch: is shown the world afterwards, whatever came of it.

    Returns:
        What could not be looked at, in words; "" where everything was.

    Raises:
        LawBroken: the law's own subclass, for the first breach found.
        MissingExtra: hypothesis is not installed.
    """
    __tracebackhide__ = True
    _load_hypothesis()
    with World(contract) as world:
        breach = breach_in(law, world, again, draw=draw)
    watch(world)
    if breach is not None:
        raise law.broken(evidence(law, contract, breach))
    return world.unseen


def _load_hypothesis() -> None:
    """Before the clock stands still and the folder is another: hypothesis looks at both when it is imported."""
    try:
        import_module("autogen_harness.contracts.generation.fuzz")
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "hypothesis", "contracts") from None


def breach_in(law: Law, world: World, again: Calls = (), *, draw: bool = True) -> Breach | None:
    """The first breach of a law in a world that is open, or None where it holds. Arguments as for :func:`check`."""
    from autogen_harness.contracts.generation import fuzz

    drawn = fuzz.breaches(law, world) if draw else ()
    return next(chain(law.check(world), replaying.breaches(law, world, again), drawn), None)

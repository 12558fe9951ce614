"""Dangerous calls, each in a process of its own with limits on time, memory and files: they cannot harm the test process."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_harness.contracts.calling import again
from autogen_harness.contracts.sandbox.limits import Limits
from autogen_harness.contracts.sandbox.outcome import Outcome

if TYPE_CHECKING:
    from autogen_harness.contracts.calling.world import World

LIMITS = Limits()


def outcomes(world: World, family: str) -> list[Outcome]:
    """What comes of the dangerous calls of one family, in their order; after one that does not come back, no other is tried.

    Raises:
        HarnessError: the other process could not import the tool, or did not come to an end.
    """
    reads = [str((world.home / Path(place)).resolve()) for place in world.contract.hints.reads or ()]
    order = again.order_of(world, family=family, limits=asdict(LIMITS), reads=reads)
    child = again.start("autogen_harness.contracts.sandbox.cell", order)
    try:
        found = again.reported(child, world.contract.name)
    finally:
        with child:
            child.kill()
    tried = [Outcome(**{**one, **_tuples(one)}) for one in found]
    if tried and tried[-1].ended:
        world.unseen = f"calls after one that did not come back: {dict(tried[-1].arguments)}"
    return tried


def _tuples(fields: dict[str, object]) -> dict[str, object]:
    return {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}

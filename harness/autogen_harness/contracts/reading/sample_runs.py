"""What the steps of a chain answer in some ordinary runs: an output schema where nobody wrote one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.generation import boundaries
from autogen_harness.contracts.reading.journey import Journey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autogen_harness.contracts.calling.world import World

MAX_RUNS = 12


def sample_runs(world: World) -> list[Mapping[str, Any]]:
    """The results by step of the ordinary run, and of runs whose first step is called at the edges of its schema."""
    edges = list(boundaries.calls(world.contract.steps[0], world.ordinary))[: MAX_RUNS - 1]
    runs = [_results(world, first) for first in (world.ordinary, *edges)]
    return [results for results in runs if results]


def _results(world: World, first: Mapping[str, Any]) -> Mapping[str, Any]:
    journey = Journey(world.contract)
    world.call(first, tool=journey.go)
    return {step.name: step.value for step in journey.steps if not step.failed}


def values_at(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """What stands at a path, where a place in a list stands for every place; nothing where there is no such field."""
    if not path:
        yield value
        return
    key, *rest = path
    if isinstance(value, dict) and key in value:
        yield from values_at(value[key], rest)
    elif isinstance(value, list) and key.startswith("["):
        for one in value:
            yield from values_at(one, rest)

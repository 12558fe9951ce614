"""What tools owe to each other that are called one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness import schemas
from autogen_harness.contracts.generation.alternatives import opened
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.reading.journey import Journey, path_of, sources_of
from autogen_harness.contracts.reading.sample_runs import sample_runs, values_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.reading.journey import Step
    from autogen_harness.contracts.subject import Contract


def _accepts(world: World) -> Iterator[Breach]:
    journey = Journey(world.contract)
    seen = journey.travel(world)
    for step in journey.steps:
        if step.unfit:
            yield Breach(f"{step.name} does not accept what came before: {step.unfit}", seen)


def _declared_fits(world: World) -> Iterator[Breach]:
    chain = world.contract
    declared = chain.hints.output_schema if isinstance(chain.hints.output_schema, dict) else {}
    seen_in_runs: list[Mapping[str, Any]] = []
    for step in chain.steps[1:]:
        for name, source in sources_of(chain, step.name).items():
            if isinstance(source, str) and path_of(source)[0] in declared:
                yield from _fits(declared, step, name, source)
            elif isinstance(source, str):
                seen_in_runs = seen_in_runs or sample_runs(world)
                yield from _fitted(seen_in_runs, step, name, source)


def _fitted(results: Sequence[Mapping[str, Any]], step: Contract, name: str, source: str) -> Iterator[Breach]:
    """Without an output schema, what came out in some runs stands for it: every item of a list, not only the first."""
    wanted = schemas.Checker({**step.properties[name], "$defs": step.schema.get("$defs", {})})
    values = [value for result in results for value in values_at(result, path_of(source))]
    for value in values if wanted.accepts(next(iter(values), None)) else ():  # of the ordinary run, another law says so
        if not wanted.accepts(value):
            problem = wanted.problems(value)[0].message
            runs = f"{len(results)} sample run{'s' * (len(results) > 1)}, since no output_schema says what it may be"
            yield Breach(f"{source} was {value!r} in {runs}, which {step.name}({name}) does not take: {problem}")
            return


def _fits(output_schema: Mapping[str, Any], step: Contract, name: str, source: str) -> Iterator[Breach]:
    first, *rest = path_of(source)
    declared = output_schema[first]
    found = _part(declared, rest, declared)
    if found is None:
        yield Breach(f"{step.name}({name}) is to come from {source!r}, which the output schema of {first} does not have")
    elif found is not True:
        yield from _subset(found, declared, step, name, source)


def _part(schema: Any, path: list[str], root: Mapping[str, Any]) -> Any:
    """The schema of a place in a value; None where there is no such place, True where nothing is said about it."""
    node = schema
    for key in path:
        node = opened(node, root)
        if not isinstance(node, dict):
            return True
        inner = node.get("items", True) if key.startswith("[") else node.get("properties", {}).get(key)
        if inner is None:
            return None
        node = inner
    return node


def _subset(found: Any, root: Mapping[str, Any], step: Contract, name: str, source: str) -> Iterator[Breach]:
    """Values of the earlier output, each of which the later input must take."""
    from autogen_harness.contracts.generation.samples import samples

    wanted = schemas.Checker({**step.properties[name], "$defs": step.schema.get("$defs", {})})
    for value in samples({**found, "$defs": root.get("$defs", {})}):
        if not wanted.accepts(value):
            problem = wanted.problems(value)[0].message
            yield Breach(f"{source} may be {value!r}, which {step.name}({name}) does not take: {problem}")
            return


def _succeeds(world: World) -> Iterator[Breach]:
    journey = Journey(world.contract)
    seen = journey.travel(world)
    last = journey.steps[-1]
    if last.failed and not last.unfit:
        yield Breach(f"{last.name} fails: {trouble(last)}", seen)


def trouble(step: Step) -> str:
    """What went wrong in a step, in words."""
    if step.raised is not None:
        return f"it raised {type(step.raised).__name__}: {step.raised}"
    return step.not_json or f"it says {step.value!r}"


LAWS = (
    Law(
        id="each-step-accepts-the-previous-output",
        sentence="what a step answers is what the next step's schema allows",
        why="the model has to invent what is missing, or to rename what is called otherwise",
        fix="give one thing one name and one type along the chain, or say where it is: mapping={step: {parameter: path}}",
        check=_accepts,
    ),
    Law(
        id="declared-output-fits-the-next-input",
        sentence="every value that a step's output schema allows, or that sample runs gave, is one that the next step takes",
        why="a chain that works for the example breaks on another company, file or row",
        fix="tighten the output schema, or widen the input's",
        check=_declared_fits,
        needs=("mapping",),
    ),
    Law(
        id="every-step-succeeds",
        sentence="in a world without faults, no step of the chain fails",
        why="a chain is as good as its worst step",
        fix="mend the step, or name an ordinary first call: example={...}",
        check=_succeeds,
    ),
)

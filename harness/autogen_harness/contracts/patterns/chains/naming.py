"""How the steps of a chain call things, and where each input comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.reading.journey import Journey, path_of, sources_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.reading.journey import Step
    from autogen_harness.contracts.subject import Contract


def _one_name(world: World) -> Iterator[Breach]:
    yield from map(Breach, _renamed(world.contract))
    journey = Journey(world.contract)
    seen = journey.travel(world)
    for number, step in enumerate(journey.steps):
        for later in journey.steps[number + 1 :]:
            for problem in _called_otherwise(step, later):
                yield Breach(problem, seen)


def _renamed(chain: Contract) -> Iterator[str]:
    """What the mapping has to rename."""
    for step in chain.steps[1:]:
        for name, source in sources_of(chain, step.name).items():
            path = path_of(source) if isinstance(source, str) else []
            field = path[-1] if len(path) > 1 else name
            if field != name and not field.startswith("["):
                yield f"{path[0]} calls {field!r} what {step.name} calls {name!r}"


def _called_otherwise(step: Step, later: Step) -> Iterator[str]:
    """A text that one step gives under one name, and a later one under another that shares a word with it."""
    first, second = dict(_texts(step.value)), dict(_texts(later.value))
    for name, text in first.items():
        for other, same in second.items():
            if text == same and name != other and name not in second and set(name.split("_")) & set(other.split("_")):
                yield f"{step.name} calls {name!r} what {later.name} calls {other!r}: {text!r}"


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value, with the name that it stands under; of a list, the first item's."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, key)
    elif isinstance(value, list):
        yield from _texts(value[0] if value else None, name)
    elif isinstance(value, str) and value and name:
        yield name, value


def _have_sources(world: World) -> Iterator[Breach]:
    journey = Journey(world.contract)
    seen = journey.travel(world)
    for number, step in enumerate(world.contract.steps[1:], 1):
        before = journey.steps[:number]
        if len(before) < number or before[-1].failed:
            return  # nobody knows what it would have given
        for name in step.required:
            if name not in sources_of(world.contract, step.name) and not _gives(before, name):
                yield Breach(f"nothing gives {step.name}({name}){_nearest(before, name)}", seen)


def _gives(steps: list[Step], name: str) -> bool:
    return any(isinstance(step.value, dict) and name in step.value for step in steps)


def _nearest(steps: list[Step], name: str) -> str:
    """A place deeper in an earlier result that has the name, or one that shares a word with it."""
    places = [(step.name + place, key) for step in reversed(steps) for place, key in _places(step.value)]
    words = set(name.split("_"))
    near = next((place for place, key in places if key == name), "")
    near = near or next((place for place, key in places if words & set(key.split("_"))), "")
    return f"; is it {near!r}?" if near else ""


def _places(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{where}.{key}", key
            yield from _places(inner, f"{where}.{key}")
    elif isinstance(value, list) and value:
        yield from _places(value[0], f"{where}[0]")


LAWS = (
    Law(
        id="one-thing-has-one-name",
        sentence="what the steps of a chain hand on has the same name in every step",
        why="the model has to know that `name`, `company` and `company_name` are one thing, and sometimes does not",
        fix="rename the field or the parameter: an answer's fields are the next step's arguments",
        check=_one_name,
        severity="warning",
    ),
    Law(
        id="every-input-has-a-source",
        sentence="every required input of a step is given by an earlier step, or by the author of the chain",
        why="the model makes up what nobody gives it",
        fix="let an earlier step answer it, or say where it is: mapping={step: {parameter: path}}, or example={step: {...}}",
        check=_have_sources,
    ),
)

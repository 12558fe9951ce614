"""Whether what the model says makes a difference."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering.upstream import status
from autogen_harness.contracts.generation import boundaries
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.reading.verdicts import is_error, parsed
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from autogen_harness.contracts.answering.upstream import Plan
    from autogen_harness.contracts.calling.world import Seen, World

_ABSENT = object()
_VALUES = 6  # of a unit that are compared
_MOST = 30  # calls with other values of one parameter


def _matters(world: World) -> Iterator[Breach]:
    first = world.call(world.ordinary)
    if first.raised is not None or is_error(parsed(first.result)):
        return  # where nothing works nothing matters; another law says so
    plans = [world.calm, *([status(world.main, 503)] if world.origins else [])]
    usual = [_trace(world, world.ordinary, plan) for plan in plans]
    tried: dict[str, int] = {}
    for name, arguments in _variations(world):
        if tried.get(name, 0) >= 0:
            differs = any(_trace(world, arguments, plan) != trace for plan, trace in zip(plans, usual, strict=True))
            tried[name] = -1 if differs else tried.get(name, 0) + 1
    for name, number in tried.items():
        if number > 0:
            seen = world.call(world.ordinary)
            yield Breach(f"{name} makes no difference: {number} other values gave the same requests and the same result", seen)


def _variations(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    """The ordinary call with another value of one parameter, and which."""
    ordinary, number = world.ordinary, dict[str, int]()
    for arguments in boundaries.calls(world.contract, ordinary):
        name = next((key for key in arguments if arguments[key] != ordinary.get(key, _ABSENT)), "")
        number[name] = number.get(name, 0) + 1
        if name and number[name] <= _MOST:
            yield name, arguments


def _trace(world: World, arguments: Mapping[str, Any], plan: Plan) -> Any:
    """All that can be seen of a call; the content of files as it is at its end, and what a model inside was told."""
    seen = world.call(arguments, plan)
    files = {path: hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in seen.inside if Path(path).is_file()}
    told = [request.messages for request in world.inner.requests]
    astray = [one.what for one in seen.astray]
    return seen.result, type(seen.raised), seen.attempts, seen.sleeps, seen.outside, files, astray, told


def _honoured(world: World) -> Iterator[Breach]:
    for name, values in _units(world):
        if len(values) < 2:  # nothing to compare
            world.unseen = f"two values of {name} that the schema allows, in honours"
        answers = [world.call({**world.ordinary, name: value}) for value in values]
        good = [seen for seen in answers if seen.raised is None and not is_error(parsed(seen.result))]
        for first, second in pairwise(good):
            if first.attempts == second.attempts and _unlabelled(first, name) == _unlabelled(second, name):
                yield Breach(f"{name} = {first.arguments[name]!r} and {second.arguments[name]!r} give the same answer", second)


def _units(world: World) -> Iterator[tuple[str, Sequence[Any]]]:
    """Each parameter that is to be honoured, with values that the schema allows."""
    from autogen_harness.contracts.generation.samples import samples  # hypothesis, only where it is needed

    hint, accepts = world.contract.hints.honours, Checker(world.contract.schema).accepts
    for name in hint:
        schema = world.contract.properties.get(name, {})
        given = hint[name] if isinstance(hint, dict) else (*schema.get("enum", ()), *_UNITS)
        allowed = [value for value in given if accepts({**world.ordinary, name: value})]
        yield name, _distinct(allowed or samples(schema))[:_VALUES]


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    found.extend(value for value in values if value not in found)
    return found


_UNITS = ("USD", "EUR", "JPY", "GBP", "km", "mi", "metric", "imperial", "celsius", "fahrenheit", "C", "F", "kg", "lb")


def _unlabelled(seen: Seen, name: str) -> str:
    """The result without the argument's own words: a label alone honours nothing."""
    return str(seen.result).replace(str(seen.arguments[name]), "")


LAWS = (
    Law(
        id="every-argument-matters",
        sentence="for every parameter there are two values that give different requests, files or results",
        why="the model asks for something and is told something else, as if it were the answer",
        fix="use the argument, refuse the values that cannot be served, or take it out of the schema",
        check=_matters,
        missing=no_schema,
        severity="warning",
    ),
    Law(
        id="units-are-honoured-or-refused",
        sentence="a unit or currency that is asked for changes the numbers, goes to the upstream, or is refused",
        why="a price in one currency is shown with the name of another",
        fix="convert, pass it on, or answer {'error': ...} when the upstream speaks in another unit",
        check=_honoured,
        needs=("honours",),
        missing=no_schema,
    ),
)

"""What a chain leaves behind: when it breaks off, when it is done twice, and how often it asks its upstream."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering.upstream import table
from autogen_harness.contracts.calling.performing import perform
from autogen_harness.contracts.generation.mistakes import mistakes
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.reading.journey import Journey, fitting
from autogen_harness.contracts.reading.traces import counts, difference, left_behind
from autogen_harness.contracts.reading.verdicts import is_error, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.reading.journey import Step
    from autogen_harness.contracts.reading.traces import Left
    from autogen_harness.contracts.subject import Contract


def _undone(world: World) -> Iterator[Breach]:
    for number, spoil in _failures(world):
        states: list[Left] = []
        journey, problems = Journey(world.contract, spoil), list[str]()
        seen = world.call(world.ordinary, tool=_broken_off(world.contract, journey, states, problems))
        failing = world.contract.steps[number].name
        for problem in problems:
            yield Breach(f"{failing} fails, and {problem}", seen)
        if name := difference(states[0], states[-1]):
            done = ", ".join(step.name for step in journey.steps[:number])
            yield Breach(f"{failing} fails after {done}, and what they left in {name} is still there when all is undone", seen)


def _failures(world: World) -> Iterator[tuple[int, Callable[[int, dict[str, Any]], dict[str, Any]]]]:
    """Each step but the first, with arguments that it must refuse."""
    calm = Journey(world.contract)
    calm.travel(world)
    for number, taken in enumerate(calm.steps):
        mistake = next(mistakes(world.contract.steps[number], taken.arguments), None)
        if number and mistake is not None and not calm.steps[number - 1].failed:
            wrong = mistake.arguments
            yield number, lambda at, right, number=number, wrong=wrong: wrong if at == number else right  # type: ignore[misc]  # mypy infers no lambda with a default


def _broken_off(contract: Contract, journey: Journey, states: list[Left], problems: list[str]) -> Callable[..., str]:
    def go_and_undo(**first: Any) -> str:
        states.append(left_behind())
        told = journey.go(**first)
        for step in reversed([step for step in journey.steps if not step.failed]):
            undo = contract.hints.compensations.get(step.name)
            if undo is not None and (problem := _undo_problem(undo, step)):
                problems.append(f"the compensation of {step.name} {problem}")
        states.append(left_behind())
        return told

    return go_and_undo


def _undo_problem(undo: Callable[..., Any], step: Step) -> str:
    known = {**step.arguments, **(step.value if isinstance(step.value, dict) else {})}
    try:
        result = perform(undo, fitting(undo, known))
    except Exception as error:  # noqa: BLE001  # what leaves a tool is what we look for
        return f"raised {type(error).__name__}: {error}"
    value = parsed(result)
    return f"says {value!r}" if is_error(value) else ""


def _once(world: World) -> Iterator[Breach]:
    key, journeys = world.contract.hints.idempotency_key, (Journey(world.contract), Journey(world.contract))
    states: list[Left] = []

    def twice(**first: Any) -> str:
        for journey in journeys:
            journey.go(**first)
            states.append(left_behind())
        return json.dumps([journey.steps[-1].value for journey in journeys], default=repr)

    seen = world.call(world.ordinary, tool=twice)
    once, again = (journey.steps[-1] for journey in journeys)
    if once.failed:
        return  # another law says so
    if again.failed:
        yield Breach(f"the chain, done a second time, ends in an error: {again.value!r}", seen)
        return
    keys = [_found(step.value, key) for step in (once, again)]
    if keys[0] is None:
        yield Breach(f"the result of {once.name} has no {key!r}", seen)
    elif keys[0] != keys[1]:
        yield Breach(f"the chain, done twice, gives two records: {key} is {keys[0]!r} and then {keys[1]!r}", seen)
    if name := difference(counts(states[0]), counts(states[1])):
        yield Breach(f"the chain, done twice, leaves more in {name} than done once", seen)


def _found(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _bounded(world: World) -> Iterator[Breach]:
    most = world.contract.hints.limits["calls"]
    for plan in table(world.origins):
        seen = Journey(world.contract).travel(world, plan)
        if len(seen.attempts) > most:
            yield Breach(f"the chain asks its upstream {len(seen.attempts)} times, where {most} is the bound", seen)


def _no_bound(contract: Contract) -> str:
    bounds: Mapping[str, float] = contract.hints.limits or {}
    return "upstream" if not contract.upstream else "" if "calls" in bounds else 'limits={"calls": ...}'


LAWS = (
    Law(
        id="a-failed-chain-is-undone-or-told",
        sentence="when a step fails, the compensations of the steps before it, last first, leave the place as it was",
        why="half of a chain stays: an order without a payment, a record without its lead",
        fix="undo what each step did, by what it answered: compensations={step: undo}",
        check=_undone,
        needs=("compensations",),
    ),
    Law(
        id="the-last-write-is-idempotent",
        sentence="a chain that is done twice makes one record",
        why="models repeat calls, and people press the button again",
        fix="make the record's key from what it is about, and replace the record that has it",
        check=_once,
        needs=("idempotency_key",),
    ),
    Law(
        id="calls-stay-within-the-bound",
        sentence="a chain asks its upstream no more often than its bound, whatever it answers",
        why="retries of retries multiply, and a chain of four steps sends a hundred requests",
        fix="retry in one place, and bound it: max_attempts of each step, times the steps",
        check=_bounded,
        needs=("limits",),
        missing=_no_bound,
    ),
)

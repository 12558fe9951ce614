"""A step of a chain that fails, as a model meets it: in its place, and on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes import fault
from autogen_harness.contracts.answering.upstream import Plan, status_reply
from autogen_harness.contracts.generation.mistakes import mistakes
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.chains.chain import trouble
from autogen_harness.contracts.patterns.every.envelope import same
from autogen_harness.contracts.reading.journey import Journey, Wandering
from autogen_harness.contracts.reading.verdicts import without

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autogen_harness.contracts.answering.upstream import Answer
    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.reading.journey import Step
    from autogen_harness.contracts.subject import Contract


def _clean_errors(world: World) -> Iterator[Breach]:
    yield from _clean_at_each(world)
    yield from _clean_after_moves(world)


def _clean_after_moves(world: World) -> Iterator[Breach]:
    """Calls that fail or are repeated on the way: nothing raises, and without repeats the end is that of the straight way."""
    from autogen_harness.contracts.reading import moves  # hypothesis only where it is needed

    calm = Journey(world.contract)
    calm.travel(world)
    if any(step.failed for step in calm.steps):
        return
    steps = zip(world.contract.steps, calm.steps, strict=True)
    wrong = [next((one.arguments for one in mistakes(step, taken.arguments)), None) for step, taken in steps]

    def play(made: Sequence[str]) -> Breach | None:
        journey = Wandering(world.contract, made, wrong)
        seen = world.call(world.ordinary, tool=journey.go)
        broken = next((step for step in (*journey.asides, *journey.steps) if step.raised is not None or step.not_json), None)
        if broken is not None:
            return Breach(f"{broken.name}, after {', '.join(made)}: {trouble(broken)}", seen)
        if "repeat" in made or _ends_alike(world.contract, calm, journey):
            return None
        return Breach(f"after {', '.join(made)} the chain ends otherwise than without the failures", seen)

    yield from moves.breaches(moves.ErringChain, play)
    yield from moves.breaches(moves.RepeatingChain, play)


def _ends_alike(chain: Contract, one: Journey, other: Journey) -> bool:
    free = frozenset(chain.hints.nondeterministic or ())
    return same(*([without(step.value, free) for step in journey.steps] for journey in (one, other)))


def _clean_at_each(world: World) -> Iterator[Breach]:
    calm = Journey(world.contract)
    calm.travel(world)
    for number, taken in enumerate(calm.steps):
        if taken.failed:  # other laws speak of that; from here on, no input is known to be right
            return
        yield from _bad_input(world, number, taken)
        if world.origins:
            yield from _bad_upstream(world, number)


def _bad_input(world: World, number: int, taken: Step) -> Iterator[Breach]:
    step = world.contract.steps[number]
    for mistake in mistakes(step, taken.arguments):

        def spoil(at: int, arguments: dict[str, Any], wrong: dict[str, Any] = mistake.arguments) -> dict[str, Any]:
            return wrong if at == number else arguments

        journey = Journey(world.contract, spoil)
        seen = journey.travel(world)
        yield from _stops(journey, number, seen, mistake.what)


def _bad_upstream(world: World, number: int) -> Iterator[Breach]:
    failures: list[tuple[str, Answer]] = [
        ("status 503", status_reply(world.main, 503)),
        ("the connection is reset", fault.connection_reset()),
    ]
    for label, failure in failures:
        journey = Journey(world.contract, lambda _, arguments: arguments)
        seen = journey.travel(world, _failing_at(world, journey, number, label, failure))
        if seen.attempts:
            yield from _stops(journey, number, seen, label, only_if_asked=True)


def _failing_at(world: World, journey: Journey, number: int, label: str, failure: Answer) -> Plan:
    return Plan(
        f"{label} at step {number + 1}",
        lambda request, _: failure if len(journey.steps) == number else world.calm.give(request, 0),
    )


def _stops(journey: Journey, number: int, seen: Seen, what: str, *, only_if_asked: bool = False) -> Iterator[Breach]:
    step = journey.steps[min(number, len(journey.steps) - 1)]
    if step.raised is not None or step.not_json:
        yield Breach(f"{step.name}, {what}: {trouble(step)}", seen)
    elif not step.failed and not only_if_asked:
        yield Breach(f"{step.name} accepts it that {what}", seen)


LAWS = (
    Law(
        id="a-bad-step-is-a-clean-error",
        sentence="bad input or a failing upstream at any step ends there, with an error and not with an exception",
        why="an exception in the middle leaves the model without a word on what was done and what was not",
        fix="check arguments where they come in, and return {'error': ...}",
        check=_clean_errors,
    ),
)

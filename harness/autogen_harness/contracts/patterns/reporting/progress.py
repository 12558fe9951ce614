"""What the events of a run say must be so: their order, and their steps. What is not recognised in them is not judged."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.patterns.reporting.callback import PATTERN
from autogen_harness.contracts.reading.runs import NAMED_BY, Recorder, reader, run, situations
from autogen_harness.contracts.reading.verdicts import is_error, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.reading.events import Reader

_FULL = (1, 100)


def _forward(world: World) -> Iterator[Breach]:
    read, found = reader(world.contract), False
    for arguments, plan in situations(world):
        recorder = Recorder()
        seen = run(world, arguments, plan, recorder)
        for role in ("timestamp", "index", "progress"):
            told = [(number, event) for event in recorder.events if (number := read.number(role, event)) is not None]
            found = found or bool(told)
            for (before, one), (after, other) in pairwise(told):
                if after < before and not (role != "timestamp" and _begins_anew(read, role, (before, one), (after, other))):
                    yield Breach(f"the {role} goes back from {before:g} to {after:g}; events: {one!r}, {other!r}", seen)
    if not found:
        world.unseen = NAMED_BY.format("events with a timestamp, an index or a progress")


def _begins_anew(read: Reader, role: str, last: tuple[float, Any], first: tuple[float, Any]) -> bool:
    """Whether counting is by step: the next one begins at its start, after the one before was at its end."""
    (before, one), (after, other) = last, first
    if read.step(one) == read.step(other):
        return False
    return before in _FULL if role == "progress" else after <= 1


def _match(world: World) -> Iterator[Breach]:
    read, recorder = reader(world.contract), Recorder()
    seen = run(world, world.ordinary, None, recorder)
    if seen.raised is not None or is_error(parsed(seen.result)):
        return  # another law says so
    events = [(step, read.stage(event)) for event in recorder.events if (step := read.step(event)) is not None]
    listed = read.steps_in(parsed(seen.result))
    if not any(stage for _, stage in events) and listed is None:
        world.unseen = NAMED_BY.format("events with a step and a status, or a result that lists its steps")
        return
    for problem in (*_order_problems(events), *_listing_problems(listed or (), events, recorder.events)):
        yield Breach(f"{problem}; events: {recorder.events!r}", seen)


def _order_problems(events: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Each step is told to start before it is told to be done, and in a run that succeeds each is done."""
    starts = {step for step, stage in events if stage == "started"}
    dones = {step for step, stage in events if stage == "done"}
    open_steps: list[str] = []
    for step, stage in events:
        if stage == "started":
            open_steps.append(step)
        elif stage == "done" and step in starts and step not in open_steps:
            yield f"step {step!r} is done before it starts"
        elif stage == "done" and step in open_steps:
            open_steps.remove(step)
    tells_both = starts & dones
    for step in dict.fromkeys(open_steps):
        if tells_both and step not in dones:
            yield f"the run succeeds, and step {step!r} started and is never done"


def _listing_problems(listed: Sequence[str], events: Sequence[tuple[str, str]], raw: Sequence[Any]) -> Iterator[str]:
    """The steps that the result lists are told, in that order."""
    told = [step for step, _ in events] or [event for event in raw if isinstance(event, str)]
    place = 0
    for step in listed if told else ():
        at = next((number for number in range(place, len(told)) if step in told[number]), None)
        if at is None:
            yield f"the result lists step {step!r}, which no event tells in its place"
            return
        place = at if events else at + 1


LAWS = (
    Law(
        id="progress-never-goes-back",
        sentence="timestamp, index and progress of a run's events never decrease",
        why="a bar that jumps back is not believed, and who sorts by it has the story in the wrong order",
        fix="count in one place, and take the time when the event is sent",
        check=_forward,
        patterns=PATTERN,
        needs=("callback",),
        missing=no_schema,
    ),
    Law(
        id="events-match-the-steps",
        sentence="a step is told to start before it is told to be done, and the steps in the result are those that were told",
        why="who follows the events believes in another run than the result describes",
        fix="do each step within one function that tells its start and its end, and make the result's list from the same place",
        check=_match,
        patterns=PATTERN,
        needs=("callback",),
        missing=no_schema,
    ),
)

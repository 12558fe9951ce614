"""A run that nobody needs any more."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.patterns.reporting.callback import PATTERN, same_results
from autogen_harness.contracts.reading.runs import Recorder, ends_run, reader, reporting_to, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from autogen_harness.contracts.calling.world import World


class _Cancelling(Recorder):
    """A callback that asks for the end at one event."""

    def __init__(self, at: int, cancel: Callable[[Any], object]) -> None:
        super().__init__()
        self._at, self._cancel = at, cancel

    def react(self, number: int) -> None:
        """Ask once."""
        if number == self._at:
            self._cancel(self.events[-1])


def _cancelled(world: World) -> Iterator[Breach]:
    quiet = Recorder()
    calm = run(world, world.ordinary, None, quiet)
    for number in range(len(quiet.events)):
        callback, others = _asking_at(world, number)
        seen = world.call(world.ordinary, tool=reporting_to(world.contract, callback, **others))
        whole = len(callback.events) >= len(quiet.events)  # too late: nothing was left to be done
        same = seen.raised is None and same_results(world.contract, calm, seen)
        if problem := _cancel_problem(world, number, callback.events) or (
            "" if whole else _told_problem(world, callback, same)
        ):
            yield Breach(f"cancelled at event {number + 1}, {problem}; events: {callback.events!r}", seen)


def _asking_at(world: World, number: int) -> tuple[Recorder, Mapping[str, Any]]:
    """A callback that cancels, and what the tool must be given for that."""
    how = world.contract.hints.cancel
    if callable(how):
        return _Cancelling(number, how), {}
    asked = threading.Event()
    return _Cancelling(number, lambda _: asked.set()), {how: asked}


def _cancel_problem(world: World, number: int, events: Sequence[Any]) -> str:
    """What is wrong with the steps begun after event ``number``."""
    read, ends = reader(world.contract), ends_run(world.contract)
    begun = {read.step(event) for event in events[: number + 1]}
    later = [read.step(event) for event in events[number + 1 :] if read.stage(event) == "started" and not ends(event)]
    new = list(dict.fromkeys(step for step in later if step not in begun))
    return f"it begins {len(new)} more steps" if len(new) > 1 else ""


def _told_problem(world: World, callback: Recorder, same: bool) -> str:  # noqa: FBT001  # what is known of the result
    """What is wrong with how a run that was cut short says so."""
    last = callback.events[-1] if callback.events else None
    if last is None or not ends_run(world.contract)(last):
        return "no event says that the run is over"
    if reader(world.contract).stage(last) == "done":
        return "the last event says that it is completed"
    return "the result is that of a whole run" if same else ""


LAWS = (
    Law(
        id="a-run-can-be-cancelled",
        sentence="a run that is cancelled begins at most one more step, says that it was cancelled, and so does its result",
        why="a pipeline that nobody needs any more goes on for minutes, and holds the chat",
        fix="look for the wish before each step; tell `cancelled` and return {'error': 'cancelled', ...}",
        check=_cancelled,
        patterns=PATTERN,
        needs=("callback", "cancel"),
        missing=no_schema,
    ),
)

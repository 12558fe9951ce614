"""What a callback can do while a run goes on: see another one begin, and ask for the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.events import fields_of
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.callback import PATTERN, same_results
from autogen_harness.contracts.patterns.core import no_schema
from autogen_harness.contracts.runs import Recorder, ends_run, parameter_of, reader, reporting_to, run
from autogen_harness.contracts.standing import played
from autogen_harness.contracts.world import perform

if TYPE_CHECKING:
    from autogen_harness.contracts.world import Seen, World

_PATIENCE = 2.0
"""Real seconds for the second run, where the tool lets only one run at a time."""


class _Interrupted(Recorder):
    """A callback that lets a second run go from its beginning to its end while the first is at its first event."""

    def __init__(self, second: Callable[[], object]) -> None:
        super().__init__()
        self._second = threading.Thread(target=_quietly(second), daemon=True)

    def react(self, number: int) -> None:
        """Start the other run once; where the tool makes it wait for this one, go on."""
        if number == 0 and self._second.ident is None:
            self._second.start()
            self._second.join(_PATIENCE)

    def settle(self) -> bool:
        """Whether the second run has ended too."""
        if self._second.ident is not None:
            self._second.join(_PATIENCE)
        return not self._second.is_alive()


def _quietly(work: Callable[[], object]) -> Callable[[], None]:
    def quiet() -> None:
        with suppress(Exception):  # what leaves a tool is the business of other laws
            work()

    return quiet


def _apart(world: World) -> Iterator[Breach]:
    yield from _apart_in_between(world)
    yield from _apart_after_moves(world)


def _apart_after_moves(world: World) -> Iterator[Breach]:
    """The second run begins at any event of the first, and they take turns."""
    from autogen_harness.contracts import moves  # hypothesis only where it is needed

    lone = Recorder()
    run(world, world.ordinary, None, lone)

    def play(made: Sequence[str]) -> Breach | None:
        seen, both = played(world, made)
        if any(one.elsewhere for one in both):
            return None  # nobody knows whose events they are
        wrong = next((one.events for one in both if _story(world, one.events) != _story(world, lone.events)), None)
        if len(both) == 1:
            return None
        if wrong is not None:
            return Breach(f"of two runs that take turns, one tells {wrong!r}, and alone {lone.events!r}", seen)
        first, second = (one.events for one in both)
        if parameter_of(world.contract) or not fields_of(first[0]) or _own_ids(world, first, second):
            return None
        return Breach(f"no field tells two runs apart that take turns; events: {first!r} and {second!r}", seen)

    yield from moves.breaches(moves.TwoRuns, play)


def _own_ids(world: World, first: Sequence[Any], second: Sequence[Any]) -> bool:
    """Whether some field has one value in all events of a run, and another one in all of the other."""
    groups = _groupings(world, [*first, *second])
    return any(len(pair) == 2 and all(one in (list(first), list(second)) for one in pair) for pair in groups)


def _apart_in_between(world: World) -> Iterator[Breach]:
    contract, lone = world.contract, Recorder()
    run(world, world.ordinary, None, lone)
    if not lone.events:
        return  # another law says so
    own = Recorder() if parameter_of(contract) else None
    both = _Interrupted(lambda: perform(reporting_to(contract, own) if own else tool, world.ordinary))
    tool = reporting_to(contract, both)
    seen = world.call(world.ordinary, tool=tool)
    if not both.settle():
        yield Breach("a run that is begun while another is at its first event does not end", seen)
    elif own is not None:
        yield from _each_its_own(world, lone.events, (both.events, own.events), seen)
    elif not any(_are_two_runs(world, lone.events, groups) for groups in _groupings(world, both.events)):
        yield from _mixed(lone.events, both.events, seen)


def _mixed(alone: Sequence[Any], both: Sequence[Any], seen: Seen) -> Iterator[Breach]:
    if isinstance(both[0], str) and len(set(both)) > len(set(alone)):
        return  # texts that differ between the runs: they may say whose they are, in words
    yield Breach(f"no field of the events tells which of two runs they belong to; events: {list(both)!r}", seen)


def _each_its_own(world: World, alone: Sequence[Any], told: Sequence[Sequence[Any]], seen: Seen) -> Iterator[Breach]:
    """Each run has a callback of its own, which must hear of that run and of nothing else."""
    for events in told:
        if _story(world, events) != _story(world, alone):
            yield Breach(f"of two runs at once, one tells its callback {list(events)!r}, and alone {list(alone)!r}", seen)


def _groupings(world: World, events: Sequence[Any]) -> Iterator[list[list[Any]]]:
    """The events by the value of each field, or of the one that the author named."""
    read = reader(world.contract)
    fields = (None,) if "run_id" in read.said else tuple(fields_of(events[0]))
    for field in fields:
        groups: dict[str, list[Any]] = {}
        for event in events:
            value = read.read("run_id", event) if field is None else fields_of(event).get(field)
            groups.setdefault(repr(value), []).append(event)
        yield list(groups.values())


def _are_two_runs(world: World, alone: Sequence[Any], groups: Sequence[Sequence[Any]]) -> bool:
    return len(groups) == 2 and all(_story(world, events) == _story(world, alone) for events in groups)


def _story(world: World, events: Sequence[Any]) -> list[tuple[Any, Any]]:
    read = reader(world.contract)
    return [(read.step(event), read.stage(event)) for event in events]


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
        id="runs-can-be-told-apart",
        sentence="of two runs at once, every event tells which it belongs to",
        why="two agents, or two calls, share the tool: one progress bar shows both, and one's end is taken for the other's",
        fix="give each run an id of its own when it begins, and put it into every event",
        check=_apart,
        patterns=PATTERN,
        needs=("callback",),
        missing=no_schema,
    ),
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

"""Two runs of a tool at once: whose an event is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.patterns.reporting.callback import PATTERN
from autogen_harness.contracts.reading.events import fields_of
from autogen_harness.contracts.reading.runs import Recorder, parameter_of, reader, run
from autogen_harness.contracts.reading.standing import played
from autogen_harness.contracts.reading.verdicts import is_error, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.reading.standing import Standing


def _apart(world: World) -> Iterator[Breach]:
    from autogen_harness.contracts.reading import moves  # hypothesis only where it is needed

    lone = Recorder()
    run(world, world.ordinary, None, lone)

    def play(made: Sequence[str]) -> Breach | None:
        seen, runs = played(world, made)
        problem = _problem(world, lone.events, runs) if len(runs) == 2 else ""
        return Breach(f"{problem}; events: {[one.events for one in runs]!r}", seen) if problem else None

    if lone.events:  # where there are none, another law says so
        whole_within = play(("begin", *["step second"] * len(lone.events)))
        yield from [whole_within] if whole_within is not None else moves.breaches(moves.TwoRuns, play)


def _problem(world: World, alone: Sequence[Any], runs: Sequence[Standing]) -> str:
    if not all(one.is_over for one in runs):
        return "of two runs at once, one does not end"
    if any(one.raised is not None or is_error(parsed(one.result)) for one in runs):
        return ""  # a tool may let only one run at a time
    if parameter_of(world.contract):
        mixed = any(_story(world, one.events) != _story(world, alone) for one in runs if not one.elsewhere)
        return "of two runs at once, one tells its callback of another run than its own" if mixed else ""
    events = [event for one in runs for event in one.events]
    if any(_are_two_runs(world, alone, groups) for groups in _groupings(world, events)) or _say_it_in_words(alone, events):
        return ""
    return "no field of the events tells which of two runs they belong to"


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


def _say_it_in_words(alone: Sequence[Any], events: Sequence[Any]) -> bool:
    """Whether events are texts that differ between the runs: they may say whose they are, and nobody can tell."""
    return isinstance(events[0], str) and len(set(map(repr, events))) > len(set(map(repr, alone)))


def _story(world: World, events: Sequence[Any]) -> list[tuple[Any, Any]]:
    read = reader(world.contract)
    return [(read.step(event), read.stage(event)) for event in events]


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
)

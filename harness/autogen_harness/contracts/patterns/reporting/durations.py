"""Durations that a tool reports: measured, or made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness.contracts.answering.slowness import slowed
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.patterns.reporting.callback import PATTERN
from autogen_harness.contracts.reading.runs import NAMED_BY, Recorder, reader, run
from autogen_harness.contracts.reading.verdicts import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.calling.world import Seen, World

_ROUGHLY = 1.0  # seconds: what measuring may add on a busy machine


def _measured(world: World) -> Iterator[Breach]:
    quick, slow = _timed(world, 0.0), _timed(world, 10.0)
    (early, before), (late, after) = quick, slow
    if not before or late.elapsed - early.elapsed < 2 * _ROUGHLY:
        world.unseen = NAMED_BY.format("a run that waits, or asks its upstream, and reports durations")
    elif len(before) == len(after) and all(abs(one - other) < _ROUGHLY for one, other in zip(before, after, strict=True)):
        shown = ", ".join(f"{seconds:g}" for seconds in after[:6])
        took = f"{early.elapsed:g} s and, where every wait was longer, {late.elapsed:g} s"
        yield Breach(f"the run took {took}, and both times it reports the same durations: {shown}", late)


def _timed(world: World, extra: float) -> tuple[Seen, list[float]]:
    """A run whose waits and requests each take ``extra`` seconds longer, and the durations that it reports."""
    recorder, read = Recorder(), reader(world.contract)
    with slowed(world, extra) as plan:
        seen = run(world, world.ordinary, plan, recorder)
    return seen, list(read.durations([parsed(seen.result), *recorder.events], frozenset(world.contract.properties)))


LAWS = (
    Law(
        id="reported-durations-are-measured",
        sentence="the durations that are reported follow the time that passes",
        why="a constant says that all is well when a step takes ten times as long",
        fix="take time.monotonic() before and after the work, and report the difference",
        check=_measured,
        patterns=PATTERN,
        needs=("callback",),
        missing=no_schema,
    ),
)

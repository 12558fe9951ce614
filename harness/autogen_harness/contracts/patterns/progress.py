"""What the events of a run say must be so: order, steps, failures, times. What is not recognised in them is not judged."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.names import kind_of, separator_of
from autogen_harness.contracts.patterns.callback import PATTERN
from autogen_harness.contracts.patterns.core import no_schema
from autogen_harness.contracts.runs import Recorder, ends_run, reader, run, situations
from autogen_harness.contracts.slowness import slowed
from autogen_harness.contracts.verdicts import is_error, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autogen_harness.contracts.events import Reader
    from autogen_harness.contracts.subject import Contract
    from autogen_harness.contracts.world import Seen, World

_NAMED_BY = "{} (events={{...}} says which fields)"
_FULL = (1, 100)
_AFTERWARDS = re.compile(r"clean|roll|undo|revert|restor|compens|notif|report|clos|final|releas", re.IGNORECASE)
_STEPS = re.compile(r"(^|_)(steps|stages|phases|tasks|operations|actions|transformations|transforms|filters)$", re.IGNORECASE)
_SOURCE = re.compile(r"(^|_)(source|input)(_|$)", re.IGNORECASE)
_ROUGHLY = 1.0  # seconds: what measuring may add on a busy machine


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
        world.unseen = _NAMED_BY.format("events with a timestamp, an index or a progress")


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
        world.unseen = _NAMED_BY.format("events with a step and a status, or a result that lists its steps")
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


def _stops(world: World) -> Iterator[Breach]:
    read, ends, found = reader(world.contract), ends_run(world.contract), False
    for arguments, plan in situations(world):
        recorder = Recorder()
        seen = run(world, arguments, plan, recorder)
        failed = seen.raised is not None or is_error(parsed(seen.result))
        stages = [read.stage(event) for event in recorder.events]
        found = found or (failed and any(stages))
        if not failed and (name := _not_there(world, arguments)):
            yield Breach(f"{name!r} names a file that is not there, and the run succeeds; events: {recorder.events!r}", seen)
        elif problem := _failure_problem(failed, stages, [bool(ends(event)) for event in recorder.events]):
            yield Breach(f"{problem}; events: {recorder.events!r}", seen)
        elif failed and (step := _step_after_failure(read, recorder.events)):
            yield Breach(f"a step failed, and step {step!r} is begun all the same; events: {recorder.events!r}", seen)
    if not found:
        world.unseen = _NAMED_BY.format("a run that fails and tells so in its status")


def _not_there(world: World, arguments: Mapping[str, Any]) -> str:
    """The parameter for a file to be read that this call names wrongly; "" in other calls."""
    ordinary = world.ordinary
    wrong = [name for name, value in arguments.items() if value != ordinary.get(name) and _SOURCE.search(name)]
    return next((name for name in wrong if (world.files / str(ordinary[name])).is_file()), "")


def _failure_problem(failed: bool, stages: Sequence[str], last: Sequence[bool]) -> str:  # noqa: FBT001  # what is known of the run
    final = next((stage for stage, ends in reversed([*zip(stages, last, strict=True)]) if ends), "")
    if failed and final == "done":
        return "the run failed, and its last event says that it is completed"
    return "the last event says that the run failed, and the result is no error" if not failed and final == "failed" else ""


def _step_after_failure(read: Reader, events: Sequence[Any]) -> str:
    failed_at = next((number for number, event in enumerate(events) if read.stage(event) == "failed"), len(events))
    later = [step for event in events[failed_at + 1 :] if read.stage(event) == "started" and (step := read.step(event))]
    known = {read.step(event) for event in events[: failed_at + 1]}
    return next((step for step in later if step not in known and not _AFTERWARDS.search(step)), "")


def _no_empty_steps(world: World) -> Iterator[Breach]:
    read, contract = reader(world.contract), world.contract
    for arguments in _with_empty_steps(contract, world.ordinary):
        recorder = Recorder()
        seen = run(world, arguments, None, recorder)
        value = parsed(seen.result)
        if seen.raised is not None or is_error(value):
            continue
        if any(step is not None and not step.strip() for step in map(read.step, recorder.events)):
            yield Breach(f"a step without a name is done; events: {recorder.events!r}", seen)
        elif name := next((name for name, listed in _lists(value) if _holds_blank(listed)), ""):
            yield Breach(f"a step without a name is done: the result has it in {name!r}", seen)


def _lists(value: Any) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(value, dict):
        yield from ((name, inner) for name, inner in value.items() if isinstance(inner, list))


def _holds_blank(listed: list[Any]) -> bool:
    return any(isinstance(item, str) and not item.strip() for item in listed)


def _with_empty_steps(contract: Contract, right: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in _step_lists(contract):
        if contract.properties[name].get("type") == "array":
            known = list(right.get(name, ()))
            values: tuple[Any, ...] = ([], [""], ["", *known], [*known, " "])
        else:
            separator, known = separator_of(contract.properties[name]), right.get(name, "")
            values = ("", separator, f"{known}{separator}", f"{known}{separator}{separator}{known}")
        yield from ({**right, name: value} for value in values)


def _step_lists(contract: Contract) -> list[str]:
    """Parameters that list steps: by their name, or as the one list of texts that is no batch of addresses."""
    texts = {name: schema for name, schema in contract.properties.items() if _holds_texts(schema) and not kind_of(name, schema)}
    return [name for name in texts if _STEPS.search(name)]


def _holds_texts(schema: Mapping[str, Any]) -> bool:
    items = schema.get("items")
    one = items if schema.get("type") == "array" and isinstance(items, dict) else schema
    return bool(one.get("type", "string") == "string")


def _no_step_list(contract: Contract) -> str:
    return no_schema(contract) or ("" if _step_lists(contract) else "a parameter that lists steps, such as steps or stages")


def _measured(world: World) -> Iterator[Breach]:
    quick, slow = _timed(world, 0.0), _timed(world, 10.0)
    (early, before), (late, after) = quick, slow
    if not before or late.elapsed - early.elapsed < 2 * _ROUGHLY:
        world.unseen = _NAMED_BY.format("a run that waits, or asks its upstream, and reports durations")
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
    Law(
        id="a-failing-step-ends-the-run",
        sentence="when a step fails, no other is begun, the last event says failed, and the result is an error",
        why="later steps work on what the failed one did not make, and a run that failed is reported as completed",
        fix="let the failure leave the loop over the steps; tell `failed` and return {'error': ...} in one place",
        check=_stops,
        patterns=PATTERN,
        needs=("callback",),
        missing=no_schema,
    ),
    Law(
        id="empty-steps-are-refused",
        sentence="a step without a name is an error, or is left out",
        why="a trailing comma becomes a step that does nothing and is reported as done",
        fix="drop blank names where the list is split, or refuse them: minLength 1 in the schema of an item",
        check=_no_empty_steps,
        patterns=PATTERN,
        needs=("callback",),
        missing=_no_step_list,
    ),
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

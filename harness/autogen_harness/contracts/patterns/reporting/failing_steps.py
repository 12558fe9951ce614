"""What becomes of a run when a step fails, or is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.generation.names import kind_of, separator_of
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.patterns.reporting.callback import PATTERN
from autogen_harness.contracts.reading.runs import NAMED_BY, Recorder, ends_run, reader, run, situations
from autogen_harness.contracts.reading.verdicts import is_error, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.reading.events import Reader
    from autogen_harness.contracts.subject import Contract

_AFTERWARDS = re.compile(r"clean|roll|undo|revert|restor|compens|notif|report|clos|final|releas", re.IGNORECASE)
_STEPS = re.compile(r"(^|_)(steps|stages|phases|tasks|operations|actions|transformations|transforms|filters)$", re.IGNORECASE)
_SOURCE = re.compile(r"(^|_)(source|input)(_|$)", re.IGNORECASE)


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
        world.unseen = NAMED_BY.format("a run that fails and tells so in its status")


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


LAWS = (
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
)

"""What the events of a run say, and what a callback may do: a pipeline with one mistake at a time, and without."""

from __future__ import annotations

import asyncio
import inspect
import json
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.reading.events import Reader
from autogen_harness.contracts.verdict import breach_in
from autogen_harness.errors import UsageError

SCHEMA = {
    "type": "object",
    "properties": {"source_path": {"type": "string"}, "steps": {"type": "string", "description": "Comma-separated names."}},
    "required": ["source_path", "steps"],
}
EXAMPLE = {"source_path": "example.txt", "steps": "sort,trim"}
LAWS = {
    "raising-callback-does-not-break-the-tool",
    "progress-never-goes-back",
    "events-match-the-steps",
    "async-callbacks-are-awaited-or-refused",
    "the-result-does-not-depend-on-the-callback",
    "runs-can-be-told-apart",
    "reported-durations-are-measured",
    "a-failing-step-ends-the-run",
    "empty-steps-are-refused",
    "a-run-can-be-cancelled",
}


class Cancelled(Exception):
    """The run was to stop."""


class Pipeline:
    """A pipeline that makes one mistake; "" is none."""

    def __init__(self, callback: Callable[..., object] | None, bug: str = "", stop: threading.Event | None = None) -> None:
        if inspect.iscoroutinefunction(callback) and bug != "takes any callback":
            raise TypeError("the callback must be a plain function")
        self.callback, self.bug, self.stop, self.runs = callback, bug, stop, count(1)
        self.current, self.open, self.failures = 0, list[int](), 0

    def __call__(self, source_path: str, steps: str) -> str:
        """Do the steps with the text of a file."""
        run = self.current = next(self.runs)
        self.open.append(run)
        try:
            return self.work(run, source_path, steps)
        finally:
            self.open.pop()

    def work(self, run: int, source_path: str, steps: str) -> str:
        self.sent, done, began = count(), [], time.monotonic()
        names = [name for name in steps.split(",") if name.strip() or self.bug == "does empty steps"]
        try:
            text = self.load(source_path, run)
            done.extend(self.step(run, name) for name in names)
        except Cancelled:
            self.tell(run, "all", "completed" if self.bug == "calls it completed" else "cancelled")
            return json.dumps({"error": "cancelled"})
        except OSError:
            if self.bug == "goes on":
                self.step(run, "sort")
            self.tell(run, "all", "completed" if self.bug == "never fails" else "failed")
            return json.dumps({"error": "cannot read"})
        if self.bug == "lists too much":
            done.append({"step": "publish", "duration": 0.0})
        self.tell(run, "all", "completed")
        length = len(text) if self.callback or self.bug != "works for watchers" else 0
        total = 4.0 if self.bug == "declares durations" else time.monotonic() - began
        return json.dumps({"length": length, "steps": done, "total_time": total})

    def load(self, source_path: str, run: int) -> str:
        self.tell(run, "load", "running")
        try:
            text = Path(source_path).read_text(encoding="utf-8")
        except OSError:
            if self.bug == "forgives":
                text = ""
            else:
                self.tell(run, "load", "failed")
                raise
        self.tell(run, "load", "done")
        return text

    def step(self, run: int, name: str) -> dict[str, Any]:
        if self.stop is not None and self.stop.is_set() and self.bug != "does not stop":
            raise Cancelled
        began = time.monotonic()
        self.tell(run, name, "done" if self.bug == "done before it starts" else "running")
        time.sleep(2.0)
        self.tell(run, name, "running" if self.bug == "done before it starts" else "done")
        return {"step": name, "duration": 2.0 if self.bug == "declares durations" else time.monotonic() - began}

    def tell(self, run: int, step: str, status: str) -> None:
        number = next(self.sent)
        event = {"run_id": run, "index": number, "step": step, "status": status}
        if self.bug == "counts down":
            event["index"] = -number
        if self.bug == "one id for all":
            event["run_id"] = self.current
        if self.bug == "the id of the innermost run":
            event["run_id"] = self.open[-1]
        if self.bug == "no id":
            del event["run_id"]
        if self.callback is None or (self.bug == "gives a callback up" and self.failures == 2):
            return
        try:
            self.callback(event)
        except Exception:  # noqa: BLE001  # a callback of anybody
            self.failures += 1


def red(bug: str = "", *, tool: Any = None, **hints: Any) -> dict[str, str]:
    def factory(callback: Any, stop: threading.Event | None = None) -> Pipeline:
        return Pipeline(callback, bug, stop)

    said = {"callback": factory, "cancel": "stop", "example": EXAMPLE, **hints}
    test = tool_contract(tool or Pipeline(None, bug), pattern="callback", schema=SCHEMA, **said)
    with World(test.contract) as world:
        found = {law.id: breach_in(law, world) for law in test.laws if law.id in LAWS}
    return {law: breach.what for law, breach in found.items() if breach}


@pytest.mark.parametrize(
    ("bug", "law", "said"),
    [
        ("counts down", "progress-never-goes-back", "the index goes back from 0 to -1"),
        ("done before it starts", "events-match-the-steps", "step 'sort' is done before it starts"),
        ("lists too much", "events-match-the-steps", "the result lists step 'publish', which no event tells"),
        ("takes any callback", "async-callbacks-are-awaited-or-refused", "of 7 events, an async callback got 0"),
        ("works for watchers", "the-result-does-not-depend-on-the-callback", "with a callback the result is another"),
        ("no id", "runs-can-be-told-apart", "no field of the events tells which of two runs"),
        ("one id for all", "runs-can-be-told-apart", "no field of the events tells which of two runs"),
        ("the id of the innermost run", "runs-can-be-told-apart", "no field of the events tells which of two runs"),
        ("gives a callback up", "raising-callback-does-not-break-the-tool", "after the callback raised at event "),
        ("declares durations", "reported-durations-are-measured", "both times it reports the same durations: 2, 2, 4"),
        ("never fails", "a-failing-step-ends-the-run", "its last event says that it is completed"),
        ("goes on", "a-failing-step-ends-the-run", "step 'sort' is begun all the same"),
        ("forgives", "a-failing-step-ends-the-run", "'source_path' names a file that is not there, and the run succeeds"),
        ("does empty steps", "empty-steps-are-refused", "a step without a name is done"),
        ("does not stop", "a-run-can-be-cancelled", "cancelled at event 1, it begins 2 more steps"),
        ("calls it completed", "a-run-can-be-cancelled", "the last event says that it is completed"),
    ],
)
def test_each_mistake_turns_its_law_red(bug: str, law: str, said: str):
    """That law and no other, with words that point at the mistake."""
    found = red(bug)

    assert set(found) == {law}
    assert said in found[law]


def test_a_pipeline_that_tells_its_progress_well_breaks_no_law():
    """The same without a mistake, and nothing is left unchecked."""
    assert red() == {}

    test = tool_contract(Pipeline(None), pattern="callback", schema=SCHEMA, callback=Pipeline, example=EXAMPLE)
    with World(test.contract) as world:
        assert [law.id for law in test.laws if law.id in LAWS and (breach_in(law, world) or world.unseen)] == []


def test_a_callback_that_is_a_parameter_keeps_runs_apart():
    """Each run has its own; one that goes through a shared place does not."""
    shared: dict[str, Any] = {}

    def keeping(source_path: str, steps: str, on_step: Any = None) -> str:
        return Pipeline(on_step)(source_path, steps)

    def sharing(source_path: str, steps: str, on_step: Any = None) -> str:
        shared["callback"] = on_step

        def latest(event: Any) -> None:
            shared["callback"](event)

        return Pipeline(latest)(source_path, steps)

    wanted = {"callback": "on_step", "cancel": lambda _: None}
    assert "runs-can-be-told-apart" not in red(tool=keeping, **wanted)
    assert "runs-can-be-told-apart" in red(tool=sharing, **wanted)


def test_a_tool_may_let_one_run_go_on_at_a_time():
    """The second waits, or is refused: neither is anybody's mistake."""
    lock = threading.Lock()

    def one_at_a_time(*, waits: bool) -> Callable[..., Any]:
        def factory(callback: Any) -> Callable[..., str]:
            tool = Pipeline(callback)

            def run(source_path: str, steps: str) -> str:
                if not lock.acquire(blocking=waits):
                    return json.dumps({"error": "busy"})
                try:
                    return tool(source_path, steps)
                finally:
                    lock.release()

            return run

        return factory

    for waits in (True, False):
        factory = one_at_a_time(waits=waits)
        said = red(tool=factory(None), callback=factory, cancel=lambda _: None)
        assert "runs-can-be-told-apart" not in said


def test_a_tool_that_awaits_its_callback_may_have_an_async_one():
    """It is told of everything."""

    def factory(callback: Any) -> Callable[..., Any]:
        async def run(source_path: str, steps: str) -> str:
            for step in (*steps.split(","), "completed"):
                told = callback({"step": step, "status": "completed" if step == "completed" else "running"})
                if inspect.isawaitable(told):
                    await told
                await asyncio.sleep(1)
            return json.dumps({"path": source_path})

        return run

    test = tool_contract(factory(lambda _: None), pattern="callback", schema=SCHEMA, callback=factory, example=EXAMPLE)
    law = next(law for law in test.laws if law.id == "async-callbacks-are-awaited-or-refused")
    with World(test.contract) as world:
        assert breach_in(law, world) is None


def article_tool(callback: Any = None) -> Callable[..., str]:
    """Texts as events, and times that are constants: as tutorials have it."""

    def run(source_path: str, steps: str) -> str:
        names = [name.strip() for name in steps.split(",")]
        for name in ("Loading", *names):
            if callback:
                callback(f"Step: {name}")
            time.sleep(0.5)
        listed = [{"step": name, "status": "completed", "duration_secs": 0.5} for name in ("Loading", *names)]
        return json.dumps({"transformations_applied": names, "steps": listed, "total_time_secs": 1.5, "path": source_path})

    return run


def test_events_that_are_texts_are_judged_where_they_can_be():
    """Nothing is read into them; what cannot be recognised is told after the run."""
    test = tool_contract(article_tool(), pattern="callback", schema=SCHEMA, callback=article_tool, example=EXAMPLE)
    found, unseen = {}, {}
    for law in test.laws:
        if law.id in LAWS:
            with World(test.contract) as world:
                breach, unseen[law.id] = breach_in(law, world), world.unseen
            if breach:
                found[law.id] = breach.what

    assert set(found) == {
        "raising-callback-does-not-break-the-tool",
        "async-callbacks-are-awaited-or-refused",
        "runs-can-be-told-apart",
        "reported-durations-are-measured",
        "empty-steps-are-refused",
        "a-failing-step-ends-the-run",
    }
    assert {law: said for law, said in unseen.items() if said} == {
        "progress-never-goes-back": "events with a timestamp, an index or a progress (events={...} says which fields)",
    }


@pytest.mark.parametrize(
    ("said", "event", "stage", "step"),
    [
        ({}, {"step": "load", "status": "Running"}, "started", "load"),
        ({}, {"stage": "load", "state": "error"}, "failed", "load"),
        ({"status": "kind", "step": "what"}, {"kind": "done", "what": "load", "status": 3}, "done", "load"),
        ({"step": 0, "status": 1}, ["load", "started"], "started", "load"),
        ({"step": lambda text: text.partition(": ")[2]}, "Step: load", "", "load"),
        ({"step": None}, {"step": "load", "status": "odd"}, "", None),
        ({}, "completed", "done", None),
        ({}, 3, "", None),
    ],
)
def test_fields_are_found_by_their_names_or_as_the_author_says(said: Any, event: Any, stage: str, step: str | None):
    """A hint wins; what is not known is nothing."""
    read = Reader(said)

    assert (read.stage(event), read.step(event)) == (stage, step)


def test_a_role_that_no_event_has_is_refused():
    """With those that there are."""
    with pytest.raises(UsageError, match="events must be a mapping of some of status, step, "):
        tool_contract(Pipeline(None), pattern="callback", schema=SCHEMA, events={"stat": "x"})


def test_progress_may_begin_anew_with_each_step():
    """And not within one."""

    def progress(*told: tuple[str, int]) -> dict[str, str]:
        def factory(callback: Any) -> Callable[..., str]:
            def run(source_path: str, steps: str) -> str:
                for step, percent in told:
                    callback({"step": step, "percent": percent})
                return json.dumps({"path": source_path + steps})

            return run

        return red(tool=factory(lambda _: None), callback=factory, cancel=lambda _: None)

    assert "progress-never-goes-back" not in progress(("load", 50), ("load", 100), ("sort", 0), ("sort", 100))
    assert "progress-never-goes-back" in progress(("load", 50), ("load", 20), ("sort", 100))
    assert "progress-never-goes-back" in progress(("load", 50), ("sort", 20))

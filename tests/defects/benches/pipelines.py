"""A tool that works in steps and tells a callback of each."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from defects.workbench import Bench, Defect, OutOfReach, contract

from autogen_harness.contracts.subject import Contract
from toolbox.boundary import checked, is_async
from toolbox.envelope import ToolError, failure, success
from toolbox.files import inside, read_bytes

STEPS = ("strip", "sort", "deduplicate")
SECONDS = 0.8
"""What a step takes."""


class Cancelled(Exception):
    """Somebody asked for the end."""


def schema(bugs: frozenset[str]) -> dict[str, Any]:
    """What the model sees: a list of steps, or in K6 one text."""
    path = {"type": "string", "description": "The file, in the working folder.", "minLength": 1, "maxLength": 200}
    one = {"type": "string", "description": "A step.", "enum": list(STEPS)}
    steps: dict[str, Any] = {"type": "array", "description": "What to do.", "items": one, "minItems": 1, "maxItems": 20}
    if "K7" in bugs:
        del steps["maxItems"]
    if "K6" in bugs:
        steps = {"type": "string", "description": "What to do, separated by commas."}
    parameters = {
        "type": "object",
        "properties": {"source_path": path, "transformations": steps},
        "required": ["source_path", "transformations"],
        "additionalProperties": False,
    }
    return {"name": "run_data_pipeline", "description": "Transform the lines of a file.", "parameters": parameters}


class Run:
    """One run: its id, its steps, who is told."""

    def __init__(self, bugs: frozenset[str], callback: Callable[..., Any] | None, stop: threading.Event | None) -> None:
        self._bugs, self._callback, self._stop = bugs, callback, stop
        self._id = {} if "K4" in bugs else {"run_id": uuid.uuid4().hex}
        self.durations: list[float] = []

    def tell(self, step: str, status: str, **more: Any) -> None:
        """Send one event."""
        if self._callback is None:
            return
        event = {**self._id, "step": step, "status": status, **more}
        if "K2" in self._bugs:
            self._callback(event)
            return
        with suppress(Exception):
            self._callback(event)

    def step(self, name: str) -> None:
        """Do one step."""
        if self._stop is not None and self._stop.is_set():
            raise Cancelled
        self.tell(name, "running")
        began = time.monotonic()
        time.sleep(SECONDS)
        duration = SECONDS if "K8" in self._bugs else time.monotonic() - began
        self.durations.append(duration)
        self.tell(name, "done", duration=duration)

    def end(self, status: str) -> None:
        """Tell that the run is over."""
        if "K1" not in self._bugs:
            self.tell("pipeline", status)


def factory(bugs: frozenset[str]) -> Callable[..., Callable[..., str]]:
    """Makes the tool from a callback."""

    def make(callback: Callable[..., Any] | None = None, stop: threading.Event | None = None) -> Callable[..., str]:
        if callback is not None and is_async(callback) and "K3" not in bugs:
            raise TypeError("an async callback would never be awaited")

        @checked(schema(bugs))
        def run_data_pipeline(source_path: str, transformations: Any) -> str:
            run = Run(bugs, callback, stop)
            steps = transformations.split(",") if "K6" in bugs else transformations
            try:
                size = 0 if "K5" in bugs else len(read_bytes(inside(Path.cwd(), source_path), 1_000_000))
                for name in steps:
                    run.step(name)
            except Cancelled:
                run.end("cancelled")
                return failure("the run was cancelled", status="cancelled")
            except (ToolError, OSError) as error:
                run.end("failed")
                return failure(f"the source cannot be read: {type(error).__name__}", status="failed")
            run.end("completed")
            return success(source=source_path, bytes=size, steps=steps, durations=run.durations, status="completed")

        return run_data_pipeline

    return make


def lines(folder: Path) -> None:
    """A file to work on."""
    (folder / "in.txt").write_text("b\na\nb\n", encoding="utf-8")


def pipeline(bugs: frozenset[str]) -> Contract:
    """Three steps over a small file."""
    make, steps = factory(bugs), list(STEPS[:2])
    return contract(
        make(),
        schema(bugs),
        pattern="callback",
        callback=make,
        cancel="stop",
        root=lines,
        example={"source_path": "in.txt", "transformations": ",".join(steps) if "K6" in bugs else steps},
        side_effects="read",
        output_schema=("source", "steps", "status"),
    )


BENCHES = (
    Bench(
        "run_data_pipeline",
        pipeline,
        (
            Defect("K1", "any run: no event ends it", "exactly-one-terminal-event", "0 events end the run"),
            Defect("K2", "a callback that raises: so does the tool", "raising-callback-does-not-break-the-tool", "at event 1"),
            Defect("K3", "an async callback: never awaited", "async-callbacks-are-awaited-or-refused", "nobody awaits it"),
            Defect("K4", "two runs at once: their events are alike", "runs-can-be-told-apart", "no field of the events"),
            Defect("K5", "a source that is not there: completed", "a-failing-step-ends-the-run", "a file that is not there"),
            Defect("K6", 'transformations="": a step without a name', "empty-steps-are-refused", "without a name is done"),
            Defect("K7", "1,000 steps: 800 s", "the-call-ends-within-its-budget", "it took 800.0 s"),
            Defect("K8", "durations are constants", "reported-durations-are-measured", "reports the same durations: 0.8"),
        ),
    ),
)
OUT_OF_REACH = (
    OutOfReach(
        "K9",
        "progress is promised to the agent, and only printed",
        "a callback belongs to the program around the agents; what of it reaches a conversation is a test of a chat",
    ),
    OutOfReach(
        "K16",
        "the result speaks of a status to be checked, and no tool does so",
        "what a text promises in words is not compared with the tools that there are",
    ),
)

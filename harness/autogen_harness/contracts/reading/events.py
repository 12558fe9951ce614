"""What a tool tells its callback, read without knowing its form: which field is the status, the step, the run.

Names decide, and the hint ``events={role: field}`` overrides them. What is not recognised is None: a law that wants it does
not judge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Field = str | int | Callable[[Any], Any] | None

TERMINAL = frozenset({"completed", "failed", "cancelled", "canceled"})
"""Statuses after which nothing may come."""

ROLES: Mapping[str, tuple[str, ...]] = {
    "status": ("status", "state", "event", "type"),
    "step": ("step", "step_name", "stage", "phase", "task"),
    "progress": ("percent", "percentage", "pct", "progress"),
    "index": ("index", "step_index", "step_number", "sequence", "seq"),
    "timestamp": ("timestamp", "ts", "time", "at"),
    "run_id": ("run_id", "run", "job_id", "pipeline_id", "task_id", "execution_id", "tracking_id"),
    "duration": (),
    "steps": ("steps", "completed_steps", "steps_completed", "steps_executed", "transformations_applied"),
}
"""What an event can tell -> the names under which it is looked for; ``duration`` and ``steps`` also in results."""

Stage = Literal["started", "done", "failed", "cancelled", ""]

_STAGES: Mapping[str, Stage] = {
    **dict.fromkeys(
        ("running", "started", "starting", "start", "begin", "in_progress", "in progress", "processing"), "started"
    ),
    **dict.fromkeys(("done", "finished", "completed", "complete", "ok", "success", "succeeded"), "done"),
    **dict.fromkeys(("failed", "failure", "error", "errored", "aborted"), "failed"),
    **dict.fromkeys(("cancelled", "canceled"), "cancelled"),
}

_DURATION = re.compile(r"(^|_)(duration|elapsed|took|total_time)(_|$)", re.IGNORECASE)
_THOUSANDTHS = re.compile(r"(ms|millis|milliseconds)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads events; ``said`` are the fields that the author named: a key, a place, a function, or None for no such."""

    said: Mapping[str, Field]

    def read(self, role: str, event: Any) -> Any:
        """The value that an event has for a role; None where it has none."""
        fields = fields_of(event)
        if role not in self.said:
            return next((fields[name] for name in ROLES[role] if name in fields), None)
        field = self.said[role]
        return field(event) if callable(field) else fields.get(str(field))

    def stage(self, event: Any) -> Stage:
        """Where in its life the step, or the run, of an event is; "" where its status is none that we know."""
        status = event if isinstance(event, str) and "status" not in self.said else self.read("status", event)
        return _STAGES.get(str(getattr(status, "value", status)).strip().lower(), "")

    def step(self, event: Any) -> str | None:
        """The name of the step that an event is about."""
        step = self.read("step", event)
        return step if isinstance(step, str) else None

    def number(self, role: str, event: Any) -> float | None:
        """A value that is a number, a percentage, or a time."""
        return _number(self.read(role, event))

    def durations(self, value: Any, besides: frozenset[str]) -> Iterator[float]:
        """Every duration in a value, in seconds, at any depth; not those under names ``besides``."""
        if isinstance(value, (list, tuple)):
            for item in value:
                yield from self.durations(item, besides)
        elif not isinstance(value, str):
            for name, inner in fields_of(value).items():
                if name not in besides and self._is_duration(name) and _is_number(inner):
                    yield inner / 1000 if _THOUSANDTHS.search(name) else float(inner)
                elif isinstance(inner, (Mapping, list, tuple)):
                    yield from self.durations(inner, besides)

    def _is_duration(self, name: str) -> bool:
        return name == self.said["duration"] if "duration" in self.said else bool(_DURATION.search(name))

    def steps_in(self, result: Any) -> list[str] | None:
        """The steps that a parsed result lists, by name; None where it lists none."""
        listed = self.read("steps", result) if isinstance(result, Mapping) else None
        if not isinstance(listed, list) or not listed:
            return None
        names = [item if isinstance(item, str) else self.step(item) for item in listed]
        return [name for name in names if name is not None] if None not in names else None


def fields_of(event: Any) -> Mapping[str, Any]:
    """An event's fields by name, or by place; empty for one without parts."""
    if isinstance(event, Mapping):
        return {str(name): value for name, value in event.items()}
    if hasattr(event, "_asdict"):
        return dict(event._asdict())
    if isinstance(event, (list, tuple)):
        return {str(place): value for place, value in enumerate(event)}
    names = (*getattr(event, "__dict__", {}), *getattr(type(event), "__slots__", ()))
    return {name: getattr(event, name) for name in names if hasattr(event, name)}


def is_terminal(event: Any) -> bool:
    """Whether an event says that the run is over: a status of completed, failed or cancelled, wherever such words stand."""
    if isinstance(event, str):
        return event.strip().lower() in TERMINAL
    fields = fields_of(event)
    named = [fields[name] for name in ROLES["status"] if name in fields]
    if isinstance(event, (Mapping, list, tuple)):
        return any(is_terminal(value) for value in named or fields.values())
    return any(is_terminal(value) for value in named if isinstance(value, str))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(value: Any) -> float | None:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, str):
        try:
            return float(value.strip().removesuffix("%"))
        except ValueError:
            return _moment(value)
    return float(value) if _is_number(value) else None


def _moment(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None

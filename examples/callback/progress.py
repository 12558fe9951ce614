"""What a long tool tells while it works, and one way to keep it."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Literal, ParamSpec, TypedDict, TypeVar

from toolbox.boundary import is_async

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

Status = Literal["running", "done", "completed", "failed", "cancelled"]

TERMINAL = frozenset({"completed", "failed", "cancelled"})
"""The statuses of a run's last event; every run has exactly one."""


class ProgressEvent(TypedDict):
    """One event: a step of run ``run_id`` starts (``running``) or ends (``done``), or the run ends (one of :data:`TERMINAL`).

    ``index`` counts the events of a run from 0.
    """

    run_id: str
    index: int
    step: str
    status: Status


Callback = Callable[[ProgressEvent], None]


class Cancelled(Exception):
    """Somebody asked for the end of a run, which has begun no step since."""


class Run:
    """Tells ``callback`` about one run, until ``stop`` is set.

    A callback that raises is logged and otherwise ignored: it may not break the work.
    """

    def __init__(self, run_id: str, callback: Callback | None, stop: threading.Event | None = None) -> None:
        self._run_id, self._callback, self._stop, self._index = run_id, callback, stop, 0

    def tell(self, step: str, status: Status) -> None:
        """Send one event."""
        event = ProgressEvent(run_id=self._run_id, index=self._index, step=step, status=status)
        self._index += 1
        if self._callback is None:
            return
        try:
            self._callback(event)
        except Exception:
            logger.exception("the progress callback failed at %s of %s", step, self._run_id)

    def step(self, name: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do ``work`` between a ``running`` and a ``done`` event; there is no ``done`` where it raises.

        Raises Cancelled, before anything is done, where the run is to stop.
        """
        if self._stop is not None and self._stop.is_set():
            raise Cancelled
        self.tell(name, "running")
        result = work(*args, **kwargs)
        self.tell(name, "done")
        return result


def require_synchronous(callback: Callback | None) -> None:
    """Raise TypeError for an ``async def`` callback: nobody would await it."""
    if callback is not None and is_async(callback):
        raise TypeError("the progress callback must be a plain function: an async one would never be awaited")


class ProgressTracker:
    """A callback that keeps the events of the last ``limit`` runs (default 100), apart by run and safe between threads."""

    def __init__(self, limit: int = 100) -> None:
        self._limit = limit
        self._runs: OrderedDict[str, list[ProgressEvent]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, event: ProgressEvent) -> None:
        """Keep one event."""
        with self._lock:
            self._runs.setdefault(event["run_id"], []).append(event)
            if len(self._runs) > self._limit:
                self._runs.popitem(last=False)

    def events(self, run_id: str) -> list[ProgressEvent]:
        """What was told about one run, in order; empty for a run that is unknown or forgotten."""
        with self._lock:
            return list(self._runs.get(run_id, ()))

    def statuses(self) -> dict[str, Status]:
        """The last status of each run, oldest run first."""
        with self._lock:
            return {run_id: events[-1]["status"] for run_id, events in self._runs.items()}

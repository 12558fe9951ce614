"""The jobs that a loop has given to an executor and waits for: while one is at work, the loop's time is real."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType

    from autogen_harness.clock.timeline import Timeline


class Job:
    """One job; ``thread`` is None until it has begun."""

    def __init__(self, executor: Any, timeline: Timeline) -> None:
        self.executor = executor
        self.thread: int | None = None
        self._timeline = timeline

    def wrapped(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return what is given to the executor in place of ``func``; a process gets the function as it is."""
        is_of_threads = self.executor is None or isinstance(self.executor, ThreadPoolExecutor)
        return partial(self._run, func) if is_of_threads else func

    def _run(self, func: Callable[..., Any], *args: Any) -> Any:
        self.thread = threading.get_ident()
        self._timeline.exempt.enter_job(inside=True)
        try:
            return func(*args)
        finally:
            self._timeline.exempt.enter_job(inside=False)


class Jobs:
    """The jobs of one loop, from when they are given away until the loop has seen them end."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []

    def begin(self, executor: Any, timeline: Timeline) -> Job:
        """Count a job that is about to be given to ``executor``; None is the default one, not made yet."""
        job = Job(executor, timeline)
        self._jobs.append(job)
        return job

    def end(self, job: Job, _future: object) -> None:
        """It is done, and the loop knows."""
        self._jobs.remove(job)

    def are_at_work(self, timeline: Timeline, frames: Mapping[int, FrameType]) -> bool:
        """Whether one may go on: not one that is known to wait, nor one that stands in line for a pool full of those."""
        return any(not self._is_stuck(job, timeline, frames) for job in self._jobs)

    def _is_stuck(self, job: Job, timeline: Timeline, frames: Mapping[int, FrameType]) -> bool:
        if job.thread is not None:
            wait = timeline.waits.get(job.thread)
            return wait is not None and wait.is_blocked(frames) and not timeline.reached(wait.due)
        begun = [other for other in self._jobs if other.executor is job.executor and other.thread is not None]
        return len(begun) >= getattr(job.executor, "_max_workers", len(begun) + 1)

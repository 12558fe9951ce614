"""Virtual time for every asyncio event loop of the process, whoever makes it and whenever.

Three methods of ``asyncio.base_events.BaseEventLoop`` are replaced while a clock is on. A loop's own time then stands still
while code computes, so that a schedule comes out exactly; it moves by the time skipped, and by real waits. Before each step
a loop that has nothing to run looks for the first timer and, if nothing real can still happen, skips to it.
"""

from __future__ import annotations

import heapq
from asyncio.base_events import BaseEventLoop
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from autogen_harness.clock import polls
from autogen_harness.clock.jobs import Jobs
from autogen_harness.clock.passing import wait_until_due
from autogen_harness.clock.timeline import Real, Timeline
from autogen_harness.clock.waits import Wait

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import Callable, Mapping
    from types import FrameType

    from autogen_harness.patches import Patches

_PATIENCE = 20_000
"""Readings of a loop's time, without any wait, after which it follows the real clock: else a busy wait would never end."""

_AT = "autogen_harness_pace"
_paces: WeakKeyDictionary[BaseEventLoop, _Pace] = WeakKeyDictionary()
_real: dict[str, Callable[..., Any]] = {}


class _Pace:
    """What is known of one loop: the real part of its time, its jobs, and its timers from before the clock."""

    def __init__(self, loop: Any, timeline: Timeline) -> None:
        self.timeline = timeline
        self.real = Real.monotonic()
        self.readings = 0
        self.jobs = Jobs()
        self.elders = [(timer, timer._when) for timer in loop._scheduled]

    def read(self) -> float:
        """Real seconds that the loop has seen pass."""
        self.readings += 1
        if self.readings > _PATIENCE:
            self.real = max(self.real, Real.monotonic())
        return self.real

    def is_elder(self, timer: Any) -> bool:
        """Whether ``timer`` was begun before the clock."""
        return any(timer is elder for elder, _ in self.elders)

    def place_elders(self, loop: Any, shift: float) -> None:
        """Timers from before are due in real time: write it in terms of the loop's time, which is ``shift`` ahead."""
        self.elders = [(timer, when) for timer, when in self.elders if timer._scheduled]
        for timer, when in self.elders:
            timer._when = when + shift
        if self.elders:
            heapq.heapify(loop._scheduled)


def put(patches: Patches) -> None:
    """Replace the methods, through ``patches``."""
    _paces.clear()
    for method in (time, _run_once, run_in_executor):
        patches.swap(BaseEventLoop, method.__name__, partial(_keep, method))


def _keep(stand_in: Callable[..., Any], real: Callable[..., Any]) -> Callable[..., Any]:
    _real[stand_in.__name__] = real
    return stand_in


def settle(timeline: Timeline) -> None:
    """Write all pending timers in real time again; to be called when the last clock stops."""
    for loop, pace in list(_paces.items()):
        vars(loop).pop(_AT, None)
        scheduled: list[Any] = loop._scheduled  # type: ignore[attr-defined]  # private to asyncio
        shift = Real.monotonic() - pace.real - timeline.offset
        for timer in list(scheduled):
            timer._when += shift
        pace.place_elders(loop, 0.0)
    _paces.clear()


def _pace(loop: Any) -> _Pace | None:
    """Return the pace of ``loop``; None where time is real: no clock, an exempt thread, or a loop without a selector."""
    timeline = Timeline.current
    if timeline is None or timeline.exempt():
        return None
    # Kept at the loop, since a client asks ten times for each request; _paces is for those who want all of them.
    pace: _Pace | None = loop.__dict__.get(_AT)
    if pace is None or pace.timeline is not timeline:
        if not hasattr(getattr(loop, "_selector", None), "get_map"):
            return None
        pace = loop.__dict__[_AT] = _paces[loop] = _Pace(loop, timeline)
    return pace


def time(self: BaseEventLoop) -> float:
    """Stand in for ``BaseEventLoop.time``."""
    pace, timeline = _pace(self), Timeline.current
    if pace is None or timeline is None:
        return Real.monotonic()
    now = pace.read() + timeline.offset
    if pace.elders:
        pace.place_elders(self, now - Real.monotonic())
    return now


def run_in_executor(self: BaseEventLoop, executor: Any, func: Callable[..., Any], *args: Any) -> Future[Any]:
    """Stand in for ``BaseEventLoop.run_in_executor``: counts the jobs that the loop waits for."""
    pace, timeline = _pace(self), Timeline.current
    if pace is None or timeline is None:
        return _start_job(self, executor, func, *args)
    job = pace.jobs.begin(executor or self._default_executor, timeline)  # type: ignore[attr-defined]  # private to asyncio
    future = _start_job(self, executor, job.wrapped(func), *args)
    future.add_done_callback(partial(pace.jobs.end, job))
    return future


def _start_job(loop: BaseEventLoop, *args: Any) -> Future[Any]:
    future: Future[Any] = _real["run_in_executor"](loop, *args)
    return future


def _run_once(self: Any) -> None:
    """Stand in for ``BaseEventLoop._run_once``, one step of a loop: first let time pass, if only time is left to happen."""
    if not self._ready and not self._stopping:
        pace, timeline = _pace(self), Timeline.current
        if pace is not None and timeline is not None:
            pace.readings = 0
            _wait(self, pace, timeline)
    _real["_run_once"](self)


def _wait(loop: Any, pace: _Pace, timeline: Timeline) -> None:
    """Until a file descriptor is ready or a timer is due, skip or wait. Selectors are level-triggered: no event is lost."""
    now = loop.time()
    timers = [timer for timer in loop._scheduled if not timer._cancelled]
    due = min((timer._when for timer in timers if not pace.is_elder(timer)), default=None)
    if loop._executor_shutdown_called or len(loop._selector.get_map()) > 1 or (due is None and timers):
        # One descriptor is the loop's own, to be woken by. A loop that closes waits for threads, from 3.12 on 300 s at most.
        _wait_for_real(loop, pace, min((max(0.0, timer._when - now) for timer in timers), default=None))
    elif due is None:
        with timeline.blocked(Wait(is_blocked=partial(_is_idle, loop))):
            _wait_for_real(loop, pace, None)
    elif due > now:
        _wait_for_timer(loop, pace, due)


def _wait_for_timer(loop: Any, pace: _Pace, due: float) -> None:
    """Wait until ``due``, in the loop's time. What another thread skips as this begins is part of both times, so left out."""
    timeline, counted = pace.timeline, pace.timeline.counted
    left = due - pace.real
    is_polling = polls.hold(left - timeline.offset)
    wait = Wait(
        left + counted,
        loop._write_to_self,
        is_blocked=partial(_is_idle, loop),
        is_held=lambda frames: is_polling(frames) or pace.jobs.are_at_work(timeline, frames),
    )
    wait_until_due(timeline, wait, lambda seconds: bool(loop._selector.select(seconds)) or bool(loop._ready))
    pace.real += timeline.counted - counted
    if timeline.reached(wait.due):
        pace.real = max(pace.real, due - timeline.offset)


def _is_idle(loop: Any, _frames: Mapping[int, FrameType]) -> bool:
    """Whether nobody has given the loop anything to do; what another thread gives to it is there before the loop is woken."""
    return not loop._ready


def _wait_for_real(loop: Any, pace: _Pace, seconds: float | None) -> None:
    """Wait until a descriptor is ready. What other threads skip meanwhile does not count: the loop waits for something real."""
    began, skipped = Real.monotonic(), pace.timeline.skipped
    loop._selector.select(seconds)
    pace.real += Real.monotonic() - began - (pace.timeline.skipped - skipped)

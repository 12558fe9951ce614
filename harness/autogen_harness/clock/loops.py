"""Virtual time for every asyncio event loop of the process, whoever makes it and whenever.

Three methods of ``asyncio.base_events.BaseEventLoop`` are replaced while a clock is on. A loop's own time then stands still
while code computes, so that a schedule comes out exactly; it moves by the time skipped, and by real waits. Before each step
a loop that has nothing to run looks for the first timer and, if nothing real can still happen, skips to it.
"""

from __future__ import annotations

import heapq
from asyncio.base_events import BaseEventLoop
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from autogen_harness.clock.demand import Demand
from autogen_harness.clock.timeline import Real, Timeline, others_at_work, waits_for_a_process

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import Callable

    from autogen_harness.patches import Patches

GRACE = 0.03
"""Real seconds in which another thread gets the chance to wake the loop before time is skipped."""

_QUIET = GRACE / 10
"""Real seconds of CPU that the other threads may want in a grace and still count as at rest."""

_LATE = 5
"""How many graces may end late, on a machine too busy to run anybody, before one of them counts as rest."""

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
        self.jobs = 0
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
    if executor is None or isinstance(executor, ThreadPoolExecutor):  # a process gets the function as it is
        func = partial(_run_job, timeline, func)
    future = _start_job(self, executor, func, *args)
    pace.jobs += 1
    future.add_done_callback(partial(_end_job, pace))
    return future


def _start_job(loop: BaseEventLoop, *args: Any) -> Future[Any]:
    future: Future[Any] = _real["run_in_executor"](loop, *args)
    return future


def _run_job(timeline: Timeline, func: Callable[..., Any], *args: Any) -> Any:
    timeline.exempt.enter_job(inside=True)
    try:
        return func(*args)
    finally:
        timeline.exempt.enter_job(inside=False)


def _end_job(pace: _Pace, _future: object) -> None:
    pace.jobs -= 1


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
    dues = [timer._when for timer in timers if not pace.is_elder(timer)]
    if not dues or pace.jobs or loop._executor_shutdown_called or len(loop._selector.get_map()) > 1:
        # One descriptor is the loop's own, to be woken by. A loop that closes waits for threads, from 3.12 on 300 s at most.
        due = min((timer._when for timer in timers), default=None)
        _wait_for_real(loop, pace, None if due is None else max(0.0, due - now))
    elif min(dues) > now and not _something_happens(loop, pace, min(dues) - now):
        gap = min(dues) - loop.time()  # again: another thread may have slept meanwhile
        timeline.clock.advance(max(0.0, round(gap, 9)))  # a nanosecond is the loop's resolution; below it is float noise
        pace.real = max(pace.real, min(dues) - timeline.offset)


def _wait_for_real(loop: Any, pace: _Pace, seconds: float | None) -> bool:
    """Wait; true if a descriptor is ready."""
    began = Real.monotonic()
    ready = bool(loop._selector.select(seconds))
    pace.real += Real.monotonic() - began
    return ready


def _something_happens(loop: Any, pace: _Pace, gap: float) -> bool:
    """With other threads alive: whether one wakes the loop, or works until the timer that is due in ``gap`` seconds is due."""
    end, late = pace.real + gap, 0
    while others_at_work():
        demand, began = Demand(), Real.monotonic()
        if loop._selector.select(min(gap, GRACE)):
            return True
        took = Real.monotonic() - began
        late += took > 2 * GRACE
        starved = took > 2 * GRACE and late < _LATE  # that nobody used the CPU then does not say that nobody wants it
        if demand.seconds < _QUIET and not starved and not waits_for_a_process(others_at_work()):
            break  # the grace is not counted: what is then skipped is exactly what was asked for
        pace.real += took
        if pace.real >= end:
            return True
    return bool(loop._ready)  # what looks like rest may be a thread that has done its work and ended since we looked

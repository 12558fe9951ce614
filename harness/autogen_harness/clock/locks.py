"""Waits of threads with a time limit: conditions, and with them events, semaphores, queues, futures and timers; and joins.

All but joins come down to one lock that ``threading.Condition.wait`` makes for each wait. In its place comes :class:`_Waiter`,
which does what the lock does, but waits on the virtual clock.
"""

from __future__ import annotations

import concurrent.futures._base
import queue
import sys
import threading
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from autogen_harness.clock.passing import wait_until_due
from autogen_harness.clock.timeline import CARRIERS, Real, Timeline
from autogen_harness.clock.waits import Bell, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType

    from autogen_harness.patches import Patches

_LOOK = 0.005
"""Real seconds after which a thread that joins another sees that virtual time has passed: nothing can ring it."""

_PATIENCE = 100
"""Readings of the time, without a wait, after which it ticks: ``as_completed`` goes on until its limit is past."""

_TICK = 1e-6
_read = threading.local()
_real: dict[str, Callable[..., Any]] = {}


def put(patches: Patches) -> None:
    """Replace what waits, and what bounds a wait by reading the time, through ``patches``."""
    patches.swap(threading, "_allocate_lock", partial(_keep, waiter_lock))
    patches.swap(threading.Event, "wait", partial(_keep, event_wait))
    patches.swap(threading.Thread, "join", partial(_keep, join))
    patches.put(threading, "_time", now)
    patches.put(queue, "time", now)
    patches.put(concurrent.futures._base, "time", SimpleNamespace(monotonic=now))


def _keep(stand_in: Callable[..., Any], real: Callable[..., Any]) -> Callable[..., Any]:
    _real[stand_in.__name__] = real
    return stand_in


def now() -> float:
    """Stand in for the ``monotonic`` by which the :data:`CARRIERS` bound a wait: computing takes no time."""
    timeline = Timeline.current
    if timeline is None or timeline.exempt.waiting():
        return Real.monotonic()
    _read.count = _read.count + 1 if getattr(_read, "at", None) == timeline.now else 1
    _read.at = timeline.now
    return timeline.monotonic + (_TICK if _read.count > _PATIENCE else 0.0)


def waiter_lock() -> Any:
    """Stand in for ``threading._allocate_lock``: what a condition asks for is a :class:`_Waiter`."""
    return _Waiter() if sys._getframe(1).f_code is threading.Condition.wait.__code__ else _real["waiter_lock"]()


class _Waiter:
    """The lock of one wait of a condition: acquired at once, then again to wait until ``notify`` releases it."""

    def __init__(self) -> None:
        self._bell = Bell()
        self._is_made = self._is_given = False

    def release(self) -> None:
        """Notify."""
        self._is_given = True
        self._bell.ring()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002  # as a lock has it
        """Wait until notified; the first call only takes the lock."""
        if not self._is_made:
            self._is_made = True
            return True
        if blocking:
            self._wait(timeout)
        return self._is_given

    def _wait(self, timeout: float) -> None:
        timeline = Timeline.current
        if timeline is None:
            self._block(None if timeout < 0 else timeout)
        elif timeout < 0 or timeline.exempt.waiting():
            with timeline.blocked(Wait(is_blocked=self._is_blocked)):
                self._block(None if timeout < 0 else timeout)
        else:
            wait_until_due(timeline, Wait(timeline.now + timeout, self._bell.ring, self._is_blocked), self._block)

    def _block(self, seconds: float | None) -> bool:
        if not self._is_given:
            self._bell.wait(seconds)
        return self._is_given

    def _is_blocked(self, _frames: Mapping[int, FrameType]) -> bool:
        return not self._is_given


def event_wait(self: threading.Event, timeout: float | None = None) -> bool:
    """Stand in for ``threading.Event.wait``. One that has run out was a sleep, unless a timer's or a future's."""
    came: bool = _real["event_wait"](self, timeout)
    timeline = Timeline.current
    if not came and timeout is not None and timeout > 0 and timeline is not None:
        asked_by = str(sys._getframe(1).f_globals.get("__name__")).partition(".")[0]
        if asked_by not in CARRIERS and not timeline.exempt.waiting():
            timeline.clock.slept(float(timeout), "Event.wait")
    return came


def join(self: threading.Thread, timeout: float | None = None) -> None:
    """Stand in for ``threading.Thread.join``."""
    timeline = Timeline.current
    wait = Wait(is_blocked=partial(_is_running, self))
    if timeline is None or (timeout is not None and timeout <= 0):
        _real["join"](self, timeout)
    elif timeout is None or timeline.exempt.waiting():
        with timeline.blocked(wait):
            _real["join"](self, timeout)
    else:
        wait.due = timeline.now + timeout
        wait_until_due(timeline, wait, partial(_joined, self, timeline, wait))


def _is_running(thread: threading.Thread, frames: Mapping[int, FrameType]) -> bool:
    """Whether a join of ``thread`` blocks: not if it is about to end."""
    return thread.ident in frames and thread.is_alive()


def _joined(thread: threading.Thread, timeline: Timeline, wait: Wait, seconds: float) -> bool:
    """Join for so many real seconds at most, but look now and then whether the wait is over."""
    end = Real.monotonic() + seconds
    _real["join"](thread, 0)
    while thread.is_alive() and not timeline.reached(wait.due) and (left := end - Real.monotonic()) > 0:
        _real["join"](thread, min(left, _LOOK))
    return not thread.is_alive()

"""Ends a test in which nothing happens any more: a chat that waits for ever says nothing by itself.

An ordinary exception is raised in the main thread by SIGALRM, and again until the test returns, because AutoGen may swallow
the first. pytest-timeout uses the same timer: whatever handler and time left are found are put back, and its deadline is kept.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from autogen_harness.errors import ChatHung

_now = time.perf_counter


@contextmanager
def watchdog(limit: float, quiet: Callable[[], float], hung: Callable[[], str]) -> Iterator[None]:
    """Raise :class:`ChatHung` in the main thread when ``quiet()`` exceeds ``limit`` seconds.

    Args:
        limit: real seconds; 0 or less switches it off. It is off as well outside the main thread and without SIGALRM.
        quiet: real seconds since something last happened.
        hung: called when the time is up; returns the text of the exception.
    """
    if limit <= 0 or not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return
    watch = _Watch(limit, quiet, hung)
    watch.arm()
    try:
        yield
    finally:
        watch.disarm()


class _Watch:
    def __init__(self, limit: float, quiet: Callable[[], float], hung: Callable[[], str]) -> None:
        self._limit, self._quiet, self._hung = limit, quiet, hung
        self._found: Any = None
        self._deadline: float | None = None

    def arm(self) -> None:
        self._found = signal.signal(signal.SIGALRM, self._rang)
        left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
        self._deadline = _now() + left if left else None
        self._set(self._limit)

    def disarm(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._found)
        if self._deadline is not None:
            signal.setitimer(signal.ITIMER_REAL, max(self._deadline - _now(), 0.001))

    def _set(self, seconds: float) -> None:
        others = self._deadline - _now() if self._deadline is not None else seconds
        signal.setitimer(signal.ITIMER_REAL, max(min(seconds, others), 0.001))

    def _rang(self, number: int, frame: FrameType | None) -> None:
        if self._deadline is not None and _now() >= self._deadline:
            self._deadline = None
            self._found(number, frame)
        left = self._limit - self._quiet()
        self._set(left if left > 0 else self._limit)
        if left <= 0:
            raise ChatHung(self._hung())

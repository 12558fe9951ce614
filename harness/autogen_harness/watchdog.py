"""Ends a test in which nothing happens any more: a chat that waits for ever says nothing by itself.

An ordinary exception is raised in the main thread by SIGALRM, and again until the test returns, because AutoGen may swallow
the first. pytest-timeout uses the same timer: whatever handler and time left are found are put back, and its deadline is kept.
Where there is no such signal, nothing can be raised: a thread says what was last heard and ends the process.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol

from autogen_harness.clock.timeline import Real
from autogen_harness.errors import ChatHung


class _Watch(Protocol):
    def arm(self) -> None: ...
    def disarm(self) -> None: ...


def abort(text: str) -> None:
    """Say what happened and where each thread is, and end the process: nothing else ends a thread that waits."""
    print(f"\nautogen-harness: chat-hung: {text}", file=sys.__stderr__, flush=True)
    faulthandler.dump_traceback(sys.__stderr__ or 2)
    os._exit(1)


@contextmanager
def watchdog(
    limit: float, quiet: Callable[[], float], hung: Callable[[], str], abort: Callable[[str], None] = abort
) -> Iterator[None]:
    """Raise :class:`ChatHung` in the main thread when ``quiet()`` exceeds ``limit`` seconds.

    Args:
        limit: real seconds; 0 or less switches it off.
        quiet: real seconds since something last happened.
        hung: called when the time is up; returns the text of the exception.
        abort: called with that text instead, from another thread, where nothing can be raised: outside the main thread and
            on systems without SIGALRM.
    """
    if limit <= 0:
        yield
        return
    watch: _Watch = _Alarm(limit, quiet, hung) if _has_alarm() else _Thread(limit, quiet, lambda: abort(hung()))
    watch.arm()
    try:
        yield
    finally:
        watch.disarm()


def _has_alarm() -> bool:
    """Can a signal interrupt this thread, and its handler be put back? None is a handler that Python cannot install."""
    main = threading.current_thread() is threading.main_thread()
    return main and hasattr(signal, "SIGALRM") and signal.getsignal(signal.SIGALRM) is not None


def debugging() -> bool:
    """Does a person sit in a debugger? Their pauses are no hang."""
    tracer = getattr(sys.gettrace(), "__module__", None) or ""
    return tracer in ("bdb", "pdb") or "pydevd" in sys.modules


class _Alarm:
    """Raises in the main thread. The timer belongs to the process, so the earlier of two deadlines is always the one set."""

    def __init__(self, limit: float, quiet: Callable[[], float], hung: Callable[[], str]) -> None:
        self._limit, self._quiet, self._hung = limit, quiet, hung
        self._found: Any = None
        self._deadline: float | None = None
        self._interval = 0.0

    def arm(self) -> None:
        self._found = signal.signal(signal.SIGALRM, self._rang)
        left, self._interval = signal.setitimer(signal.ITIMER_REAL, 0)
        self._deadline = Real.monotonic() + left if left else None
        self._set(self._limit)

    def disarm(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._found)
        if self._deadline is not None:
            signal.setitimer(signal.ITIMER_REAL, max(self._deadline - Real.monotonic(), 0.001), self._interval)

    def _set(self, seconds: float) -> None:
        others = self._deadline - Real.monotonic() if self._deadline is not None else seconds
        signal.setitimer(signal.ITIMER_REAL, max(min(seconds, others), 0.001))

    def _rang(self, number: int, frame: FrameType | None) -> None:
        others = self._deadline is not None and Real.monotonic() >= self._deadline
        if others:
            self._deadline = Real.monotonic() + self._interval if self._interval else None
        left = self._limit - self._quiet()
        self._set(left if left > 0 else self._limit)
        if others:
            self._pass_on(number, frame)
        if left <= 0 and not debugging():
            raise ChatHung(self._hung())

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        """The alarm was meant for whoever set it before us."""
        if callable(self._found):
            self._found(number, frame)
        elif self._found == signal.SIG_DFL:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)


class _Thread:
    """Watches from a thread of its own. The virtual clock knows by the thread's name that it is not at work."""

    def __init__(self, limit: float, quiet: Callable[[], float], end: Callable[[], None]) -> None:
        self._limit, self._quiet, self._end = limit, quiet, end
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="autogen_harness watchdog", daemon=True)

    def arm(self) -> None:
        self._thread.start()

    def disarm(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        left = self._limit
        while not self._over.wait(left):
            left = self._limit - self._quiet()
            if left <= 0:
                left = self._limit
                if not debugging():
                    self._end()

"""A thread that is blocked, as the virtual clock knows it: until when, whether it still is, and how to make it look again."""

from __future__ import annotations

import gc
import math
import sys
from contextlib import suppress
from dataclasses import dataclass
from threading import TIMEOUT_MAX, Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType

_alone = Lock()


def frames_of_threads() -> dict[int, FrameType]:
    """Return the frame in which each thread is.

    The garbage collector is off meanwhile: one that frees a ``threading.local`` in there waits for ever for a lock that
    ``sys._current_frames`` holds. Source: https://github.com/python/cpython/issues/106883; seen with CPython 3.11.7.
    """
    with _alone:
        was_on = gc.isenabled()
        gc.disable()
        try:
            return sys._current_frames()
        finally:
            if was_on:
                gc.enable()


class Bell:
    """Wakes one thread. A ring that comes while the thread is awake counts for its next wait."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lock.acquire()

    def ring(self) -> None:
        """Wake the thread; from any thread, any number of times."""
        with suppress(RuntimeError):  # it was rung already
            self._lock.release()

    def wait(self, seconds: float | None = None) -> None:
        """Block until it rings, at most for ``seconds`` of real time."""
        self._lock.acquire(timeout=-1 if seconds is None else min(seconds, TIMEOUT_MAX))


def _nothing() -> None:
    """Ring nobody: the thread looks by itself, or is not to be woken."""


@dataclass(eq=False, slots=True)
class Wait:
    """What one thread waits for.

    Attributes:
        due: when the wait is over if nothing comes, in virtual seconds of the timeline; infinite if it has no limit.
        ring: makes the thread look again.
        is_blocked: given the frames of all threads, whether nothing has come yet: what has been woken is at work.
        is_held: given the same, whether time must not be skipped to ``due``, because what may come first is real.
        is_sleep: nothing but time ends it.
    """

    due: float = math.inf
    ring: Callable[[], None] = _nothing
    is_blocked: Callable[[Mapping[int, FrameType]], bool] = lambda _: True
    is_held: Callable[[Mapping[int, FrameType]], bool] = lambda _: False
    is_sleep: bool = False

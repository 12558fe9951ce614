"""The one virtual time of the process, which every started clock moves, and who never sees it.

The rule "is this caller exempt" is written here and nowhere else: :class:`Exemptions`.
"""

from __future__ import annotations

import asyncio
import math
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakSet

from autogen_harness.clock.demand import Rest
from autogen_harness.clock.waits import frames_of_threads

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from types import FrameType

    from autogen_harness.clock.virtual import VirtualClock
    from autogen_harness.clock.waits import Wait

RUNNERS = ("_pytest", "pytest", "pytest_timeout", "execnet", "xdist", "hypothesis", "multiprocessing", "subprocess")
"""Top-level packages whose waits are real: what runs the tests, and what waits for another process."""

WAITERS = ("autogen_harness", "asyncio", "concurrent", "queue", "threading", "selectors", "socket")
"""Top-level packages that *read* the real ``time.monotonic``, because they use it to bound a wait that is real.

``autogen_harness`` must not be exempt from sleeping: it calls the jobs that a test gives to an executor. What these packages
wait for by a lock is real too, but for the three that only carry out a wait of their caller's.
"""

CARRIERS = ("concurrent", "queue", "threading")
"""Packages that wait on behalf of their caller, who decides whether the wait is virtual."""

_US = "autogen_harness.clock"
_RESOLUTION = 1e-9
"""Virtual seconds: the resolution of an event loop; below it is float noise."""


def _true(name: str) -> Any:
    """A function of ``time``: freezegun may be on already when this module is first imported, and then knows the real one."""
    return getattr(sys.modules.get("freezegun.api"), f"real_{name}", getattr(time, name))


class Real:
    """The real functions. In a class, since freezegun rewrites the module attributes that hold one of them."""

    sleep = staticmethod(time.sleep)
    monotonic: Callable[[], float] = staticmethod(_true("monotonic"))
    monotonic_ns: Callable[[], int] = staticmethod(_true("monotonic_ns"))
    perf_counter: Callable[[], float] = staticmethod(_true("perf_counter"))
    perf_counter_ns: Callable[[], int] = staticmethod(_true("perf_counter_ns"))
    wall: Callable[[], float] = staticmethod(_true("time"))
    cpu = staticmethod(time.process_time)
    async_sleep: Callable[..., Awaitable[Any]] = staticmethod(asyncio.sleep)


class Timeline:
    """Virtual time since the first clock was started. Clocks nest, and share it, so that time never goes back meanwhile.

    Attributes:
        offset: seconds advanced by any clock: what is added to the real clocks.
        skipped: those of ``offset`` that a wait has skipped.
        counted: real seconds that waits have taken, and that count toward their end.
        waits: by thread, what it is blocked on, as far as it is known.
        rest: which of the other threads were found at rest.
        busy: real seconds for which other threads have been at work while somebody waited, since they last were at rest.
    """

    current: ClassVar[Timeline | None] = None

    def __init__(self) -> None:
        self.offset = self.skipped = self.counted = self.busy = 0.0
        self.clocks: list[VirtualClock] = []
        self.exempt = Exemptions()
        self.lock = threading.RLock()
        self.waits: dict[int, Wait] = {}
        self.rest = Rest()
        self._began = Real.monotonic()

    @property
    def clock(self) -> VirtualClock:
        """The clock that waits act on: the one started last."""
        return self.clocks[-1]

    @property
    def now(self) -> float:
        """Virtual seconds that threads have waited. Computing takes none."""
        return self.offset + self.counted

    @property
    def monotonic(self) -> float:
        """``now``, as a reading of a monotonic clock."""
        return self._began + self.now

    def reached(self, due: float) -> bool:
        """Whether ``due`` is now or past."""
        return due - self.now <= max(_RESOLUTION, 2 * math.ulp(self.now))

    def passed(self, *, skipped: float = 0.0, counted: float = 0.0, by_hand: float = 0.0) -> None:
        """Let time pass, and wake every thread that is due."""
        with self.lock:
            self.offset = round(self.offset + skipped + by_hand, 9)
            self.skipped += skipped
            self.counted += counted
            for wait in list(self.waits.values()):
                if self.reached(wait.due):
                    wait.ring()

    def let_go(self) -> None:
        """Wake every thread: there is no clock any more."""
        for wait in list(self.waits.values()):
            wait.ring()

    def first(self, frames: Mapping[int, FrameType]) -> Wait | None:
        """The wait that is over first, of the living threads."""
        living = [wait for thread, wait in list(self.waits.items()) if thread in frames and wait.due < math.inf]
        return min(living, key=lambda wait: wait.due, default=None)

    @contextmanager
    def blocked(self, wait: Wait) -> Iterator[None]:
        """Inside of the block the calling thread is known to wait. Who is first looks again at both ends: it may now go on."""
        me = threading.get_ident()
        outer = self.waits.get(me)
        self.waits[me] = wait
        try:
            self._ring_first(wait)
            yield
        finally:
            if outer is None:
                self.waits.pop(me, None)
            else:
                self.waits[me] = outer  # a wait of a finalizer, or of a signal's handler, inside of another
            self._ring_first(wait)

    def _ring_first(self, me: Wait) -> None:
        if self.waits and (first := self.first(frames_of_threads())) is not None and first is not me:
            first.ring()


class Exemptions:
    """Who sees real time while a clock is on: test runners, and threads that were there before and know nothing of the test."""

    def __init__(self) -> None:
        starter = threading.current_thread()
        self._insiders = {starter.ident, threading.main_thread().ident}
        self._before = WeakSet(thread for thread in threading.enumerate() if thread.ident not in self._insiders)
        self._job = threading.local()

    def __call__(self, module: str = "", *, reading: bool = False) -> bool:
        """Whether code of ``module``, in the calling thread, is exempt; ``reading`` a clock is exempt for more than waiting."""
        if module:
            package = module.partition(".")[0]
            if package in RUNNERS or (reading and package in WAITERS):
                return True
        return threading.get_ident() not in self._insiders and self._outsider()

    def waiting(self) -> bool:
        """Whether a wait on a lock is exempt that the calling thread is about to begin: who asked for it decides."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            module = str(frame.f_globals.get("__name__"))
            package = module.partition(".")[0]
            if package not in CARRIERS and not module.startswith(_US):
                return package in WAITERS or self(module)
            frame = frame.f_back
        return threading.current_thread().name.startswith((*RUNNERS, "autogen_harness")) or self()

    def is_from_before(self, thread: threading.Thread | None) -> bool:
        """Whether ``thread`` was there before the clock, or is not known to ``threading``."""
        return thread is None or thread in self._before

    def enter_job(self, *, inside: bool) -> None:
        """Say that the calling thread begins, or ends, a job that was handed to it while the clock is on."""
        self._job.inside = inside

    def _outsider(self) -> bool:
        if getattr(self._job, "inside", False):
            return False
        me = threading.get_ident()
        # Not current_thread(): for a thread not made by threading it would register a stand-in, for ever.
        return self.is_from_before(next((thread for thread in threading.enumerate() if thread.ident == me), None))

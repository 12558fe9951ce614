"""The one virtual time of the process, which every started clock moves, and who never sees it.

The rule "is this caller exempt" is written here and nowhere else: :class:`Exemptions`.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import FrameType

    from autogen_harness.clock.virtual import VirtualClock

RUNNERS = ("_pytest", "pytest", "pytest_timeout", "execnet", "xdist", "hypothesis", "multiprocessing", "subprocess")
"""Top-level packages whose waits are real: what runs the tests, and what waits for another process."""

WAITERS = ("autogen_harness", "asyncio", "concurrent", "queue", "threading", "selectors", "socket")
"""Top-level packages that *read* the real ``time.monotonic``, because they use it to bound a wait that is real.

``autogen_harness`` must not be exempt from waiting: it calls the jobs that a test gives to an executor.
"""

_PROCESS_WAITS = ("subprocess", "asyncio.unix_events", "multiprocessing")


class Real:
    """The real functions. In a class, since freezegun rewrites the module attributes that hold one of them."""

    sleep = staticmethod(time.sleep)
    # freezegun may be on already when this module is first imported, and then knows the true one
    monotonic: Callable[[], float] = staticmethod(getattr(sys.modules.get("freezegun.api"), "real_monotonic", time.monotonic))
    wall: Callable[[], float] = staticmethod(getattr(sys.modules.get("freezegun.api"), "real_time", time.time))
    cpu = staticmethod(time.process_time)
    async_sleep: Callable[..., Awaitable[Any]] = staticmethod(asyncio.sleep)


class Timeline:
    """Virtual seconds skipped by any clock since the first was started: what is added to the real clocks.

    Clocks nest, and share it, so that no clock of the process ever goes back while one is on.
    """

    current: ClassVar[Timeline | None] = None

    def __init__(self) -> None:
        self.offset = 0.0
        self.clocks: list[VirtualClock] = []
        self.exempt = Exemptions()
        self.lock = threading.RLock()

    @property
    def clock(self) -> VirtualClock:
        """The clock that waits act on: the one started last."""
        return self.clocks[-1]


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

    def enter_job(self, *, inside: bool) -> None:
        """Say that the calling thread begins, or ends, a job that was handed to it while the clock is on."""
        self._job.inside = inside

    def _outsider(self) -> bool:
        if getattr(self._job, "inside", False):
            return False
        me = threading.get_ident()
        # Not current_thread(): for a thread not made by threading it would register a stand-in, for ever.
        thread = next((thread for thread in threading.enumerate() if thread.ident == me), None)
        return thread is None or thread in self._before


def others_at_work() -> list[str]:
    """List the modules in which other threads are right now, but for threads of test runners and idle pool workers."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    me = threading.get_ident()
    return [
        str(frame.f_globals.get("__name__"))
        for ident, frame in sys._current_frames().items()
        if ident != me and not _runs_tests(frame, names.get(ident, "")) and not _idle_worker(frame)
    ]


def waits_for_a_process(modules: list[str]) -> bool:
    """Whether one of ``modules`` (see :func:`others_at_work`) is where a thread blocks on a real process, at rest or not."""
    return any(module.startswith(_PROCESS_WAITS) for module in modules)


def _runs_tests(frame: FrameType | None, name: str) -> bool:
    if name.startswith(
        (*RUNNERS, "autogen_harness")
    ):  # pytest-timeout waits in a threading.Timer, which only its name gives away
        return True
    while frame is not None:
        if str(frame.f_globals.get("__name__")).partition(".")[0] in ("execnet", "xdist", "pytest_timeout"):
            return True
        frame = frame.f_back
    return False


def _idle_worker(frame: FrameType) -> bool:
    """Whether the thread is a worker of a pool at rest: else each wait after a job would cost a grace.

    That it waits for a job is not enough: from CPython 3.13 a job is handed over before the worker's frame shows it. The
    pool's count of idle workers goes down within ``submit``.
    """
    if frame.f_code.co_name != "_worker" or frame.f_globals.get("__name__") != "concurrent.futures.thread":
        return False
    seen = frame.f_locals
    pool = seen["executor_reference"]() if "executor_reference" in seen else None
    if pool is None or seen.get("work_item") is not None:
        return False
    return bool(pool._work_queue.empty() and pool._idle_semaphore._value == len(pool._threads))

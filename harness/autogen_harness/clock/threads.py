"""Which other threads may be at work, of those that the clock does not know to wait."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autogen_harness.clock.timeline import RUNNERS
from autogen_harness.clock.waits import frames_of_threads

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from types import FrameType

_TOOLS_OF_RUNNERS = ("execnet", "xdist", "pytest_timeout")
_PROCESSES = ("subprocess", "multiprocessing", "asyncio.unix_events")
_SERVERS = ("socketserver", "selectors", "asyncio.selector_events", "asyncio.base_events")


@dataclass(frozen=True, slots=True)
class Other:
    """A thread that may be at work. ``thread`` is None if ``threading`` does not know it, ``frame`` while it starts."""

    thread: threading.Thread | None
    frame: FrameType | None

    @property
    def native(self) -> int | None:
        """What the system calls the thread."""
        return self.thread.native_id if self.thread is not None else None

    @property
    def waits_for_a_process(self) -> bool:
        """Whether it is blocked on a real process, at rest or not."""
        return any(module.startswith(_PROCESSES) for _, module in _top(self.frame, 4))

    @property
    def serves(self) -> bool:
        """Whether it waits for whoever may come: a server, or a loop."""
        return any(module.startswith(_SERVERS) or name == "accept" for name, module in _top(self.frame, 40))


def others_at_work(known: Collection[int] = ()) -> list[Other]:
    """List the other threads, but for those ``known`` to wait, threads of test runners, and idle workers of a pool."""
    frames, threads = frames_of_threads(), threading.enumerate()
    by_ident = {thread.ident: thread for thread in threads}
    apart = {threading.get_ident(), *known}
    found = {
        ident: Other(by_ident.get(ident), frame)
        for ident, frame in frames.items()
        if ident not in apart and not _runs_tests(frame, by_ident.get(ident))
    }
    idle = _idle_workers({ident: other.frame for ident, other in found.items() if other.frame is not None})
    newborn = [Other(thread, None) for thread in threads if thread.ident is None]
    return newborn + [other for ident, other in found.items() if ident not in idle]


def _top(frame: FrameType | None, count: int) -> Iterator[tuple[str, str]]:
    """Function and module of the innermost frames."""
    while frame is not None and count:
        yield frame.f_code.co_name, str(frame.f_globals.get("__name__"))
        frame, count = frame.f_back, count - 1


def _runs_tests(frame: FrameType, thread: threading.Thread | None) -> bool:
    """Whether it belongs to who runs the tests. pytest-timeout waits in a threading.Timer, which only its name gives away.

    The main thread does not, for it is in a test: a worker of xdist has execnet at the bottom of its stack.
    """
    if thread is threading.main_thread():
        return False
    if thread is not None and thread.name.startswith((*RUNNERS, "autogen_harness")):
        return True
    return any(module.partition(".")[0] in _TOOLS_OF_RUNNERS for _, module in _top(frame, -1))


def _idle_workers(frames: Mapping[int, FrameType]) -> set[int]:
    """Which threads are workers of a pool at rest: else each wait after a job would cost a grace.

    That one waits for a job is not enough: from CPython 3.13 a job is handed over before the worker's frame shows it. The
    pool's count of idle workers goes down within ``submit``; only where it is theirs are they idle.
    """
    pools = {ident: pool for ident, frame in frames.items() if (pool := _pool_of(frame)) is not None}
    resting = Counter(id(pool) for pool in pools.values())
    return {ident for ident, pool in pools.items() if pool._idle_semaphore._value == resting[id(pool)]}


def _pool_of(frame: FrameType) -> Any:
    """The pool of a worker that waits for a job of which there is none; else None."""
    if frame.f_code.co_name != "_worker" or frame.f_globals.get("__name__") != "concurrent.futures.thread":
        return None
    seen = frame.f_locals
    pool = seen["executor_reference"]() if "executor_reference" in seen else None
    return None if pool is None or seen.get("work_item") is not None or not pool._work_queue.empty() else pool

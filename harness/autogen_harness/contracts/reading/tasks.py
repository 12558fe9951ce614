"""Calls of an asynchronous tool in a loop of ours, looked at from outside: cancelled in the middle, repeated, or blocking."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import warnings
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_harness.clock.threads import others_at_work
from autogen_harness.clock.timeline import Real

if TYPE_CHECKING:
    from collections.abc import Generator

    from autogen_harness.clock import VirtualClock

Tool = Callable[..., Any]
_SETTLE = 5  # turns of the loop in which what was cancelled may end
_LOOKS, _BETWEEN = 100, 0.005  # how often, and after how many real seconds, to look whether a thread has come to its end


class _Watched(Coroutine[Any, Any, Any]):
    """A coroutine that tells whenever it is suspended."""

    def __init__(self, inner: Any, suspended: Callable[[], None]) -> None:
        self._inner, self._suspended = inner, suspended

    def send(self, value: Any) -> Any:
        return self._told(self._inner.send(value))

    def throw(self, *error: Any) -> Any:
        return self._told(self._inner.throw(*error))

    def close(self) -> None:
        self._inner.close()

    def _told(self, awaited: Any) -> Any:
        self._suspended()
        return awaited

    def __await__(self) -> Generator[Any, Any, Any]:
        return self  # type: ignore[return-value]  # it has what a generator needs to be awaited


@dataclass
class Cancellation:
    """A tool that is cancelled as it, or a task that it started, is suspended for the ``at``-th time, counted from 1.

    After a call: ``reached`` whether there was such a time, ``survived`` whether the tool ended in another way than by
    CancelledError, ``pending`` how many of its tasks still ran afterwards, ``before`` how much had been asked for by then.
    """

    tool: Tool
    at: int
    asked: Callable[[], int]
    reached: bool = False
    survived: bool = False
    pending: int = 0
    before: int = 0
    _suspensions: int = field(default=0, repr=False)
    _taken: bool = field(default=False, repr=False)

    async def __call__(self, **arguments: Any) -> Any:
        """The tool, as a tool: for the world to call."""
        loop = asyncio.get_running_loop()
        known, threads = asyncio.all_tasks(), set(threading.enumerate())
        loop.set_task_factory(self._watch)
        loop.set_exception_handler(_ignore)
        self._task: asyncio.Task[Any] = loop.create_task(self.tool(**arguments))
        try:
            await asyncio.wait([self._task])
        finally:
            loop.set_task_factory(None)
        await _settled(threads)
        self.survived = self._taken and not self._task.cancelled()
        self.pending = len(asyncio.all_tasks() - known)
        return None if self._task.cancelled() else self._task.result()

    def _watch(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
        return asyncio.Task(_Watched(coroutine, self._suspended), loop=loop, **options)

    def _suspended(self) -> None:
        self._suspensions += 1
        if self._suspensions == self.at:
            self.reached = True
            asyncio.get_running_loop().call_soon(self._cancel)

    def _cancel(self) -> None:
        self.before, self._taken = self.asked(), self._task.cancel()


async def _settled(known: set[threading.Thread]) -> None:
    """Let what was begun come to its end: callbacks, and threads that have still to tell the loop, which must be open then."""
    for _ in range(_LOOKS):
        if not set(threading.enumerate()) - known or not others_at_work():
            break
        Real.sleep(_BETWEEN)
    for _ in range(_SETTLE):
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a process holds that a call may leave behind: tasks of the loop, threads, and open files and sockets."""

    tasks: int
    threads: int
    files: int

    def more_than(self, other: Holdings) -> Mapping[str, int]:
        """By how much each has grown."""
        grown = {"tasks": self.tasks - other.tasks, "threads": self.threads - other.threads}
        return {**grown, "open files and sockets": self.files - other.files}


def holdings() -> Holdings:
    """What is held now; to be asked in a loop."""
    return Holdings(len(asyncio.all_tasks()), threading.active_count(), _open_files())


def _open_files() -> int:
    folder = Path("/proc/self/fd" if Path("/proc/self/fd").is_dir() else "/dev/fd")
    return len(os.listdir(folder)) if folder.is_dir() else 0  # noqa: PTH208  # names are enough; Path would look at each


def _ignore(_: asyncio.AbstractEventLoop, __: dict[str, Any]) -> None:
    """What is left over would be told in the log, at any time; it is looked for here."""


class Repetition:
    """A tool that is called ``times`` times in one loop. Afterwards ``grown`` says what each kind of holding has gained.

    The first calls are not counted: what is made once and kept, such as a pool, is no leak.
    """

    def __init__(self, tool: Tool, times: int, *, first: int = 3) -> None:
        self._tool, self._times, self._first = tool, times, first
        self.grown: Mapping[str, int] = {}

    async def __call__(self, **arguments: Any) -> Any:
        """The tool, as a tool: for the world to call."""
        asyncio.get_running_loop().set_exception_handler(_ignore)
        for _ in range(self._first):
            await self._once(arguments)
        before, threads = holdings(), set(threading.enumerate())
        for _ in range(self._times):
            result = await self._once(arguments)
        await _settled(threads)
        self.grown = holdings().more_than(before)
        return result

    async def _once(self, arguments: Mapping[str, Any]) -> Any:
        result = await self._tool(**arguments)
        await asyncio.sleep(0)
        return result


@contextmanager
def unclosed() -> Iterator[list[str]]:
    """What is found to have been left open in this block, in the words of who made it; complete after the block."""
    gc.collect()  # what others left
    found: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        yield found
        gc.collect()
    found += [str(one.message) for one in caught if issubclass(one.category, ResourceWarning)]


@contextmanager
def blocked(clock: VirtualClock) -> Iterator[list[float]]:
    """The virtual seconds of each wait in this block that was made inside of a task, so that no other task could run."""
    found: list[float] = []
    tick = clock.tick  # called whenever time passes, by whoever waits

    def noting(seconds: float) -> None:
        if seconds and _in_a_task():
            found.append(seconds)
        tick(seconds)

    clock.tick = noting  # type: ignore[method-assign]  # for the time of the block
    try:
        yield found
    finally:
        del clock.tick  # the method shows again


def _in_a_task() -> bool:
    try:
        return asyncio.current_task() is not None
    except RuntimeError:  # no loop runs in this thread
        return False

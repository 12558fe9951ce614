"""Sleeps of threads on the virtual clock, under any name, and who sleeps in real time."""

from __future__ import annotations

import asyncio
import asyncio.base_events
import subprocess
import sys
import threading
import time
import time as clock_under_another_name
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from time import sleep as doze
from typing import TYPE_CHECKING, Any

import pytest
from real_waits import compute

from autogen_harness.clock import VirtualClock
from autogen_harness.model import Slept

if TYPE_CHECKING:
    from collections.abc import Callable


def back_off(wait: Callable[[float], None]) -> None:
    for attempt in range(6):
        wait(2.0**attempt)


@pytest.mark.parametrize(
    "retry",
    [
        lambda: back_off(time.sleep),
        lambda: back_off(clock_under_another_name.sleep),
        lambda: back_off(sleep),
        lambda: back_off(doze),
        lambda: asyncio.run(asyncio.to_thread(back_off, sleep)),
    ],
    ids=["module", "renamed-module", "name", "renamed", "executor"],
)
def test_a_back_off_is_virtual_however_sleep_was_imported(retry: Callable[[], None], clock: VirtualClock) -> None:
    """The schedule of a back-off loop is known exactly, and the time it takes is the clock's."""
    retry()
    assert ([1.0, 2.0, 4.0, 8.0, 16.0, 32.0], 63.0) == (clock.sleeps, clock.elapsed)


ALONE = """
import time
from autogen_harness.clock import VirtualClock
from autogen_harness.clock.timeline import Real

slept = []
Real.sleep = staticmethod(slept.append)
with VirtualClock() as clock:
    for _ in range(3600):
        time.sleep(1)
print(clock.elapsed, slept)
"""


def test_an_hour_of_sleeps_takes_no_real_sleep() -> None:
    """3600 sleeps of a second never reach the real function where no other thread is at work: in a process of its own."""
    told = subprocess.run([sys.executable, "-c", ALONE], check=True, capture_output=True, text=True).stdout
    assert "3600.0 []\n" == told


def test_a_sleep_lets_a_working_thread_run(clock: VirtualClock) -> None:
    """A loop that polls for another thread does not starve it, nor does its limit of a minute pass in no time."""
    done: list[bool] = []
    worker = threading.Thread(target=lambda: (compute(0.1), done.append(True)))
    worker.start()
    polls = 0
    while not done and polls < 600:
        time.sleep(0.1)
        polls += 1
    worker.join()
    assert 1 <= polls < 600


def test_sleeps_are_recorded() -> None:
    """Each sleep is given to ``record`` with its seconds and the call; a sleep of no length is one for threads alone."""
    told: list[Slept] = []
    with VirtualClock(told.append):
        time.sleep(0)
        time.sleep(3)
        asyncio.run(asyncio.sleep(0))
        asyncio.run(asyncio.sleep(2))
    assert [Slept(0.0, "time.sleep"), Slept(3.0, "time.sleep"), Slept(2.0, "asyncio.sleep")] == told


@pytest.mark.parametrize(
    ("seconds", "error"),
    [(-1, ValueError), (float("nan"), ValueError), (float("inf"), OverflowError), ("1", TypeError), (None, TypeError)],
)
def test_sleep_rejects_what_the_real_one_rejects(seconds: Any, error: type[Exception], clock: VirtualClock) -> None:
    """A bug that the real ``time.sleep`` shows is not hidden, and takes no time."""
    with pytest.raises(error):
        time.sleep(seconds)
    assert ([], 0.0) == (clock.sleeps, clock.elapsed)


def test_monotonic_time_moves_with_the_waits(clock: VirtualClock) -> None:
    """A deadline computed from ``time.monotonic`` is met by sleeping."""
    deadline, polls = time.monotonic() + 600, 0
    while time.monotonic() < deadline:
        time.sleep(60)
        polls += 1
    assert (10, 600.0) == (polls, clock.elapsed)


def test_advance_never_goes_back(clock: VirtualClock) -> None:
    """Negative time is an error."""
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(-1)


def as_module(name: str, code: str) -> dict[str, Any]:
    """Run ``code`` as if it stood in a module ``name``."""
    names: dict[str, Any] = {"__name__": name}
    exec(code, names)
    return names


@pytest.mark.parametrize("name", ["_pytest.runner", "pytest_timeout", "execnet.gateway_base", "xdist.remote", "subprocess"])
def test_test_runners_wait_in_real_time(name: str, clock: VirtualClock, real_sleeps: list[float]) -> None:
    """What runs the tests sleeps as ever and is not recorded."""
    as_module(name, "import time\ntime.sleep(7)")
    assert ([], 0.0, [7]) == (clock.sleeps, clock.elapsed, real_sleeps)


@pytest.mark.parametrize(
    ("name", "is_real"), [("concurrent.futures._base", True), ("hypothesis.core", True), ("my_tool", False)]
)
def test_who_bounds_real_waits_reads_real_time(name: str, is_real: object, clock: VirtualClock) -> None:
    """``time.monotonic`` of waits that stay real, such as those of futures, does not jump."""
    clock.advance(1e9)
    now = as_module(name, "import time\nnow = time.monotonic()")["now"]
    assert is_real is (now < 1e9)


def test_a_thread_from_before_the_clock_keeps_real_time(real_sleeps: list[float]) -> None:
    """A poller that knows nothing of the test neither spins nor moves the clock, asyncio in it included."""
    go, read = threading.Event(), []

    def poll() -> None:
        go.wait()
        time.sleep(5)
        read.append(time.monotonic() < 1e9)
        asyncio.run(asyncio.sleep(0.001))

    poller = threading.Thread(target=poll)
    poller.start()
    with VirtualClock() as clock:
        clock.advance(1e9)
        go.set()
        poller.join()
        assert ([5], [], [True]) == (real_sleeps, clock.sleeps, read)


def test_a_job_given_to_an_old_pool_thread_is_virtual() -> None:
    """The thread of a session's executor was there before; the job that this test gives to it is not."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()

        async def job() -> None:
            await asyncio.get_running_loop().run_in_executor(pool, time.sleep, 60)

        with VirtualClock() as clock:
            asyncio.run(job())
    assert [60.0] == clock.sleeps

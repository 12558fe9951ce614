"""Threads on the virtual clock: waits with a time limit, and in which order they end."""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from real_waits import compute, really

from autogen_harness.clock import VirtualClock, locks
from autogen_harness.model import Slept

if TYPE_CHECKING:
    from collections.abc import Callable


def event(limit: float) -> bool:
    return threading.Event().wait(limit)


def condition(limit: float) -> bool:
    with (it := threading.Condition()):
        return it.wait(limit)


def predicate(limit: float) -> bool:
    with (it := threading.Condition()):
        return it.wait_for(lambda: False, limit)


def semaphore(limit: float) -> bool:
    return threading.Semaphore(0).acquire(timeout=limit)


def queued(limit: float) -> bool:
    with pytest.raises(queue.Empty):
        queue.Queue[int]().get(timeout=limit)
    return False


def full(limit: float) -> bool:
    it: queue.Queue[int] = queue.Queue(1)
    it.put(1)
    with pytest.raises(queue.Full):
        it.put(2, timeout=limit)
    return False


def future(limit: float) -> bool:
    with pytest.raises(concurrent.futures.TimeoutError):
        concurrent.futures.Future[int]().result(timeout=limit)
    return False


def futures(limit: float) -> bool:
    return bool(concurrent.futures.wait([concurrent.futures.Future[int]()], timeout=limit).done)


def completed(limit: float) -> bool:
    with pytest.raises(concurrent.futures.TimeoutError):
        next(concurrent.futures.as_completed([concurrent.futures.Future[int]()], timeout=limit))
    return False


def barrier(limit: float) -> bool:
    with pytest.raises(threading.BrokenBarrierError):
        threading.Barrier(2).wait(limit)
    return False


def joined(limit: float) -> bool:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    thread.join(limit)
    is_alive = thread.is_alive()
    end.set()
    thread.join()
    return not is_alive


WAITS = [event, condition, predicate, semaphore, queued, full, future, futures, completed, barrier, joined]


@pytest.mark.parametrize("frozen", [False, True], ids=["wall-real", "wall-frozen"])
@pytest.mark.parametrize("wait", WAITS)
def test_a_wait_that_nothing_ends_takes_its_limit_in_virtual_time(
    wait: Callable[[float], bool], frozen: object, clock: VirtualClock
) -> None:
    """An hour, exactly, and it says that nothing came."""
    if frozen:
        clock.freeze()
    assert (False, 3600.0) == (wait(3600.0), clock.elapsed)


@pytest.mark.parametrize("delay", [2.0, 7.0])
@pytest.mark.parametrize("kind", ["event", "condition", "queue", "future", "join", "coroutine"])
def test_what_comes_in_time_ends_a_wait_and_what_comes_late_does_not(kind: str, delay: float, clock: VirtualClock) -> None:
    """Five seconds of patience with a thread that sleeps two, or seven, before it answers."""
    it, answers = threading.Condition(), queue.Queue[str]()
    came, future = threading.Event(), concurrent.futures.Future[str]()

    def answer() -> None:
        time.sleep(delay)
        answers.put("came")
        came.set()
        if future.set_running_or_notify_cancel():
            future.set_result("came")
        with it:
            it.notify()

    async def impatient() -> str:
        return await asyncio.wait_for(asyncio.wrap_future(future), 5)

    def waited() -> object:
        if kind == "event":
            return came.wait(5)
        if kind == "condition":
            with it:
                thread.start()
                return it.wait(5)
        if kind == "join":
            return (thread.join(5), not thread.is_alive())[1]
        if kind == "coroutine":
            return asyncio.run(impatient())
        return answers.get(timeout=5) if kind == "queue" else future.result(timeout=5)

    thread = threading.Thread(target=answer)
    if kind != "condition":
        thread.start()
    try:
        outcome = bool(waited())
    except (queue.Empty, asyncio.TimeoutError, concurrent.futures.TimeoutError):
        outcome = False
    assert (delay < 5, min(delay, 5.0)) == (outcome, clock.elapsed)
    thread.join()


def test_threads_that_sleep_at_the_same_time_take_the_time_of_one(clock: VirtualClock) -> None:
    """Ten workers of a pool sleep a second each, three times."""
    with ThreadPoolExecutor(10) as pool:
        for _ in range(3):
            assert [None] * 10 == list(pool.map(time.sleep, [1.0] * 10))
    assert (3.0, [1.0] * 30) == (clock.elapsed, clock.sleeps)


def test_a_small_pool_takes_its_turns(clock: VirtualClock) -> None:
    """Six jobs of a second for two workers take three seconds."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(time.sleep, [1.0] * 6))
    assert 3.0 == clock.elapsed


@pytest.mark.parametrize("start", [threading.Thread, lambda target, args: threading.Timer(0, target, args)])
def test_sleeps_end_in_the_order_in_which_they_are_due(start: Any, clock: VirtualClock) -> None:
    """However the threads are started and however long each computes before, the virtual schedule is one and exact."""
    ends: list[tuple[str, float]] = []

    def work(name: str, naps: list[float], busy: float) -> None:
        compute(busy)
        for nap in naps:
            time.sleep(nap)
            ends.append((name, clock.elapsed))

    plans = {"slow": [4.0, 4.0], "quick": [1.0, 1.5, 3.0], "late": [7.0]}
    threads = [start(target=work, args=(name, naps, 0.01)) for name, naps in plans.items()]
    for thread in threads:
        thread.start()
    work("main", [2.0, 4.5], 0)
    for thread in threads:
        thread.join()
    expected = [("quick", 1), ("main", 2), ("quick", 2.5), ("slow", 4), ("quick", 5.5), ("main", 6.5), ("late", 7), ("slow", 8)]
    assert expected == ends


def test_timers_fire_when_they_are_due_and_not_once_they_are_cancelled(clock: VirtualClock) -> None:
    """A ``threading.Timer`` waits on the clock as everything does; it is no sleep of anybody's."""
    fired: list[float] = []
    timers = [threading.Timer(delay, lambda: fired.append(clock.elapsed)) for delay in (3, 1, 2)]
    for timer in timers:
        timer.start()
    time.sleep(1.5)
    timers[2].cancel()
    time.sleep(10)
    assert ([1.0, 3.0], [1.5, 10.0]) == (fired, clock.sleeps)


def test_an_event_that_has_run_out_was_a_sleep_and_one_that_came_was_not() -> None:
    """A back-off that can be interrupted waits on an event; the schedule is that of the waits that were not."""
    told: list[Slept] = []
    with VirtualClock(told.append) as clock:
        stop = threading.Event()
        for attempt in range(3):
            stop.wait(2.0**attempt)
        stop.wait(0)
        stop.set()
        stop.wait(60)
    assert ([1.0, 2.0, 4.0], [Slept(1.0, "Event.wait"), Slept(2.0, "Event.wait"), Slept(4.0, "Event.wait")]) == (
        clock.sleeps,
        told,
    )


def test_a_limit_on_a_job_that_sleeps_on_the_clock_is_virtual(clock: VirtualClock) -> None:
    """``wait_for`` around an executor's job that sleeps a minute times out after its thirty seconds."""

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.to_thread(time.sleep, 60), 30)
        assert 30.0 == clock.elapsed

    asyncio.run(main())
    assert 60.0 == clock.elapsed


def test_jobs_and_coroutines_overlap(clock: VirtualClock) -> None:
    """More jobs than workers, and a coroutine that sleeps beside them: four seconds in all."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(2) as pool:
            jobs = [loop.run_in_executor(pool, time.sleep, 1.0) for _ in range(8)]
            await asyncio.gather(asyncio.sleep(3.5), *jobs)

    asyncio.run(main())
    assert 4.0 == clock.elapsed


def test_a_loop_in_a_thread_shares_the_time_of_the_test(clock: VirtualClock) -> None:
    """A bridge: a loop that runs in a thread for good, asked from outside, with a limit."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    slow = asyncio.run_coroutine_threadsafe(asyncio.sleep(60, "slept"), loop)
    with pytest.raises(concurrent.futures.TimeoutError):
        slow.result(timeout=20)
    assert (20.0, "slept", 60.0) == (clock.elapsed, slow.result(timeout=50), clock.elapsed)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_poll_with_a_deadline_is_met_by_a_thread_that_sleeps(clock: VirtualClock) -> None:
    """The deadline is read from any of the clocks that move, and the polls come in between the thread's sleeps."""
    for read, unit in [(time.perf_counter, 1), (time.monotonic, 1), (time.perf_counter_ns, 1e9), (time.monotonic_ns, 1e9)]:
        done = threading.Event()
        thread = threading.Thread(target=lambda: (time.sleep(4.75), done.set()))  # noqa: B023  # joined in the same turn
        thread.start()
        polls, deadline = 0, read() + 60 * unit
        while not done.is_set() and read() < deadline:
            time.sleep(0.5)
            polls += 1
        thread.join()
        assert 10 == polls
    assert 20.0 == clock.elapsed


def test_a_thread_that_never_rests_does_not_keep_a_sleep_from_ending(clock: VirtualClock) -> None:
    """After a second of grace, real time counts: a sleep that is to end the other thread ends."""
    stop: list[bool] = []

    def spin() -> None:
        while not stop:
            sum(range(1000))

    thread = threading.Thread(target=spin)
    thread.start()
    time.sleep(0.2)
    stop.append(True)
    thread.join()
    assert [0.2] == clock.sleeps


def test_what_is_left_of_a_threads_wait_is_real_when_the_clock_stops() -> None:
    """A thread that waits when the last clock stops goes on in real time, and ends when it is told to."""
    stop, outcome = threading.Event(), []
    thread = threading.Thread(target=lambda: outcome.append(stop.wait(3600)))
    with VirtualClock():
        thread.start()
        really(0.05)
    assert thread.is_alive()
    stop.set()
    thread.join()
    assert [True] == outcome


def test_a_loop_in_a_thread_of_a_coroutine_waits_together_with_it(clock: VirtualClock) -> None:
    """Loops nest by threads, as where a sync tool calls ``asyncio.run`` in a pool; here under anyio."""
    anyio = pytest.importorskip("anyio")

    async def inner() -> float:
        await asyncio.sleep(20)
        return clock.elapsed

    async def main() -> list[float]:
        found: list[float] = []

        async def bridge() -> None:
            found.append(await anyio.to_thread.run_sync(asyncio.run, inner()))

        async with anyio.create_task_group() as group:
            group.start_soon(bridge)
            await anyio.sleep(5)
            found.append(clock.elapsed)
            with anyio.move_on_after(10):
                await anyio.sleep(60)
            found.append(clock.elapsed)
        return found

    assert [5.0, 15.0, 20.0] == anyio.run(main)


COLLECTING = """
import gc, threading
from autogen_harness.clock.waits import frames_of_threads

class Cycle:
    def __init__(self):
        self.me, self.local = self, threading.local()
        self.local.it = 1

gc.set_threshold(1)
for _ in range(300):
    Cycle()
    frames_of_threads()
assert gc.isenabled()
"""


def test_a_look_at_the_threads_does_not_meet_the_garbage_collector() -> None:
    """CPython 3.11.7 waits for ever if a collection frees a ``threading.local`` in ``sys._current_frames``."""
    subprocess.run([sys.executable, "-c", COLLECTING], check=True, timeout=60)


def test_who_was_woken_and_has_not_run_yet_is_not_overtaken(clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine it may take long until a woken thread runs: what it wants of the CPU counts until it waits again."""
    woken, ends = threading.Event(), []

    def slow_to_wake() -> None:
        woken.wait()
        time.sleep(1)
        ends.append(clock.elapsed)

    block = locks._Waiter._block

    def late(waiter: Any, seconds: float | None) -> bool:
        came = block(waiter, seconds)
        if threading.current_thread() is thread:
            compute(0.3)
        return came

    monkeypatch.setattr(locks._Waiter, "_block", late)
    thread = threading.Thread(target=slow_to_wake)
    thread.start()
    really(0.1)
    woken.set()
    time.sleep(5)
    thread.join()
    assert ([1.0], 5.0) == (ends, clock.elapsed)

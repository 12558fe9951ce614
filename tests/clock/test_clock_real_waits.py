"""Event loops on the virtual clock: when something real may still happen, time is not skipped."""

from __future__ import annotations

import asyncio
import asyncio.base_events
import ctypes
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from real_waits import compute as use_the_cpu
from real_waits import really, server

from autogen_harness.clock import VirtualClock, passing
from autogen_harness.clock.demand import Demand

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from autogen_harness.clock.threads import Other


async def answer_after(seconds: float) -> str:
    """Ask a real server on this machine, which answers after a real wait in a thread of its own."""
    with server(seconds) as address:
        reader, writer = await asyncio.open_connection(*address)
        try:
            return (await reader.readline()).decode().strip()
        finally:
            writer.close()
            await writer.wait_closed()


async def job_of(seconds: float) -> str:
    """A short job, at rest in an executor: a real wait that asyncio knows of."""
    return await asyncio.get_running_loop().run_in_executor(None, lambda: (really(seconds), "real")[1])


async def job_in_c(seconds: float) -> str:
    """A job that sleeps by no function of Python's: only asyncio knows that it is not done."""
    asleep = partial(ctypes.CDLL(None).usleep, int(seconds * 1e6))
    return await asyncio.get_running_loop().run_in_executor(None, lambda: (asleep(), "real")[1])


async def busy_thread(seconds: float) -> str:
    """A foreign thread that computes, and then wakes the loop."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[str] = loop.create_future()

    def compute() -> None:
        use_the_cpu(seconds)
        loop.call_soon_threadsafe(future.set_result, "real")

    threading.Thread(target=compute).start()
    return await future


async def pool_of_its_own(seconds: float) -> str:
    """A job that asyncio was not asked to start."""
    with ThreadPoolExecutor(1) as pool:
        await asyncio.wrap_future(pool.submit(int))
        return await asyncio.wrap_future(pool.submit(lambda: (sum(range(int(seconds * 5e7))), "real")[1]))


async def query(_: float) -> str:
    """Ask a database through aiosqlite, which has a thread of its own."""
    import aiosqlite

    async with aiosqlite.connect(":memory:") as database, database.execute("select 'real'") as rows:
        row = await rows.fetchone()
        assert row is not None
        return str(row[0])


async def process(seconds: float) -> str:
    """Wait for a real process without pipes."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", f"import time; time.sleep({seconds})")
    return "real" if await process.wait() == 0 else "failed"


in_c = pytest.param(job_in_c, marks=pytest.mark.skipif(sys.platform == "win32", reason="usleep is of Unix"))


@pytest.mark.parametrize("work", [answer_after, job_of, in_c, busy_thread, pool_of_its_own, query, process])
def test_a_real_answer_does_not_time_out_early(work: Callable[[float], Awaitable[str]], clock: VirtualClock) -> None:
    """``wait_for`` around something real gives it its real time: a minute's limit is not skipped to."""

    async def main() -> str:
        return await asyncio.wait_for(work(0.12), 60)

    assert ("real", 0.0) == (asyncio.run(main()), clock.elapsed)


def test_a_real_wait_counts_toward_a_timeout(clock: VirtualClock) -> None:
    """A limit around a real job that lasts too long fires, after a real wait and no virtual one."""

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(job_of(0.5), 0.05)

    asyncio.run(main())
    assert 0.0 == clock.elapsed


def test_time_is_skipped_beside_a_foreign_thread_at_rest(clock: VirtualClock) -> None:
    """A thread that only waits, such as a database's between queries, does not stop the clock."""

    async def main() -> None:
        import aiosqlite

        async with aiosqlite.connect(":memory:"):
            await asyncio.sleep(3600)
            await asyncio.sleep(0.001)

    asyncio.run(main())
    assert 3600.001 == clock.elapsed


def test_an_idle_pool_costs_no_grace(clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker threads that wait for jobs are not at work: a wait after a job is skipped at once."""

    async def main() -> None:
        await asyncio.to_thread(int)
        selector: Any = asyncio.get_running_loop()._selector  # type: ignore[attr-defined]  # private to asyncio
        limits: list[float | None] = []
        select = selector.select
        monkeypatch.setattr(selector, "select", lambda limit=None: (limits.append(limit), select(limit))[1])
        await asyncio.sleep(3600)
        assert passing.GRACE not in limits

    asyncio.run(main())
    assert 3600.0 == clock.elapsed


def test_wall_waits_of_a_loop_go_on_when_the_job_is_done(clock: VirtualClock) -> None:
    """A long virtual sleep beside a short real job waits for the job, then is skipped."""

    async def main() -> list[Any]:
        return await asyncio.gather(asyncio.sleep(3600, "slept"), job_of(0.02))

    assert ["slept", "real"] == asyncio.run(main())
    assert 3600.0 == pytest.approx(clock.elapsed, abs=60)


class SlowToClose(ThreadPoolExecutor):
    """A pool on a machine so busy that its threads are not joined at once."""

    def shutdown(self, *args: Any, **kwargs: Any) -> None:
        really(0.3)
        super().shutdown(*args, **kwargs)


def test_a_loop_that_closes_waits_for_its_threads(clock: VirtualClock) -> None:
    """From Python 3.12 on for 300 seconds at most, which are real: skipped, they would leave a warning and the threads."""

    async def use_the_pool() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(SlowToClose())
        await loop.run_in_executor(None, int)

    asyncio.run(use_the_pool())
    assert 0.0 == clock.elapsed


def test_on_a_busy_machine_a_late_grace_is_no_rest(clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that gets no CPU looks like one that wants none: where the grace itself ends late, there is another."""
    limits: list[float | None] = []

    async def main() -> None:
        selector: Any = asyncio.get_running_loop()._selector  # type: ignore[attr-defined]  # private to asyncio
        select = selector.select

        def late(limit: float | None = None) -> Any:
            limits.append(limit)
            return select(limit if limit != passing.GRACE or limits.count(passing.GRACE) > 2 else 3 * passing.GRACE)

        monkeypatch.setattr(selector, "select", late)
        await asyncio.sleep(3600)

    at_rest, lock = threading.Event(), threading.Lock()

    def worker_of_locks() -> None:
        at_rest.set()
        with lock:
            pass

    with lock:
        worker = threading.Thread(target=worker_of_locks)
        worker.start()
        at_rest.wait()
        asyncio.run(main())
    worker.join()
    assert limits.count(passing.GRACE) >= 3


def test_a_thread_that_ends_as_the_loop_looks_was_not_at_rest(clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """It woke the loop and was gone before it could be counted: what it brought comes before any timer."""

    async def main() -> str:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()

        def ended(_known: object) -> list[Other]:
            loop.call_soon_threadsafe(answer.set_result, "real")
            return []

        monkeypatch.setattr(passing, "others_at_work", ended)
        try:
            return await asyncio.wait_for(answer, 60)
        finally:
            monkeypatch.undo()

    assert ("real", 0.0) == (asyncio.run(main()), clock.elapsed)


def test_a_thread_that_computes_wants_the_processor_and_one_that_waits_does_not() -> None:
    """However little of the processor a busy machine gives it: standing in line counts like running."""
    release = threading.Event()
    resting = threading.Thread(target=release.wait)
    resting.start()
    really(0.1)  # until it rests
    demand = Demand()
    really(passing.GRACE)
    at_rest = demand.seconds
    release.set()
    resting.join()

    demand = Demand()
    stop: list[bool] = []
    worker = threading.Thread(target=lambda: [sum(range(1000)) for _ in iter(lambda: bool(stop), True)])
    worker.start()
    really(passing.GRACE)
    at_work = demand.seconds
    stop.append(True)
    worker.join()
    assert at_rest < passing.GRACE / 10 < at_work

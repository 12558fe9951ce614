"""Event loops on the virtual clock: when time is skipped."""

from __future__ import annotations

import asyncio
import asyncio.base_events
import sys
import threading
from asyncio import sleep as asleep

import pytest

from autogen_harness.clock import VirtualClock


def test_ten_concurrent_seconds_are_one_second(clock: VirtualClock, real_waits: list[float | None]) -> None:
    """Waits at the same time take the time of one, exactly, and no real wait."""

    async def many() -> None:
        await asyncio.gather(*(asyncio.sleep(1) for _ in range(5)), *(asleep(1) for _ in range(5)))

    asyncio.run(many())
    assert (1.0, [1.0] * 10, []) == (clock.elapsed, clock.sleeps, real_waits)


def test_timers_fire_in_their_order_at_their_time(clock: VirtualClock) -> None:
    """``call_later``, ``sleep`` and ``wait_for`` see one time, and each fires exactly when it is due."""
    fired: list[tuple[str, float]] = []

    def note(what: str) -> None:
        fired.append((what, round(clock.elapsed, 6)))

    async def sleeper() -> None:
        await asyncio.sleep(0.1)
        note("sleep 0.1")
        await asyncio.sleep(0.2)
        note("sleep 0.3")

    async def impatient() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 7.5)
        note("wait_for 7.5")

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(3600, note, "call_later 3600")
        loop.call_at(loop.time() + 0.2, note, "call_at 0.2")
        await asyncio.gather(sleeper(), impatient(), asyncio.sleep(3601))

    asyncio.run(main())
    assert [
        ("call_at 0.2", 0.2) if what.startswith("call_at") else (what, when)
        for what, when in sorted(fired, key=lambda it: it[1])
    ] == fired
    assert {"sleep 0.1": 0.1, "call_at 0.2": 0.2, "sleep 0.3": 0.3, "wait_for 7.5": 7.5, "call_later 3600": 3600.0} == dict(
        fired
    )


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout came with Python 3.11")
def test_asyncio_timeout_is_virtual(clock: VirtualClock) -> None:
    """``asyncio.timeout`` ends a wait at its virtual time."""

    async def main() -> None:
        async with asyncio.timeout(30):
            await asyncio.sleep(31)

    with pytest.raises(TimeoutError):
        asyncio.run(main())
    assert 30.0 == clock.elapsed


def test_computing_takes_no_loop_time(clock: VirtualClock) -> None:
    """A loop's time stands still while code computes, so that a schedule does not depend on the machine."""

    async def main() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        sum(range(100_000))
        await asyncio.sleep(2)
        return loop.time() - began

    assert 2.0 == pytest.approx(asyncio.run(main()), abs=1e-8)


def test_a_busy_wait_on_a_loops_time_ends(clock: VirtualClock) -> None:
    """Code that reads the time again and again without waiting sees real time in the end."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + 0.01
        while loop.time() < deadline:  # noqa: ASYNC110  # the busy wait is what is tested
            await asyncio.sleep(0)

    asyncio.run(main())
    assert 0.0 == clock.elapsed


def test_a_loop_of_a_thread_of_the_test_is_virtual(clock: VirtualClock) -> None:
    """A bridge that runs a new loop in a new thread waits in virtual time too."""
    thread = threading.Thread(target=lambda: asyncio.run(asyncio.sleep(3600)))
    thread.start()
    thread.join()
    assert 3600.0 == clock.elapsed

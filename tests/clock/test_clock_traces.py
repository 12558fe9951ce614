"""Before and after a clock: what is older keeps its time, and nothing is left behind."""

from __future__ import annotations

import asyncio
import asyncio.base_events
import concurrent.futures._base
import datetime as dt
import queue
import subprocess
import sys
import threading
import time
from asyncio import sleep as asleep
from time import sleep
from time import sleep as doze
from types import ModuleType
from typing import Any

import pytest

from autogen_harness.clock import VirtualClock
from autogen_harness.errors import UsageError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]  # the module is the type


def as_module(name: str, code: str) -> dict[str, Any]:
    """Run ``code`` as if it stood in a module ``name``."""
    names: dict[str, Any] = {"__name__": name}
    exec(code, names)
    return names


def test_a_loop_made_before_the_clock_is_virtual() -> None:
    """It does not matter who made the loop, and when."""
    loop = asyncio.new_event_loop()
    with VirtualClock() as clock:
        loop.run_until_complete(asyncio.sleep(3600))
    loop.close()
    assert 3600.0 == clock.elapsed


def test_a_clock_may_start_and_stop_inside_a_running_loop() -> None:
    """What is begun while it is on is virtual; the same loop has real time before and after."""

    async def main() -> float:
        await asyncio.sleep(0.001)
        with VirtualClock() as clock:
            await asyncio.sleep(3600)
        await asyncio.sleep(0.001)
        return clock.elapsed

    assert 3600.0 == asyncio.run(main())


def test_a_timer_from_before_does_not_fire_early() -> None:
    """Only waits begun while the clock is on are skipped; an older one keeps its real due time."""
    fired: list[str] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        old = loop.call_later(600, fired.append, "old")
        due = old.when()
        with VirtualClock():
            await asyncio.sleep(3600)
            time.sleep(3600)  # noqa: ASYNC251  # tools block loops, and the clock must bear it
            await asyncio.sleep(0)
            assert [] == fired
            assert 7100 < old.when() - due < 7201, "meanwhile it is written in the loop's own time"
        assert (due, []) == (old.when(), fired)

    asyncio.run(main())


def test_a_timer_from_before_fires_when_it_is_really_due() -> None:
    """Skipping does not lose the older timers, and nothing is skipped to reach one."""

    async def main() -> float:
        fired = asyncio.Event()
        asyncio.get_running_loop().call_later(0.02, fired.set)
        with VirtualClock() as clock:
            await fired.wait()
            assert 0.0 == clock.elapsed
            await asyncio.sleep(3600)
        return clock.elapsed

    assert 3600.0 == asyncio.run(main())


def test_a_timer_outlives_the_clock_with_what_was_left_of_it() -> None:
    """After stop the rest of a wait is a real wait of that length."""

    async def main() -> float:
        loop = asyncio.get_running_loop()
        with VirtualClock():
            timer = loop.call_later(4000, print)
            await asyncio.sleep(3600)
        timer.cancel()
        return timer.when() - loop.time()

    assert 390 < asyncio.run(main()) <= 400


def identities() -> dict[str, object]:
    """Everything that a clock, or freezegun for it, replaces."""
    loops = asyncio.base_events.BaseEventLoop
    readings = ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")
    homes: dict[Any, tuple[str, ...]] = {
        time: ("sleep", "time", "time_ns", "localtime", *readings),
        loops: ("time", "_run_once", "run_in_executor", "call_at"),
        dt: ("datetime", "date"),
        asyncio: ("sleep",),
        asyncio.tasks: ("sleep",),
        threading: ("_allocate_lock", "_time", "Lock", "RLock"),
        threading.Event: ("wait",),
        threading.Condition: ("wait", "wait_for"),
        threading.Thread: ("join", "start"),
        queue: ("time",),
        concurrent.futures._base: ("time",),
        subprocess.Popen: ("poll",),
        **({fcntl: ("flock", "lockf")} if fcntl is not None else {}),
    }
    found = {f"{home.__name__}.{name}": vars(home)[name] for home, names in homes.items() for name in names}
    found |= {"sleep": sleep, "doze": doze, "asleep": asleep}
    return {**found, "time of a loop's own class": vars(asyncio.SelectorEventLoop).get("time")}


@pytest.mark.parametrize("frozen", [False, True])
def test_stop_leaves_no_trace(frozen: object) -> None:
    """Every function is the one it was: in ``time``, in ``asyncio``, in loops, and under every name; twice over."""
    before = identities()
    for _ in range(2):
        clock = VirtualClock()
        clock.start()
        if frozen:
            clock.freeze()
        changed = {name for name, value in identities().items() if value is not before[name]}
        asyncio.run(asyncio.sleep(1))
        clock.stop()
        clock.stop()
        assert [] == [name for name, value in identities().items() if value is not before[name]]
        assert {"time.sleep", "time.monotonic", "time.perf_counter_ns", "asyncio.sleep", "BaseEventLoop.time"} <= changed
        assert {"Event.wait", "Thread.join", "queue.time", "Popen.poll", "threading._allocate_lock"} <= changed
        assert {"sleep", "doze", "asleep"} <= changed


def test_a_module_that_takes_a_stand_in_along_has_real_time_after(real_sleeps: list[float]) -> None:
    """A module imported while the clock is on keeps a stand-in, which calls the real function once the clock is off."""
    with VirtualClock() as clock:
        names = as_module("my_tool", "from time import sleep, monotonic")
        names["sleep"](5)
    names["sleep"](7)
    with VirtualClock() as again:
        names["sleep"](9)
    assert ([5.0], [7], [9.0]) == (clock.sleeps, real_sleeps, again.sleeps)
    assert names["monotonic"]() <= time.monotonic()


def test_a_module_imported_between_two_clocks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search of modules is remembered, but not for modules that are new or have grown."""
    module = ModuleType("late_module")
    monkeypatch.setitem(sys.modules, "late_module", module)
    with VirtualClock():
        pass
    module.nap = time.sleep  # type: ignore[attr-defined]  # a module of the test's making
    with VirtualClock() as clock:
        module.nap(4)
    assert ([4.0], time.sleep) == (clock.sleeps, module.nap)


def test_a_users_own_replacement_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ``time.sleep`` that the test replaced itself is left alone, on and off."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    with VirtualClock() as clock:
        time.sleep(3)
    time.sleep(4)
    assert ([3, 4], []) == (slept, clock.sleeps)


def test_clocks_nest() -> None:
    """The clock started last counts; time that passed in it has passed for the loop, and the outer clock goes on after."""

    async def main() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        with VirtualClock() as outer:
            began = loop.time()
            await asyncio.sleep(1)
            with VirtualClock() as inner:
                await asyncio.sleep(10)
                time.sleep(10)  # noqa: ASYNC251  # as above
            time.sleep(2)  # noqa: ASYNC251  # as above
            assert 23.0 == pytest.approx(loop.time() - began, abs=1e-6)
        return outer.elapsed, inner.elapsed

    before = identities()
    assert (3.0, 20.0) == asyncio.run(main())
    assert before == identities()


def test_a_clock_starts_once(clock: VirtualClock) -> None:
    """A second start is an error that says what goes together."""
    with pytest.raises(UsageError, match="on already"):
        clock.start()

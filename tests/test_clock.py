"""The virtual clock: what is virtual, what stays real, and that nothing is left behind.

Times of loops are asserted through the clock, never through the real one; real waits are counted, not measured.
"""

from __future__ import annotations

import asyncio
import asyncio.base_events
import datetime as dt
import sys
import threading
import time
import time as clock_under_another_name
from asyncio import sleep as asleep
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from time import sleep
from time import sleep as doze
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from autogen_harness import clock_loops
from autogen_harness.clock import FROZEN_AT, VirtualClock
from autogen_harness.clock_timeline import Real
from autogen_harness.errors import MissingExtra, UsageError
from autogen_harness.model import Slept

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

pytestmark = pytest.mark.usefixtures("real_sleeps")


@pytest.fixture
def real_sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would have been slept in real time by ``time.sleep``, recorded instead of slept."""
    slept: list[float] = []
    monkeypatch.setattr(Real, "sleep", staticmethod(slept.append))
    return slept


@pytest.fixture
def real_waits(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """The time limit of every real wait of a loop."""
    waits: list[float | None] = []
    wait = clock_loops._wait_for_real

    def counted(loop: Any, pace: Any, seconds: float | None) -> bool:
        waits.append(seconds)
        return wait(loop, pace, seconds)

    monkeypatch.setattr(clock_loops, "_wait_for_real", counted)
    return waits


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    """A clock that is on for the test."""
    with VirtualClock() as clock:
        yield clock


def back_off(wait: Callable[[float], None]) -> None:
    for attempt in range(6):
        wait(2.0**attempt)


# --- sleeps of threads ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "retry",
    [
        lambda: back_off(lambda seconds: time.sleep(seconds)),
        lambda: back_off(lambda seconds: clock_under_another_name.sleep(seconds)),
        lambda: back_off(lambda seconds: sleep(seconds)),
        lambda: back_off(lambda seconds: doze(seconds)),
        lambda: asyncio.run(asyncio.to_thread(back_off, lambda seconds: sleep(seconds))),
    ],
    ids=["module", "renamed-module", "name", "renamed", "executor"],
)
def test_a_back_off_is_virtual_however_sleep_was_imported(retry: Callable[[], None], clock: VirtualClock) -> None:
    """The schedule of a back-off loop is known exactly, and the time it takes is the clock's."""
    retry()
    assert ([1.0, 2.0, 4.0, 8.0, 16.0, 32.0], 63.0) == (clock.sleeps, clock.elapsed)


def test_an_hour_of_sleeps_takes_no_real_sleep(clock: VirtualClock, real_sleeps: list[float]) -> None:
    """3600 sleeps of a second never reach the real function where no other thread is at work."""
    for _ in range(3600):
        time.sleep(1)
    assert (3600.0, []) == (clock.elapsed, real_sleeps)


def test_a_sleep_lets_a_working_thread_run(clock: VirtualClock, real_sleeps: list[float]) -> None:
    """A loop that polls for another thread gives it a real millisecond each time, so that it is not starved."""
    release = threading.Event()
    worker = threading.Thread(target=release.wait)
    worker.start()
    time.sleep(5)
    release.set()
    worker.join()
    assert (5.0, [0.001]) == (clock.elapsed, real_sleeps)


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


# --- who is exempt ----------------------------------------------------------------------------------------------------


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
def test_who_bounds_real_waits_reads_real_time(name: str, is_real: bool, clock: VirtualClock) -> None:
    """``time.monotonic`` of waits that stay real, such as those of futures, does not jump."""
    clock.advance(1e9)
    now = as_module(name, "import time\nnow = time.monotonic()")["now"]
    assert is_real == (now < 1e9)


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


# --- event loops ------------------------------------------------------------------------------------------------------


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
        while loop.time() < deadline:
            await asyncio.sleep(0)

    asyncio.run(main())
    assert 0.0 == clock.elapsed


def test_a_loop_of_a_thread_of_the_test_is_virtual(clock: VirtualClock) -> None:
    """A bridge that runs a new loop in a new thread waits in virtual time too."""
    thread = threading.Thread(target=lambda: asyncio.run(asyncio.sleep(3600)))
    thread.start()
    thread.join()
    assert 3600.0 == clock.elapsed


async def answer_after(seconds: float) -> str:
    """Ask a real server on this machine, which answers after a real wait in a thread of its own."""
    import socket

    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _ = server.accept()
        threading.Event().wait(seconds)
        peer.sendall(b"real\n")
        peer.close()

    thread = threading.Thread(target=serve)
    thread.start()
    reader, writer = await asyncio.open_connection(*server.getsockname())
    try:
        return (await reader.readline()).decode().strip()
    finally:
        writer.close()
        await writer.wait_closed()
        thread.join()
        server.close()


async def job_of(seconds: float) -> str:
    """A short job, at rest in an executor: a real wait that asyncio knows of."""
    return await asyncio.get_running_loop().run_in_executor(None, lambda: (threading.Event().wait(seconds), "real")[1])


async def busy_thread(seconds: float) -> str:
    """A foreign thread that computes, and then wakes the loop."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[str] = loop.create_future()

    def compute() -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            sum(range(1000))
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


@pytest.mark.parametrize("work", [answer_after, job_of, busy_thread, pool_of_its_own, query, process])
def test_a_real_answer_does_not_time_out_early(work: Callable[[float], Awaitable[str]], clock: VirtualClock) -> None:
    """``wait_for`` around something real gives it its real time: a minute's limit is not skipped to."""

    async def main() -> str:
        return await asyncio.wait_for(work(0.12), 60)

    assert ("real", 0.0) == (asyncio.run(main()), clock.elapsed)


def test_a_real_wait_counts_toward_a_timeout(clock: VirtualClock, real_waits: list[float | None]) -> None:
    """A limit around a real job that lasts too long fires, after a real wait and no virtual one."""
    release = threading.Event()

    async def main() -> None:
        job = asyncio.get_running_loop().run_in_executor(None, release.wait)
        try:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(job, 0.05)
        finally:
            release.set()

    asyncio.run(main())
    assert (0.0, pytest.approx(0.05)) == (clock.elapsed, real_waits[0])


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
        assert clock_loops.GRACE not in limits

    asyncio.run(main())
    assert 3600.0 == clock.elapsed


def test_wall_waits_of_a_loop_go_on_when_the_job_is_done(clock: VirtualClock) -> None:
    """A long virtual sleep beside a short real job waits for the job, then is skipped."""

    async def main() -> list[Any]:
        return await asyncio.gather(asyncio.sleep(3600, "slept"), job_of(0.02))

    assert ["slept", "real"] == asyncio.run(main())
    assert 3600.0 == pytest.approx(clock.elapsed, abs=60)


# --- before and after -------------------------------------------------------------------------------------------------


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
            time.sleep(3600)
            await asyncio.sleep(0)
            assert [] == fired
            assert 7100 < old.when() - due < 7201, "meanwhile it is written in the loop's own time"
        assert (due, []) == (old.when(), fired)

    asyncio.run(main())


def test_a_timer_from_before_fires_when_it_is_really_due() -> None:
    """Skipping does not lose the older timers."""

    async def main() -> None:
        fired = asyncio.Event()
        asyncio.get_running_loop().call_later(0.02, fired.set)
        with VirtualClock():
            await asyncio.sleep(3600)
            await fired.wait()

    asyncio.run(main())


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
    loops = vars(asyncio.base_events.BaseEventLoop)
    subclass = vars(asyncio.SelectorEventLoop)
    return {
        **{
            f"time.{name}": getattr(time, name)
            for name in ("sleep", "time", "time_ns", "monotonic", "perf_counter", "localtime")
        },
        **{f"loop.{name}": loops[name] for name in ("time", "_run_once", "run_in_executor", "call_at")},
        **{"time of a loop's own class": subclass.get("time"), "datetime": dt.datetime, "date": dt.date},
        **{"asyncio.sleep": asyncio.sleep, "tasks.sleep": asyncio.tasks.sleep, "names": (sleep, doze, asleep)},
    }


@pytest.mark.parametrize("frozen", [False, True])
def test_stop_leaves_no_trace(frozen: bool) -> None:
    """Every function is the one it was: in ``time``, in ``asyncio``, in loops, and under every name; twice over."""
    before = identities()
    for _ in range(2):
        clock = VirtualClock()
        clock.start()
        if frozen:
            clock.freeze()
        changed = {name for name, value in identities().items() if value is not before[name] and name != "names"}
        asyncio.run(asyncio.sleep(1))
        clock.stop()
        clock.stop()
        assert {name: value for name, value in identities().items() if value != before[name]} == {}
        assert {"time.sleep", "time.monotonic", "asyncio.sleep", "loop.time"} <= changed


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
                time.sleep(10)
            time.sleep(2)
            assert 23.0 == pytest.approx(loop.time() - began, abs=1e-6)
        return outer.elapsed, inner.elapsed

    before = identities()
    assert (3.0, 20.0) == asyncio.run(main())
    assert before == identities()


def test_a_clock_starts_once(clock: VirtualClock) -> None:
    """A second start is an error that says what goes together."""
    with pytest.raises(UsageError, match="on already"):
        clock.start()


# --- wall time --------------------------------------------------------------------------------------------------------


def test_wall_time_is_real_unless_frozen(clock: VirtualClock) -> None:
    """Virtual sleeps alone do not move the wall clock."""
    before = time.time()
    time.sleep(1e6)
    assert time.time() - before < 1e6


def wall() -> list[str]:
    """What the different readings of wall time say."""
    stamp = dt.datetime.fromtimestamp(time.time(), dt.timezone.utc)
    return sorted({f"{now:%m-%d %H:%M:%S}" for now in (dt.datetime.now(), dt.datetime.now(dt.timezone.utc), stamp)})


def test_frozen_wall_time_moves_with_every_wait(clock: VirtualClock) -> None:
    """It stands where it was frozen, and then moves by sleeps, by loops and by ``advance``; a day's change included."""
    clock.freeze("2026-03-01T23:59:50Z")
    seen = [wall()]
    time.sleep(5)
    seen.append(wall())
    asyncio.run(asyncio.sleep(5))
    seen.append(wall())
    clock.advance(0.5)
    asyncio.run(asyncio.wait_for(asyncio.sleep(2.5), 60))
    seen.append(wall())
    assert [["03-01 23:59:50"], ["03-01 23:59:55"], ["03-02 00:00:00"], ["03-02 00:00:03"]] == seen
    assert dt.date(2026, 3, 2) == dt.date.today()


@pytest.mark.parametrize("at", [None, FROZEN_AT, dt.datetime(2026, 1, 5, 10, tzinfo=dt.timezone(dt.timedelta(hours=1)))])
def test_the_instant_is_text_or_a_datetime_or_the_documented_one(at: Any, clock: VirtualClock) -> None:
    """Zones are converted; without an instant it is the constant of the module."""
    clock.freeze(at)
    assert ["01-05 09:00:00"] == wall()


@pytest.mark.parametrize("how", ["coroutine", "thread", "executor", "test"])
def test_frozen_time_is_seen_everywhere(how: str, clock: VirtualClock) -> None:
    """In a coroutine, a thread, an executor's job and the test itself, ``time.time`` and ``datetime.now`` agree and are frozen."""
    clock.freeze()
    seen: list[list[str]] = []

    async def look() -> None:
        seen.append(wall())

    def in_a_thread() -> None:
        thread = threading.Thread(target=lambda: seen.append(wall()))
        thread.start()
        thread.join()

    {
        "coroutine": lambda: asyncio.run(look()),
        "thread": in_a_thread,
        "executor": lambda: asyncio.run(asyncio.to_thread(lambda: seen.append(wall()))),
        "test": lambda: seen.append(wall()),
    }[how]()
    assert [["01-05 09:00:00"]] == seen


def test_frozen_durations_are_exact(clock: VirtualClock) -> None:
    """While frozen, ``time.monotonic`` has only virtual time in it."""
    clock.freeze()
    began = time.monotonic()
    time.sleep(2.5)
    assert 2.5 == time.monotonic() - began


def test_runners_see_real_time_while_it_is_frozen(clock: VirtualClock) -> None:
    """pytest's durations and timeouts are not of the frozen world."""
    clock.freeze("2001-01-01")
    assert as_module("_pytest.runner", "import time\nnow = time.time()")["now"] > 1.7e9
    from _pytest import timing

    assert timing.perf_counter is not time.perf_counter


def test_retry_after_as_a_date_is_met_exactly(clock: VirtualClock) -> None:
    """``Retry-After`` with a date says the seconds from the frozen now, and after them the date is now."""
    clock.freeze("2026-05-04T12:00:00Z")
    header = format_datetime(dt.datetime.now(dt.timezone.utc) + dt.timedelta(seconds=120), usegmt=True)
    wait = (parsedate_to_datetime(header) - dt.datetime.now(dt.timezone.utc)).total_seconds()
    time.sleep(wait)
    assert ("Mon, 04 May 2026 12:02:00 GMT", [120.0]) == (header, clock.sleeps)
    assert dt.datetime(2026, 5, 4, 12, 2, tzinfo=dt.timezone.utc) == dt.datetime.now(dt.timezone.utc)


def test_reset_begins_again(clock: VirtualClock) -> None:
    """After a reset nothing has passed, nothing was slept, wall time is where it was frozen; loops go on unharmed."""
    clock.freeze()
    for _ in range(3):
        time.sleep(7)
        asyncio.run(asyncio.sleep(7))
        assert ([7.0, 7.0], 14.0, ["01-05 09:00:14"]) == (clock.sleeps, clock.elapsed, wall())
        clock.reset()
        assert ([], 0.0, ["01-05 09:00:00"]) == (clock.sleeps, clock.elapsed, wall())


def test_a_wait_in_an_inner_clock_moves_the_frozen_wall(clock: VirtualClock) -> None:
    """Who froze wall time and who sleeps may be different clocks; the outer one's ``monotonic`` comes back after."""
    clock.freeze()
    with VirtualClock():
        time.sleep(60)
    assert ["01-05 09:01:00"] == wall()


def test_an_inner_freeze_ends_with_the_inner_clock(clock: VirtualClock) -> None:
    """Wall time is real again, and ``time.monotonic`` still the outer clock's."""
    monotonic = time.monotonic
    with VirtualClock() as inner:
        inner.freeze("2001-01-01")
    assert (True, monotonic) == (dt.datetime.now().year > 2001, time.monotonic)


@pytest.mark.parametrize(
    ("misuse", "says"),
    [
        (lambda _: VirtualClock().freeze(), "the clock is off"),
        (lambda clock: (clock.freeze(), clock.freeze()), "frozen already"),
        (lambda clock: clock.freeze("teatime"), "'teatime'.*write a time such as"),
    ],
)
def test_misuse_of_freeze_is_explained(misuse: Callable[[VirtualClock], object], says: str, clock: VirtualClock) -> None:
    """Freezing while off, twice, or at something that is no time is an error that says what to write."""
    with pytest.raises(UsageError, match=says):
        misuse(clock)


def test_without_freezegun_freeze_says_what_to_install(clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of the clock works without freezegun."""
    monkeypatch.setitem(sys.modules, "freezegun", None)
    with pytest.raises(MissingExtra, match=r"autogen-harness\[clock\]"):
        clock.freeze()
    time.sleep(3)
    assert 3.0 == clock.elapsed


def test_a_users_own_freezegun_goes_beside_the_clock(clock: VirtualClock) -> None:
    """Under ``freeze_time`` of the test's own, loops and sleeps are still virtual, and freezegun cleans up as ever."""
    import freezegun

    with freezegun.freeze_time("2001-01-01"):
        time.sleep(3)
        asyncio.run(asyncio.sleep(4))
        assert ["01-01 00:00:00"] == wall()
    assert 7.0 == clock.elapsed


def test_a_partial_made_under_the_clock_is_virtual() -> None:
    """``functools.partial(time.sleep, 2)`` made while the clock is on is virtual when called."""
    with VirtualClock() as clock:
        partial(time.sleep, 2)()
    assert [2.0] == clock.sleeps

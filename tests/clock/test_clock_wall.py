"""Frozen wall time, which moves with the waits."""

from __future__ import annotations

import asyncio
import asyncio.base_events
import datetime as dt
import subprocess
import sys
import threading
import time
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from autogen_harness.clock import FROZEN_AT, VirtualClock
from autogen_harness.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable


def as_module(name: str, code: str) -> dict[str, Any]:
    """Run ``code`` as if it stood in a module ``name``."""
    names: dict[str, Any] = {"__name__": name}
    exec(code, names)
    return names


def test_wall_time_is_real_unless_frozen(clock: VirtualClock) -> None:
    """Virtual sleeps alone do not move the wall clock."""
    before = time.time()
    time.sleep(1e6)
    assert time.time() - before < 1e6


def wall() -> list[str]:
    """What the different readings of wall time say."""
    stamp = dt.datetime.fromtimestamp(time.time(), dt.timezone.utc)
    naive = dt.datetime.now()  # noqa: DTZ005  # what tools write, right or not
    return sorted({f"{now:%m-%d %H:%M:%S}" for now in (naive, dt.datetime.now(dt.timezone.utc), stamp)})


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
    assert dt.date(2026, 3, 2) == dt.date.today()  # noqa: DTZ011  # as above


@pytest.mark.parametrize("at", [None, FROZEN_AT, dt.datetime(2026, 1, 5, 10, tzinfo=dt.timezone(dt.timedelta(hours=1)))])
def test_the_instant_is_text_or_a_datetime_or_the_documented_one(at: Any, clock: VirtualClock) -> None:
    """Zones are converted; without an instant it is the constant of the module."""
    clock.freeze(at)
    assert ["01-05 09:00:00"] == wall()


@pytest.mark.parametrize("how", ["coroutine", "thread", "executor", "test"])
def test_frozen_time_is_seen_everywhere(how: str, clock: VirtualClock) -> None:
    """In a coroutine, a thread, an executor's job and the test itself, all readings agree and are frozen."""
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
    """Pytest's durations and timeouts are not of the frozen world."""
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
    assert (True, monotonic) == (time.time() > 1.7e9, time.monotonic)


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


def test_freeze_says_that_time_is_real_while_something_is_recorded(clock: VirtualClock) -> None:
    """Not that the clock is off, which the test never turned off; and afterwards it freezes as ever."""
    with clock.paused(), pytest.raises(UsageError, match="time is real here, because this test records"):
        clock.freeze()
    clock.freeze()
    assert clock.frozen


def test_without_freezegun_freeze_says_what_to_install(clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of the clock works without freezegun."""
    monkeypatch.setitem(sys.modules, "freezegun", None)
    with pytest.raises(MissingExtra, match=r"autogen-harness\[clock\]"):
        clock.freeze()
    time.sleep(3)
    assert 3.0 == clock.elapsed


def test_freezegun_is_not_misled_by_its_first_import() -> None:
    """It takes the ``time.monotonic`` that it finds at import for the real one; it finds the real one, clock or not."""
    script = """if True:
        import sys, time
        real = time.monotonic
        from autogen_harness.clock import VirtualClock
        assert "freezegun" not in sys.modules
        with VirtualClock() as clock:
            clock.freeze()
        assert time.monotonic is real is sys.modules["freezegun.api"].real_monotonic
    """
    subprocess.run([sys.executable, "-c", script], check=True)


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

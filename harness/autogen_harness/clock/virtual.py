"""The virtual clock: waits that take no real time, and a schedule that can be asserted exactly.

While a :class:`VirtualClock` is on, ``time.sleep`` and ``asyncio.sleep`` (under any name), the timers of every event loop,
and ``time.monotonic`` move together. Wall time is frozen only on request, by freezegun. ``docs/clock.md`` says what is
virtual, what is not, and when time advances.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from autogen_harness.clock import locks, loops, polls, stand_ins
from autogen_harness.clock.timeline import RUNNERS, WAITERS, Timeline
from autogen_harness.errors import MissingExtra, UsageError
from autogen_harness.model import Slept
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["FROZEN_AT", "VirtualClock"]

FROZEN_AT = "2026-01-05T09:00:00+00:00"
"""When ``freeze()`` freezes wall time, if not told: a Monday morning, UTC."""

_patches = Patches()  # of the first clock that is on; clocks nest, the stand-ins do not


class VirtualClock:
    """Virtual time for the process, from ``start()`` to ``stop()``; also a context manager. Clocks nest: the last one acts.

    Args:
        record: called with a :class:`~autogen_harness.model.Slept` for every sleep, when it begins, in its thread.

    Attributes:
        elapsed: virtual seconds skipped since ``start()``: exactly the sum of what was advanced.
        sleeps: seconds asked of every ``time.sleep`` and ``asyncio.sleep`` (but ``asyncio.sleep(0)``), in the order begun.
    """

    def __init__(self, record: Callable[[Slept], None] | None = None) -> None:
        self.elapsed = 0.0
        self.sleeps: list[float] = []
        self._record = record
        self._freezer: Any = None
        self._limit = 0
        self._is_paused = False
        self._wall: Any = None

    def start(self) -> None:
        """Put the stand-ins in place.

        Raises:
            UsageError: this clock is on already.
        """
        if self._is_on():
            message = "this clock is on already; start() goes with one stop(), or use `with clock:` alone"
            raise UsageError(message)
        if Timeline.current is None:
            Timeline.current = Timeline()
            stand_ins.put_sleeps(_patches)
            for part in (loops, locks, polls):
                part.put(_patches)
        Timeline.current.clocks.append(self)

    def stop(self) -> None:
        """Give real time back: to wall time, and with the last clock to sleeps and loops. A clock that is off stays off."""
        timeline = Timeline.current
        if timeline is None or not self._is_on():
            return
        self._thaw()
        with timeline.lock:
            timeline.clocks.remove(self)
        if not timeline.clocks:
            loops.settle(timeline)
            Timeline.current = None
            _patches.undo()
            timeline.let_go()
        else:
            stand_ins.put_readings(_patches)  # freezegun, if it was on, has put the real one there

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Give real time back inside of a block; ``elapsed`` and ``sleeps`` stand still meanwhile. One that is off stays off.

        Raises:
            UsageError: wall time is frozen, which cannot be taken up again as it was.
        """
        if self.frozen:
            message = (
                "wall time is frozen, and recording takes real time: leave freeze(), or clock=..., out while this is recorded"
            )
            raise UsageError(message)
        was_on = self._is_on()
        self.stop()
        self._is_paused = was_on
        try:
            yield
        finally:
            self._is_paused = False
            if was_on:
                self.start()

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` of virtual time pass. It wakes nobody: timers become due, and their loops see it at the next step.

        Raises:
            ValueError: ``seconds`` is negative.
        """
        if seconds < 0:
            message = f"time does not go back: {seconds} seconds"
            raise ValueError(message)
        self._move(seconds, by_hand=seconds)

    def skip(self, seconds: float) -> None:
        """Let the time of a wait pass. For whoever waits."""
        self._move(seconds, skipped=seconds)

    def _move(self, seconds: float, **how: float) -> None:
        timeline = Timeline.current
        if timeline is None or not self._is_on():
            self.elapsed = round(self.elapsed + seconds, 9)
            return
        with timeline.lock:
            self.elapsed = round(self.elapsed + seconds, 9)
            for clock in timeline.clocks:
                clock.tick(seconds)
            timeline.passed(**how)

    def slept(self, seconds: float, how: str) -> None:
        """Note that a sleep begins. For the stand-ins of the sleeps."""
        self.sleeps.append(seconds)
        if self._record is not None:
            self._record(Slept(seconds, how))

    def tick(self, seconds: float) -> None:
        """Move the frozen wall time, if this clock has frozen it. For ``advance`` of a clock inside this one."""
        if self._wall is not None:
            self._wall.tick(float(seconds))

    def freeze(self, at: str | datetime | None = None) -> None:
        """Freeze wall time until ``stop()``: ``datetime.now``, ``date.today``, ``time.time`` and the like move only with waits.

        Args:
            at: the instant, UTC where it names no zone; default :data:`FROZEN_AT`.

        Raises:
            UsageError: the clock is off, has frozen wall time already, or ``at`` is not a time.
            MissingExtra: freezegun is not installed.
        """
        if not self._is_on() or self._freezer is not None:
            raise UsageError(self._why_not())
        freezer = _freezer(FROZEN_AT if at is None else at)
        api = sys.modules["freezegun.api"]
        # freezegun looks five callers up for a package to ignore. A test is called by pytest and a coroutine by asyncio, so
        # they would see real time: only the caller itself counts.
        self._limit = api.call_stack_inspection_limit
        api.call_stack_inspection_limit = 1  # type: ignore[attr-defined]  # a documented-by-name setting of freezegun
        self._freezer, self._wall = freezer, freezer.start()

    def _why_not(self) -> str:
        """What keeps wall time from being frozen."""
        if self._is_paused:
            return "time is real here, because this test records what really comes; freeze() works where it is played again"
        problem = "wall time is frozen already" if self.frozen else "the clock is off"
        return f"{problem}; call freeze() once, between start() and stop()"

    def now(self) -> datetime:
        """The wall time that the code under test sees, in UTC: the frozen one, else the real one."""
        clocks = [*Timeline.current.clocks] if Timeline.current is not None else [self]
        wall = next((clock.wall for clock in reversed(clocks) if clock.frozen), None)
        return datetime.now(timezone.utc) if wall is None else datetime.fromtimestamp(wall, timezone.utc)

    @property
    def frozen(self) -> bool:
        """Whether this clock has frozen wall time."""
        return self._freezer is not None

    @property
    def wall(self) -> float | None:
        """The frozen wall time in seconds since 1970; None where this clock has not frozen it."""
        return None if self._wall is None else self._wall().replace(tzinfo=timezone.utc).timestamp()

    def reset(self) -> None:
        """Forget what passed: for the next example of a property-based test. Frozen wall time goes back to where it began."""
        self.elapsed, self.sleeps = 0.0, []
        if self._wall is not None:
            self._wall.move_to(self._freezer.time_to_freeze)

    def _thaw(self) -> None:
        if self._freezer is not None:
            self._freezer.stop()
            sys.modules["freezegun.api"].call_stack_inspection_limit = self._limit  # type: ignore[attr-defined]  # as above
            self._freezer = self._wall = None

    def _is_on(self) -> bool:
        return Timeline.current is not None and self in Timeline.current.clocks

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def _freezer(at: str | datetime) -> Any:
    """Make a freezegun freezer for ``at``, not started."""
    try:
        with stand_ins.real_readings():  # freezegun keeps what it finds at import as the real ones
            import freezegun  # late: it costs 100 ms and few tests freeze
    except ImportError:
        package = "freezegun"
        raise MissingExtra(package, "clock") from None
    try:
        freezer = freezegun.freeze_time(at)
    except (ValueError, TypeError) as problem:
        message = f"freeze({at!r}): {problem}; write a time such as {FROZEN_AT!r}, or give a datetime"
        raise UsageError(message) from None
    # Not real_asyncio: loops have our time, and freezegun would leave a `time` of its own on their class.
    freezer.ignore = (*RUNNERS, *WAITERS)
    return freezer

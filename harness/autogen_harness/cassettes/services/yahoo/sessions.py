"""When an exchange trades: the days of a shipped cassette's session, moved by whole days. Summer time is not worked out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from autogen_harness.errors import UsageError
from autogen_harness.wording import nearest_or_all

DAY = 86_400
"""Seconds."""

MINUTES = {"1m": 1, "2m": 2, "5m": 5, "15m": 15, "30m": 30, "60m": 60, "90m": 90, "1h": 60}
"""Intervals of less than a day, with their minutes."""

INTERVALS = (*MINUTES, "1d", "1wk", "1mo", "3mo")
"""The intervals that can be made."""

_EPOCH_WEEKDAY = 3  # 1970 began on a Thursday


@dataclass(frozen=True, slots=True)
class Sessions:
    """The regular sessions of an exchange. All times are seconds since 1970, but ``offset``, which is added to UTC.

    Attributes:
        start, end: of one session.
        closed: when the last price of that session is stamped.
        daily: there is a session on every day of the week.
    """

    start: int
    end: int
    closed: int
    offset: int
    daily: bool

    @classmethod
    def of(cls, meta: dict[str, Any]) -> Sessions:
        """Those of a template."""
        regular = meta["currentTradingPeriod"]["regular"]
        closed = max(regular["end"], meta["regularMarketTime"])
        daily = meta["instrumentType"] == "CRYPTOCURRENCY"
        return cls(regular["start"], regular["end"], closed, meta["gmtoffset"], daily)

    def shift(self, at: float) -> int:
        """Seconds, whole days, from the template's session to the last one that had begun at ``at``."""
        return next(self._days(at)) * DAY

    def slots(self, count: int, at: float, interval: str) -> list[int]:
        """The times of ``count`` bars, oldest first, the last of them not after ``at``.

        Raises:
            UsageError: there is no such interval.
        """
        if interval not in INTERVALS:
            raise UsageError(f"interval={interval!r} cannot be made; {nearest_or_all(interval, INTERVALS)}")
        return [*islice(self._backwards(at, interval), count)][::-1]

    def _backwards(self, at: float, interval: str) -> Iterator[int]:
        for day in self._days(at):
            start = self.start + day * DAY
            if interval in MINUTES:
                step = MINUTES[interval] * 60
                yield from (slot for slot in reversed(range(start, start + self.end - self.start, step)) if slot <= at)
            elif self._begins(day, interval):
                yield start

    def _begins(self, day: int, interval: str) -> bool:
        """Is this the first session of its day, week, month or quarter?"""
        before = next(self._days(self.start + (day - 1) * DAY))
        return interval == "1d" or self._period(day, interval) != self._period(before, interval)

    def _period(self, day: int, interval: str) -> tuple[int, int]:
        from datetime import datetime, timezone  # not at the top: freezegun would replace it

        local = datetime.fromtimestamp(self.start + day * DAY + self.offset, timezone.utc)
        if interval == "1wk":
            return local.isocalendar()[:2]
        return local.year, local.month if interval == "1mo" else (local.month - 1) // 3

    def _days(self, at: float) -> Iterator[int]:
        """Days from the template's, latest first, on which a session had begun at ``at``."""
        day = int((at - self.start) // DAY)
        while True:
            if self.daily or self._weekday(day) < 5:  # Saturday
                yield day
            day -= 1

    def _weekday(self, day: int) -> int:
        return ((self.start + self.offset) // DAY + day + _EPOCH_WEEKDAY) % 7

"""How old recordings are, in real days: a frozen clock makes nothing younger."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from autogen_harness.clock.timeline import Real
from autogen_harness.model import Note
from autogen_harness.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.cassettes.cassette import Interaction
    from autogen_harness.ledger import Entry

_DAY = 86_400


def days_since(recorded_at: str) -> float | None:
    """Real days since a moment in ISO 8601, UTC where it names no zone; None where it is no moment."""
    try:
        moment = datetime.fromisoformat(recorded_at.replace("Z", "+00:00"))  # Python 3.10 reads no Z
    except ValueError:
        return None
    at = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return (Real.wall() - at.timestamp()) / _DAY


class Ages:
    """Notes once of each cassette that is played and older than ``most`` days; 0 notes nothing."""

    def __init__(self, most: float, record: Callable[[Entry], None]) -> None:
        self._most, self._record = most, record
        self._told: set[str] = set()

    def check(self, name: str, interaction: Interaction) -> None:
        """Look at an interaction that is played; one that was composed has no age."""
        if interaction.recorded is None or not self._most:
            return
        stem = name.partition("#")[0]
        if stem in self._told:
            return
        age = days_since(interaction.recorded.at)
        if age is not None and age > self._most:
            self._told.add(stem)
            self._record(Note("age", f"{stem} was recorded {told(age)} ago; record it again (max_age = {self._most:g})"))

    def clear(self) -> None:
        """Forget what was noted."""
        self._told.clear()


def told(age: float) -> str:
    """An age in words."""
    return counted(int(age), "day") if age >= 1 else "less than a day"

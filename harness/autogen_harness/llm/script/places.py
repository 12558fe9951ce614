"""A turn in its place in a script: how often it was played, and how near requests came to its condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autogen_harness.differences import Difference
from autogen_harness.llm.asking.criteria import is_named
from autogen_harness.llm.asking.seen import Seen
from autogen_harness.llm.turns.turn import Turn


@dataclass(frozen=True, slots=True)
class Miss:
    """A request that a turn did not answer, and why; without a difference an earlier turn was chosen."""

    seen: Seen
    differences: Sequence[Difference]


@dataclass(slots=True)
class Place:
    """One turn of a script.

    Attributes:
        number: its place in the script, from 1.
        turn: the turn.
        played: how often it was played.
        closest: the request that came closest to its condition, and was not answered by it; of equal ones the latest.
        latest: the latest request that was not answered by it.
    """

    number: int
    turn: Turn
    played: int = 0
    closest: Miss | None = None
    latest: Miss | None = None

    @property
    def is_open(self) -> bool:
        """May it be played once more?"""
        return self.turn.condition.allows(self.played) if self.turn.condition else not self.played

    @property
    def is_owed(self) -> bool:
        """Must it be played once more?"""
        return self.turn.condition.owes(self.played) if self.turn.condition else not self.played

    @property
    def is_endless(self) -> bool:
        """May it be played any number of times?"""
        return self.turn.condition is not None and self.turn.condition.times == "any"

    def differences(self, seen: Seen) -> list[Difference]:
        """Why the turn, which has a condition, does not answer this request; empty where it does."""
        bound = is_named("agent", self.turn.agent, seen.request.agent) if self.turn.agent else []
        return bound + (self.turn.condition.differences(seen) if self.turn.condition else [])

    def missed(self, miss: Miss) -> None:
        """The turn did not answer this request."""
        self.latest = miss
        if self.closest is None or len(miss.differences) <= len(self.closest.differences):
            self.closest = miss

"""What lies in the folders of cassettes: how much, from where, how old, and what nobody speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from autogen_harness.cassettes.files import ages, formats, store
from autogen_harness.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from autogen_harness.cassettes.files.store import Listed


@dataclass(frozen=True, slots=True)
class Kept:
    """A cassette that can be played.

    Attributes:
        listed: its name, its file, and what it says of itself.
        interactions: how many.
        composed: how many of them were composed by hand.
        recorded_at: when the oldest of the others was recorded, ISO 8601; "" where there is none.
    """

    listed: Listed
    interactions: int
    composed: int
    recorded_at: str

    @property
    def provenance(self) -> Literal["composed", "recorded", "mixed"]:
        """Where its interactions come from."""
        return "recorded" if not self.composed else "composed" if self.composed == self.interactions else "mixed"

    @property
    def days(self) -> float | None:
        """Real days since its oldest recording; None where nothing was recorded."""
        return ages.days_since(self.recorded_at) if self.recorded_at else None

    @property
    def told(self) -> str:
        """Provenance and age in a few words."""
        return self.provenance if self.days is None else f"{self.provenance} {ages.told(self.days)} ago"

    def plain(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "name": self.listed.name,
            "about": self.listed.about,
            "path": str(self.listed.path),
            "shipped": self.listed.shipped,
            "interactions": self.interactions,
            "provenance": self.provenance,
            "recorded_at": self.recorded_at or None,
            "age_days": None if self.days is None else int(self.days),
        }


def inventory(roots: Sequence[Path]) -> tuple[list[Kept], list[str]]:
    """Every cassette by name, and why the others cannot be played."""
    found: list[Kept] = []
    problems: list[str] = []
    for one in store.listing(roots):
        try:
            if one.problem:
                problems.append(one.problem)
            else:
                found.append(_kept(one))
        except DocumentError as error:  # of a large cassette, whose interactions are read when they are needed
            problems.append(error.brief)
    return found, problems


def _kept(listed: Listed) -> Kept:
    interactions = formats.load(listed.path).interactions
    recorded = [one.recorded.at for one in interactions if one.recorded is not None]
    return Kept(listed, len(interactions), len(interactions) - len(recorded), min(recorded, default=""))

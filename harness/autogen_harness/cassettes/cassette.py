"""Interactions in memory, and what has been played of them. Knows no file and no HTTP library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from autogen_harness.cassettes.faults import Fault
    from autogen_harness.model import HttpReply, HttpRequest

Times = int | Literal["any"]
"""How often an interaction answers: a number, or "any" for once or more."""

BodyRule = Literal["any", "json"]
Provenance = Literal["composed", "recorded"]


@dataclass(frozen=True, slots=True)
class Match:
    """What of a request may differ from the recorded one.

    ``hosts``: any of these instead of the URL's own. ``query``: only these names are compared (None: all). ``path``: a regular
    expression for the whole path instead of the URL's own. ``body``: "any" is not compared, "json" is compared whatever the
    method; None compares the bodies of POST, PUT and PATCH, as JSON where both are JSON, else byte by byte.
    """

    hosts: tuple[str, ...] = ()
    query: tuple[str, ...] | None = None
    path: str | None = None
    body: BodyRule | None = None


@dataclass(frozen=True, slots=True)
class Interaction:
    """One recorded request with the reply it got."""

    request: HttpRequest
    reply: HttpReply
    match: Match = Match()
    times: Times = 1
    optional: bool = False
    provenance: Provenance = "composed"


@dataclass(frozen=True, slots=True)
class Cassette:
    """What one file holds."""

    interactions: tuple[Interaction, ...]
    about: str = ""


@dataclass(slots=True)
class Queued:
    """An interaction that waits for its request, in the order in which it was asked to."""

    name: str
    interaction: Interaction
    order: int
    times: Times = 1
    optional: bool = False
    fault: Fault | None = None
    played: int = field(default=0, init=False)

    @property
    def spent(self) -> bool:
        """It has answered as often as it may."""
        return self.times != "any" and self.played >= self.times

    @property
    def missing(self) -> bool:
        """It should have answered more often."""
        return not self.optional and self.played < (1 if self.times == "any" else self.times)

"""Interactions in memory, and what has been played of them. Knows no file and no HTTP library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autogen_harness.cassettes.faults import Fault
    from autogen_harness.model import HttpRequest, Outcome

Times = int | Literal["any"]
"""How often an interaction answers: a number, or "any" for once or more."""

BodyRule = Literal["any", "json", "form", "raw"]
Provenance = Literal["composed", "recorded"]

Like = Literal["uuid", "timestamp", "integer", "any"]
"""What a value may have to be; an expression between slashes is the other way to say it."""


@dataclass(frozen=True, slots=True)
class Match:
    """What of a request may differ from the recorded one.

    ``hosts``: any of these instead of the URL's own. ``query``: only these names are compared (None: all). ``path``: a regular
    expression for the whole path instead of the URL's own. ``body``: "any" is not compared, the others are compared whatever
    the method: "json" and "form" by meaning, "raw" byte by byte; None compares the bodies of POST, PUT and PATCH by what they
    are. ``headers``: these are compared as well. ``ignore``: places that are not compared, such as ``query.t`` or
    ``body.items[*].id``. ``like``: places whose value must only be of a kind (:data:`Like`), or fit ``/an expression/``.
    """

    hosts: tuple[str, ...] = ()
    query: tuple[str, ...] | None = None
    path: str | None = None
    body: BodyRule | None = None
    headers: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    like: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """An interaction answers only while the scenario ``name`` is in the state ``when``, and leaves it in ``then``.

    Every scenario begins in the state ``"start"``. None: in any state; the state stays. For pollers: the idea is WireMock's.
    """

    name: str
    when: str | None = None
    then: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """When (ISO 8601, UTC), at which host and through which client an interaction was recorded."""

    at: str
    host: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True)
class Timing:
    """Real seconds, as recorded, from the end of the request to the first byte of the reply and to its last."""

    first_byte: float
    total: float


@dataclass(frozen=True, slots=True)
class Interaction:
    """One request with what came of it. ``recorded`` is None where it was composed by hand."""

    request: HttpRequest
    outcome: Outcome
    match: Match = Match()
    times: Times = 1
    optional: bool = False
    recorded: Recorded | None = None
    timing: Timing | None = None
    scenario: Scenario | None = None

    @property
    def provenance(self) -> Provenance:
        """Was it recorded from a live service, or composed?"""
        return "composed" if self.recorded is None else "recorded"


@dataclass(frozen=True, slots=True)
class Cassette:
    """What one file holds."""

    interactions: Sequence[Interaction]
    about: str = ""


@dataclass(slots=True)
class Queued:
    """An interaction that waits for its request, in the order in which it was asked to.

    ``call`` is how a test writes that it is queued, where that is not by the name of a file. ``alone``: where it stays unplayed
    that is told of it alone, and not of all of its file. ``recorded``: it stands in a cassette that the test records.
    """

    name: str
    interaction: Interaction
    order: int
    times: Times = 1
    optional: bool = False
    fault: Fault | None = None
    call: str = ""
    alone: bool = field(default=True, init=False)
    played: int = field(default=0, init=False)
    recorded: bool = field(default=False, init=False)

    def written(self, argument: str = "") -> str:
        """The line of the test that queues this, with one more argument."""
        if self.recorded:
            return 'harness.http.record(mode="all") for once, which records it anew'
        call = self.call or f'harness.http.play("{self.name}")'
        return f"{call[:-1]}{'' if call.endswith('()') else ', '}{argument})" if argument else call

    @property
    def spent(self) -> bool:
        """It has answered as often as it may."""
        return self.times != "any" and self.played >= self.times

    @property
    def missing(self) -> bool:
        """It should have answered more often."""
        return not self.optional and self.played < (1 if self.times == "any" else self.times)

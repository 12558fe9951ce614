"""Interactions in memory, and what has been played of them. Knows no file and no HTTP library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autogen_harness.cassettes.failing.faults import Fault
    from autogen_harness.cassettes.matching.functions import Matcher
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


AS_RECORDED = Match()
"""Nothing may differ but what never counts: said of most interactions, which share it."""

START = "start"
"""The state in which every scenario begins."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """An interaction answers only while the scenario ``name`` is in the state ``when``, and leaves it in ``then``.

    Every scenario begins in the state :data:`START`. None: in any state; the state stays. For pollers: the idea is WireMock's.
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
    match: Match = AS_RECORDED
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

    ``fault`` is met in place of every answer; those ``ahead`` are met first, by one attempt each, and the answers come then.
    ``match`` decides, where there is one, which requests it answers. ``source`` is the cassette's own name, where it is played
    under that of a file of faults. ``states`` are those of all scenarios where it is queued; None: they do not count.
    ``met`` counts the faults ahead, ``lost`` those of them in which the server did what it was asked to, ``doubt`` is what the
    function raised last.
    ``call`` is how a test writes that it is queued, where that is not by the name of a file. ``alone``: where it stays unplayed
    that is told of it alone, and not of all of its file. ``recorded``: it stands in a cassette that the test records.
    """

    name: str
    interaction: Interaction
    order: int
    times: Times = 1
    optional: bool = False
    fault: Fault | None = None
    ahead: tuple[Fault, ...] = ()
    match: Matcher | None = None
    source: str = ""
    call: str = ""
    states: dict[str, str] | None = field(default=None, init=False)
    alone: bool = field(default=True, init=False)
    played: int = field(default=0, init=False)
    recorded: bool = field(default=False, init=False)
    met: int = field(default=0, init=False)
    lost: int = field(default=0, init=False)
    doubt: str = field(default="", init=False)

    def written(self, argument: str = "") -> str:
        """The line of the test that queues this, with one more argument."""
        if self.recorded:
            return 'harness.http.record(mode="all") for once, which records it anew'
        call = self.call or f'harness.http.play("{self.name}")'
        return f"{call[:-1]}{'' if call.endswith('()') else ', '}{argument})" if argument else call

    @property
    def spent(self) -> bool:
        """It has answered as often as it may."""
        return self.times != "any" and self.played >= self.times and self.met >= len(self.ahead)

    @property
    def missing(self) -> bool:
        """It should have answered more often. Where only the answer was lost, the request was what it should be."""
        return not self.optional and self.played + self.lost < (1 if self.times == "any" else self.times)

    @property
    def waits(self) -> bool:
        """Is its scenario in a state in which it does not answer?"""
        scenario = self.interaction.scenario
        if scenario is None or scenario.when is None or self.states is None:
            return False
        return self.states.get(scenario.name, START) != scenario.when

    def meet(self) -> Fault | None:
        """Take a request: count it, move the scenario on, and say which fault it meets, if any."""
        fault = self.fault
        if self.met < len(self.ahead):
            fault = self.ahead[self.met]
            self.met += 1
            self.lost += fault.kind == "lost_reply"
            if fault.kind != "recorded":
                return fault
        self.played += 1
        scenario = self.interaction.scenario
        if scenario is not None and scenario.then is not None and self.states is not None:
            self.states[scenario.name] = scenario.then
        return fault

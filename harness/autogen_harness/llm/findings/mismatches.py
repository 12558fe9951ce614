"""What a request is not, as findings: not as the turn expects it, not as a condition wants it, not anything new."""

from __future__ import annotations

from collections.abc import Sequence

from autogen_harness.differences import Difference, render
from autogen_harness.llm.script.places import Miss, Place
from autogen_harness.llm.script.script import MOST_REPEATS, Script
from autogen_harness.model import Finding, LlmRequest, TurnPlayed
from autogen_harness.wording import times


def unexpected(played: TurnPlayed, request: LlmRequest, differences: Sequence[Difference]) -> Finding:
    """A request is not what the turn that answers it expects."""
    return Finding(
        "request-unexpected",
        f"the request of {request.agent} is not what turn {played.number} expects, {played.said}\n{render(differences)}",
        fix="find out why the agent sends this, or correct what .expecting(...) says",
        expect=f'harness.expect("request-unexpected", agent="{request.agent}")',
        turn=played.number,
        fields={"agent": request.agent, "script": played.script, "differences": tuple(differences)},
    )


def looping(script: Script, request: LlmRequest) -> Finding:
    """A turn that may be played any number of times answers the same for ever."""
    return Finding(
        "script-looping",
        f"turn {script.played} answered {request.agent} {MOST_REPEATS} times, and each time it was asked the same",
        fix="let the chat end (a termination message, max_turns), or say how often the turn is meant to be played: times=20",
        expect=f'harness.expect("script-looping", agent="{request.agent}")',
        turn=script.played,
        fields={"agent": request.agent, "script": script.name},
    )


def nearest(script: Script) -> str:
    """Why no turn with a condition answered the request that came last: the one that came closest; empty without any."""
    tried = [(place, place.latest) for place in script.waiting if place.latest]
    if not tried:
        return ""
    place, miss = min(tried, key=lambda pair: len(pair[1].differences))
    return f"\nturn {place.number} does not answer it, {place.turn.conditioned}\n{render(miss.differences)}"


def unfired(place: Place) -> str:
    """Why a turn with a condition was not played; empty for one without."""
    condition = place.turn.condition
    if condition is None:
        return ""
    played = f"was played {times(place.played)}" if place.played else "was not played"
    return f"\nturn {place.number} {played}; " + (
        _told(place.closest) if place.closest else f"no {'other ' if place.played else ''}request came"
    )


def _told(miss: Miss) -> str:
    if not miss.differences:
        return f"it would have answered {_request(miss)}, and a turn before it did"
    return f"the closest was {_request(miss)}\n{render(miss.differences)}"


def _request(miss: Miss) -> str:
    return f"request {miss.seen.number} of {miss.seen.request.agent}"

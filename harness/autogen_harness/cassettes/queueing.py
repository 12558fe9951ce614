"""From an interaction to one that is queued, and from that to what a client meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from autogen_harness.cassettes import faults
from autogen_harness.cassettes.cassette import Queued
from autogen_harness.model import Delivery, HttpReply

if TYPE_CHECKING:
    from autogen_harness.cassettes.cassette import Interaction, Times
    from autogen_harness.cassettes.faults import Fault


class How(TypedDict):
    """Arguments of :meth:`~autogen_harness.cassettes.player.Player.play` that hold for each interaction."""

    fault: Fault | None
    optional: bool
    times: Times | None


def queued(
    name: str, one: Interaction, order: int, *, fault: Fault | None, optional: bool, times: Times | None, call: str = ""
) -> Queued:
    """An interaction in its place; ``times`` None: as often as it says itself."""
    return Queued(name, one, order, one.times if times is None else times, optional or one.optional, fault, call)


def met(queued: Queued) -> Fault | Delivery:
    """What an interaction that was queued comes to."""
    outcome = queued.interaction.outcome
    if queued.fault is None:
        return Delivery(outcome)
    return queued.fault.over(outcome) if isinstance(outcome, HttpReply) else queued.fault


def told(met: HttpReply | Fault | Delivery) -> str:
    """What was met, in one line for the ledger."""
    seen: Any = met.outcome if isinstance(met, Delivery) else met
    return str(seen.status) if isinstance(seen, HttpReply) else str(seen if isinstance(seen, faults.Fault) else seen.kind)

"""Which faults the attempts of a request meet, one by one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autogen_harness.cassettes.failing.faults import Fault, fault
from autogen_harness.errors import UsageError
from autogen_harness.model import Note
from autogen_harness.secrecy.shown import shown_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from autogen_harness.cassettes.cassette import Interaction, Queued

    Faults = Fault | Sequence["Fault | Sequence[Fault]"] | None


@dataclass(frozen=True, slots=True)
class Plan:
    """``instead``: met in place of every answer. ``ahead``: met first, by one attempt each; then the answers come."""

    instead: Fault | None = None
    ahead: tuple[Fault, ...] = ()

    def over(self, name: str, interaction: Interaction) -> Plan:
        """The same faults, on the way of what was recorded.

        Raises:
            UsageError: it is to be as slow as it was, and that was not recorded.
        """
        instead = None if self.instead is None else _over(self.instead, name, interaction)
        return Plan(instead, tuple(_over(one, name, interaction) for one in self.ahead))


def _over(one: Fault, name: str, interaction: Interaction) -> Fault:
    bound = one.over(interaction.outcome)
    if one.kind != "recorded_latency":
        return bound
    if interaction.timing is None:
        raise UsageError(f"{name} says nothing of its timing: write fault.slow(seconds) instead of fault.recorded_latency()")
    return replace(bound, seconds=interaction.timing.first_byte)


AS_RECORDED = Plan()
"""No fault at all."""


def plan(faults: Faults) -> Plan:
    """What ``play(fault=...)`` means: one fault stands in place of the answer, several come before it.

    Raises:
        UsageError: something in it is no fault; says how one is written.
    """
    if faults is None:
        return AS_RECORDED
    if isinstance(faults, list | tuple):
        return Plan(ahead=tuple(_flat(faults)))
    return Plan(instead=_fault(faults))


def _flat(faults: Iterable[object]) -> Iterator[Fault]:
    """``fault.status(503).times(2)`` may stand among single ones."""
    for one in faults:
        if isinstance(one, list | tuple):
            yield from _flat(one)
        else:
            yield _fault(one)


def _fault(value: object) -> Fault:
    if isinstance(value, Fault):
        return value
    raise UsageError(f"play(fault={_called(value)}")


def _called(value: object) -> str:
    """How a fault is written, by what was written instead."""
    maker = getattr(fault, getattr(value, "__name__", ""), None)
    if maker is None or value != maker:
        return f"{value!r}): write a call such as fault.timeout() or fault.status(503)"
    name = f"fault.{maker.__name__}"
    return f"{name}) lacks its brackets: write {name}({_FIRST.get(maker.__name__, '')})"


_FIRST = {"content_type": '"text/html"', "slow": "3", "status": "503"}
"""An argument for the faults that need one."""


def again(queued: Queued) -> Note | None:
    """A note where the server did already what it is now asked to do, and only its answer was lost."""
    if not queued.lost:
        return None
    request = queued.interaction.request
    sent = f"{request.method} {shown_url(request.url)}"
    text = f"{sent} was sent again after its reply was lost: the server does it twice ({queued.name})"
    return Note("duplicate delivery", text)

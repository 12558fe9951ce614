"""A law looked at in one call alone: that of a crash file, or of a test that somebody pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering import schedules
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.evidence import evidence
from autogen_harness.errors import UsageError
from autogen_harness.wording import nearest_or_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from autogen_harness.contracts.answering.upstream import Plan
    from autogen_harness.contracts.calling.world import Seen
    from autogen_harness.contracts.law import Breach, Law
    from autogen_harness.contracts.subject import Contract


def breaches(law: Law, world: World, calls: Iterable[tuple[Mapping[str, Any] | None, str]]) -> Iterator[Breach]:
    """Those of a law that is judged call by call, in calls with these arguments and faults.

    A call whose fault is not in the table any more is left out. So are all where the law looks at several calls at once: its
    table is the same in every run, and has been gone through.
    """
    plans = {plan.label: plan for plan in world.plans}
    for arguments, fault in calls:
        plan = (plans.get(fault) or schedules.named(world, fault)) if fault else world.calm
        if law.judge is not None and arguments is not None and plan is not None:
            yield from law.judge(world.contract, world.call(arguments, plan))


class _Noting(World):
    """A world that knows which calls were made in it."""

    def __init__(self, contract: Contract) -> None:
        super().__init__(contract)
        self.made: list[tuple[Mapping[str, Any], str]] = []

    def call(self, arguments: Mapping[str, Any], plan: Plan | None = None, **how: Any) -> Seen:
        """Call as ever, and note it."""
        seen = super().call(arguments, plan, **how)
        self.made.append(self.named(seen))
        return seen

    def named(self, seen: Seen) -> tuple[Mapping[str, Any], str]:
        """A call as a failure shows it: its arguments and its fault."""
        return dict(seen.arguments), seen.plan.label if self.origins or self.contract.collaborators else ""


def hold(law: Law, contract: Contract, arguments: Mapping[str, Any], fault: str) -> None:
    """Make one call, and see that it keeps the law.

    Raises:
        LawBroken: the law's own subclass.
        UsageError: the law does not look at such a call.
    """
    __tracebackhide__ = True
    with _Noting(contract) as world:
        found = next(_in_the_call(law, world, arguments, fault), None)
    if found is not None:
        raise law.broken(evidence(law, contract, found))


def _in_the_call(law: Law, world: _Noting, arguments: Mapping[str, Any], fault: str) -> Iterator[Breach]:
    __tracebackhide__ = True
    wanted = (dict(arguments), fault)
    for breach in law.check(world):
        if breach.seen is not None and world.named(breach.seen) == wanted:
            yield breach
    yield from breaches(law, world, [wanted])
    if wanted not in world.made:
        raise UsageError(_never_made(law, world, fault))


def _never_made(law: Law, world: _Noting, fault: str) -> str:
    faults = {made for _, made in world.made}
    if fault in faults or not fault:
        return f"{law.id} looks at calls with arguments of its own, and at none with these; copy them from its failure"
    return f"{law.id} meets no fault {fault!r}; {nearest_or_all(fault, faults)}"

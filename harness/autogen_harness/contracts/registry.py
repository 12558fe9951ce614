"""All laws, in the order in which they are checked: what needs no call first, then what every tool owes, then the patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from autogen_harness.contracts.patterns.agents import conversations, dispatching, nested, registries, wiring
from autogen_harness.contracts.patterns.chains import bad_steps, chain, identity, naming, oracles, saga, texts
from autogen_harness.contracts.patterns.concurrent import async_, async_batches, async_tasks
from autogen_harness.contracts.patterns.every import (
    budget,
    confinement,
    core,
    counting,
    dangerous,
    envelope,
    form,
    heed,
    process,
    repeat,
    secrecy,
    shape,
    size,
    surroundings,
    upstreams,
)
from autogen_harness.contracts.patterns.reporting import (
    callback,
    cancelling,
    durations,
    failing_steps,
    progress,
    runs_at_once,
    webhook,
)
from autogen_harness.contracts.patterns.retrying import retry, retry_errors, retry_waits, retry_writes, wrapping
from autogen_harness.errors import UsageError
from autogen_harness.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autogen_harness.contracts.law import Law
    from autogen_harness.contracts.subject import Contract

LAWS: tuple[Law, ...] = (
    *form.LAWS,
    *core.LAWS,
    *dangerous.LAWS,
    *envelope.LAWS,
    *repeat.LAWS,
    *upstreams.LAWS,
    *size.LAWS,
    *confinement.LAWS,
    *budget.LAWS,
    *secrecy.LAWS,
    *heed.LAWS,
    *shape.LAWS,
    *process.LAWS,
    *counting.LAWS,
    *retry.LAWS,
    *retry_waits.LAWS,
    *retry_errors.LAWS,
    *retry_writes.LAWS,
    *wrapping.LAWS,
    *surroundings.LAWS,
    *async_.LAWS,
    *async_batches.LAWS,
    *async_tasks.LAWS,
    *callback.LAWS,
    *progress.LAWS,
    *failing_steps.LAWS,
    *durations.LAWS,
    *runs_at_once.LAWS,
    *cancelling.LAWS,
    *webhook.LAWS,
    *identity.LAWS,
    *texts.LAWS,
    *oracles.LAWS,
    *nested.LAWS,
    *conversations.LAWS,
)


class NotChecked(NamedTuple):
    """A law that the tool owes and that could not be checked; ``hint`` is the keyword, or what else, that would allow it.

    Or ``left out: ...``, where its author said so.
    """

    law: str
    hint: str


CHAIN_LAWS = (*chain.LAWS, *bad_steps.LAWS, *naming.LAWS, *saga.LAWS)
"""What several tools owe to each other."""

TEAM_LAWS = (*wiring.LAWS, *dispatching.LAWS, *registries.LAWS)
"""What agents owe, whatever their tools do."""


def owed(contract: Contract) -> tuple[list[Law], list[NotChecked]]:
    """The laws that can be checked, and those that cannot, with what they want, or why their author left them out.

    Raises:
        UsageError: a law that is to be left out is none of those that the contract owes; the nearest is told.
    """
    laws = [law for law in _laws_about(contract) if law.is_owed_by(contract)]
    _refuse_strangers(contract, [law.id for law in laws])
    wanted = {law.id: _left_out(contract, law) or law.wants(contract) for law in laws}
    checked = [law for law in laws if not wanted[law.id]]
    return checked, [NotChecked(law, want) for law, want in wanted.items() if want]


def _laws_about(contract: Contract) -> Sequence[Law]:
    if contract.of_team:
        return TEAM_LAWS
    return CHAIN_LAWS if contract.steps else LAWS


def _left_out(contract: Contract, law: Law) -> str:
    reason = (contract.hints.without or {}).get(law.id)
    return f"left out: {reason}" if reason else ""


def _refuse_strangers(contract: Contract, known: Sequence[str]) -> None:
    for law in contract.hints.without or ():
        if law not in known:
            suggestion = did_you_mean(law, known) or f"its laws are {', '.join(known)}"
            message = f"without names {law!r}, which is no law that {contract.name} owes; {suggestion}"
            raise UsageError(message)

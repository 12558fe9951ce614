"""All laws, in the order in which they are checked: what needs no call first, then what every tool owes, then the patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from autogen_harness.contracts.hints import LATER
from autogen_harness.contracts.patterns import async_, callback, chain, core, envelope, form, repeat, retry, upstreams

if TYPE_CHECKING:
    from autogen_harness.contracts.law import Law
    from autogen_harness.contracts.subject import Contract

LAWS: tuple[Law, ...] = (
    *form.LAWS,
    *core.LAWS,
    *envelope.LAWS,
    *repeat.LAWS,
    *upstreams.LAWS,
    *retry.LAWS,
    *async_.LAWS,
    *callback.LAWS,
)


class NotChecked(NamedTuple):
    """A law that the tool owes and that could not be checked; ``hint`` is the keyword, or what else, that would allow it."""

    law: str
    hint: str


CHAIN_LAWS = chain.LAWS
"""What several tools owe to each other."""


def owed(contract: Contract) -> tuple[list[Law], list[NotChecked]]:
    """The laws that can be checked, and those that cannot, with what they want."""
    laws = [law for law in (CHAIN_LAWS if contract.steps else LAWS) if law.is_owed_by(contract)]
    checked = [law for law in laws if not law.wants(contract)]
    not_checked = [NotChecked(law.id, law.wants(contract)) for law in laws if law.wants(contract)]
    return checked, not_checked + [NotChecked(law, hint) for hint, law in LATER.items() if contract.hints.given(hint)]

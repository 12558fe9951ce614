"""What a law is: a small unit with an id, a sentence, a reason, and a function that looks for breaches.

A law is checked in two phases. First ``check`` goes through a table that is the same in every run and complete. Then, where a
law has a ``judge``, hypothesis draws calls from the schema and ``judge`` looks at each. Both say what they saw as
:class:`Breach` values; neither raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from autogen_harness.contracts.failure import LawBroken
from autogen_harness.errors import HarnessError

if TYPE_CHECKING:
    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract

    Check = Callable[[World], Iterator["Breach"]]
    Judge = Callable[[Contract, Seen], Iterator["Breach"]]
    Needs = Callable[[Contract], str]


@dataclass(frozen=True, slots=True)
class Breach:
    """A law is broken: ``what`` happened, in one line, in the call that ``seen`` holds (None where no call was needed).

    ``fix`` and ``severity`` override the law's own, where the breach knows better.
    """

    what: str
    seen: Seen | None = None
    fix: str = ""
    severity: Literal["error", "warning", ""] = ""


class NotShown(HarnessError):
    """What the law is about does not happen on this backend as it would live; the text says why. The test is skipped."""


def _nothing(_: Contract) -> str:
    return ""


def _every(_: Contract) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Law:
    """One thing that a tool owes.

    Attributes:
        id: a sentence in kebab case; the test id.
        sentence: the law in words.
        why: what a user of the tool sees when it is broken.
        fix: the likely repair.
        check: the deterministic phase.
        judge: the second phase: looks at one call with arguments drawn from the schema.
        schedules: the second phase draws what each attempt of the ordinary call meets, and not its arguments.
        effort: the share of the profile's ``max_examples`` that the second phase may draw.
        patterns: the patterns that owe the law; empty means all.
        needs: hint keywords without which the law cannot be checked.
        missing: what else the contract lacks for it, in words; "" when nothing.
        concerns: whether a contract has what the law speaks of, such as a parameter for a path; where not, it is not owed.
        severity: "error" makes the test red; "warning" warns with a :class:`ContractWarning`, since a good tool may do so.
    """

    id: str
    sentence: str
    why: str
    fix: str
    check: Check
    judge: Judge | None = None
    schedules: bool = False
    effort: float = 0.25
    patterns: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    missing: Needs = _nothing
    concerns: Callable[[Contract], bool] = _every
    severity: Literal["error", "warning"] = "error"
    broken: type[LawBroken] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A class of its own for each law: hypothesis tells failures apart by their class.
        name = "".join(part.capitalize() for part in self.id.split("-"))
        broken = type(name, (LawBroken,), {"__module__": "autogen_harness.contracts", "__doc__": self.sentence})
        object.__setattr__(self, "broken", broken)

    def is_owed_by(self, contract: Contract) -> bool:
        """Whether a tool of these patterns, and with these parameters, owes the law."""
        return (not self.patterns or bool(self.patterns & contract.patterns)) and self.concerns(contract)

    def wants(self, contract: Contract) -> str:
        """What would have to be given for the law to be checked; "" when it can be."""
        absent = (hint for hint in self.needs if not contract.hints.given(hint))
        return self.missing(contract) or next(absent, "")

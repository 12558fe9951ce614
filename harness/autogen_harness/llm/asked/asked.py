"""What was asked of the model: each request beside the turn that answered it, with its size and its price."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from autogen_harness.llm.usage.prices import cost_of
from autogen_harness.llm.usage.tokens import Tokens, estimate
from autogen_harness.model import LlmRequest, TurnPlayed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autogen_harness.ledger import Entry


@dataclass(frozen=True, slots=True)
class Asked(LlmRequest):
    """One request as it was on arrival, and what came of it.

    Attributes:
        turn: the turn that answered; None where none did, because the script had ended or the API would have refused.
    """

    turn: TurnPlayed | None = None

    @property
    def model(self) -> str:
        """The model that was asked for; empty where the request names none."""
        return str(self.params.get("model") or "")

    @property
    def tokens(self) -> Tokens:
        """Estimated tokens: see :mod:`~autogen_harness.llm.usage.tokens`."""
        body = self.body or {"messages": self.messages}
        return estimate(body, self.turn.answer if self.turn else {})

    @property
    def cost(self) -> float | None:
        """US dollars by a pinned table, from the estimated tokens; None where the model is not in it."""
        return cost_of(self.model, self.tokens)


def asked(entries: Iterable[Entry]) -> list[Asked]:
    """Every request among the ``entries`` of a ledger, oldest first, with its turn.

    One request is answered at a time, so its turn is the next one before another request.
    """
    found: list[tuple[LlmRequest, TurnPlayed | None]] = []
    for entry in entries:
        if isinstance(entry, LlmRequest):
            found.append((entry, None))
        elif isinstance(entry, TurnPlayed) and found and found[-1][1] is None:
            found[-1] = found[-1][0], entry
    return [_paired(request, turn) for request, turn in found]


def _paired(request: LlmRequest, turn: TurnPlayed | None) -> Asked:
    return Asked(**{field.name: getattr(request, field.name) for field in fields(LlmRequest)}, turn=turn)

"""From exchanges with a real model to a whole script: turns by agent, references for quotations, no secrets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autogen_harness.llm.recording.quoting import Quotable
from autogen_harness.llm.script.script_file import ScriptFile

if TYPE_CHECKING:
    from autogen_harness.llm.recording.recorder import Exchange
    from autogen_harness.llm.recording.secrets import Secrets
    from autogen_harness.llm.turns.turn import Turn
    from autogen_harness.model import Purpose


def script_of(exchanges: Sequence[Exchange], secrets: Secrets, about: str = "") -> ScriptFile:
    """The script that gives the same conversation.

    One agent's turns are the script of all; several have scripts of their own, so that nothing depends on who asks first.
    """
    turns = [_turn(exchange, secrets) for exchange in exchanges]

    def of(purpose: Purpose, agent: str | None = None) -> tuple[Turn, ...]:
        pairs = zip(exchanges, turns, strict=True)
        return tuple(turn for one, turn in pairs if one.request.purpose == purpose and agent in (None, one.request.agent))

    agents = list(dict.fromkeys(one.request.agent for one in exchanges if one.request.purpose == "reply"))
    several = {agent: of("reply", agent) for agent in agents} if len(agents) > 1 else {}
    return ScriptFile(() if several else of("reply"), several, of("selection"), of("summary"), about)


def _turn(exchange: Exchange, secrets: Secrets) -> Turn:
    quoted = Quotable(exchange.runs, exchange.request.messages).quoted(exchange.turn)
    return secrets.cleaned(quoted)

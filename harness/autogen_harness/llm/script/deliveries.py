"""Answers that broke off on their way: the next time the agent asks the same, they are served again, whole."""

from __future__ import annotations

from dataclasses import dataclass, replace

from autogen_harness.llm.replies import Reply
from autogen_harness.model import LlmRequest, Purpose, TurnPlayed


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer to ``request``: the turn, as it is recorded, and the reply."""

    request: LlmRequest
    played: TurnPlayed
    reply: Reply


class Deliveries:
    """What did not arrive, for each agent and purpose."""

    def __init__(self) -> None:
        self._broken: dict[tuple[str, Purpose], Delivery] = {}

    def sent(self, request: LlmRequest, played: TurnPlayed, reply: Reply) -> TurnPlayed:
        """Remember the reply if it breaks off.

        Returns:
            The turn as it is recorded: an answer that breaks off makes no calls, and is none.
        """
        if reply.broken is None:
            return played
        again = replace(played, said=f"{played.said.removeprefix('fail.broken_delivery ')} (again)")
        self._broken[request.agent, request.purpose] = Delivery(request, again, replace(reply, broken=None))
        return replace(played, calls=(), answer={})

    def again(self, request: LlmRequest) -> Delivery | None:
        """The whole answer to ``request``, if it is the next request of its agent and equal to the one that met a break.

        Equal means the same messages and tools: a client that fails over to another model asks the same again.
        """
        last = self._broken.pop((request.agent, request.purpose), None)
        if last is None or (last.request.messages, last.request.tools) != (request.messages, request.tools):
            return None
        return last

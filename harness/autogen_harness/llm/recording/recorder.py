"""What the real model answered while a script is recorded. Adapters tell it; the ledger and the script are made from it."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autogen_harness.llm.recording.transcribing import noted, turn_of
from autogen_harness.llm.references.results import known_to
from autogen_harness.llm.replies import Reply
from autogen_harness.model import LlmRequest, Note, ToolRun, TurnPlayed

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from autogen_harness.ledger import Ledger
    from autogen_harness.llm.turns.turn import Fail, Turn

TOPIC = "recording"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, the answer as a turn, and the tool runs that were known when the model was asked."""

    request: LlmRequest
    turn: Turn
    runs: tuple[ToolRun, ...]


class Recorder:
    """Collects exchanges from any thread.

    Attributes:
        exchanges: what was asked and answered, in the order of the answers.
        keys: the API keys that were used.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._lock = ledger, threading.Lock()
        self._numbers: Counter[str] = Counter()
        self.exchanges: list[Exchange] = []
        self.keys: set[str] = set()

    def known(self, request: LlmRequest) -> tuple[ToolRun, ...]:
        """The tool runs that the answer to ``request`` may quote; to be asked when the request arrives."""
        return tuple(known_to(_script_of(request), self._ledger))

    def waiting(self) -> AbstractContextManager[None]:
        """While the real model thinks, nothing happens in the ledger, and nothing hangs."""
        return self._ledger.waiting()

    def keep_secret(self, key: str) -> None:
        """An API key is used; it must not be written anywhere."""
        self.keys.add(key)

    def heard(self, request: LlmRequest, answer: Reply | Fail, runs: tuple[ToolRun, ...], *, legacy: bool = False) -> None:
        """The model answered ``request``, or failed.

        Args:
            request: as it was on arrival.
            answer: what came back.
            runs: what :meth:`known` gave then.
            legacy: the request offers ``functions``.
        """
        turn, script = turn_of(request, answer), _script_of(request)
        reply = answer if isinstance(answer, Reply) else Reply()
        calls = tuple((call.id, call.name) for call in reply.calls)
        message = reply.message(legacy=legacy) if reply is answer else {}
        with self._lock:  # one after the other, so that every request stands before its own turn
            self._numbers[script] += 1
            number = self._numbers[script]
            self.exchanges.append(Exchange(request, turn, runs))
            self._ledger.record(request)
            self._ledger.record(TurnPlayed(number, request.agent, request.purpose, str(turn), script, calls, answer=message))
            for text in noted(answer):
                self._ledger.record(Note(TOPIC, f"turn {number} of {script}: {text}"))


def _script_of(request: LlmRequest) -> str:
    return {"selection": "selector", "summary": "summary"}.get(request.purpose, request.agent)

"""One script on a server: how clients reach it, and how it answers them."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autogen_harness.llm.incoming import request_of
from autogen_harness.model import ToolRun
from autogen_harness.server.attempts import Attempt, Journal
from autogen_harness.server.callers import NOBODY, key_of, purpose_of
from autogen_harness.server.history import tool_runs

if TYPE_CHECKING:
    from autogen_harness.ledger import Ledger
    from autogen_harness.llm.player import ScriptPlayer
    from autogen_harness.llm.replies import Reply
    from autogen_harness.llm.turns.turn import Fail
    from autogen_harness.model import LlmRequest
    from autogen_harness.server.callers import Caller


class Endpoint:
    """The way to one script.

    Attributes:
        url: the base URL for clients, which ends in ``/v1``.
        name: the script's name on its server.
        llm: the player that answers.
    """

    def __init__(self, url: str, name: str, llm: ScriptPlayer, ledger: Ledger) -> None:
        self.url, self.name, self.llm = url, name, llm
        self.ledger = ledger
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget all requests; for the next example of a property-based test."""
        self.journal = Journal()
        self._runs_seen: set[str] = set()
        self._conversations: dict[str, tuple[Mapping[str, Any], ...]] = {}

    @property
    def key(self) -> str:
        """The API key that names this script."""
        return key_of(self.name)

    def key_of(self, agent: str) -> str:
        """The API key that names an agent of this script, for a client that is that agent's alone."""
        return key_of(self.name, agent)

    @property
    def env(self) -> dict[str, str]:
        """What a program finds the server by that knows nothing of it: ``OPENAI_BASE_URL`` and ``OPENAI_API_KEY``."""
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": self.key}

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Every request that came in; ``llm.requests`` has a request once, however often its client tried."""
        return self.journal.attempts

    # -- for the server --------------------------------------------------------------------------------------------------

    def answer(self, body: Mapping[str, Any], caller: Caller, *, again: bool = False, dialect: str = "") -> Reply | Fail:
        """The script's answer to the body of a chat completion.

        Args:
            body: as it came in.
            caller: who asks.
            again: the client tries an earlier request again.
            dialect: whose rules the request must keep; those of the player where it is empty.

        Raises:
            ScriptExhausted, ScriptBroken: as in process.
        """
        told = request_of(body, caller.agent or NOBODY, caller.purpose or purpose_of(body))
        request = replace(told, dialect=dialect)
        with self._lock:
            self._read_results(request)
        return self.llm.answer(request, legacy=bool(body.get("functions")) and not body.get("tools"), retried=again)

    def conversation(self, response: str) -> tuple[Mapping[str, Any], ...] | None:
        """The messages up to and with an earlier response of the Responses API; None where there is none of this id."""
        return self._conversations.get(response)

    def remember(self, response: str, messages: Sequence[Mapping[str, Any]]) -> None:
        """Keep the messages of a response, so that a later request can continue it."""
        self._conversations[response] = tuple(messages)

    def _read_results(self, request: LlmRequest) -> None:
        """Record what tools returned since the last request. What ran in this process is there already."""
        seen = self._runs_seen | {run.call_id for run in self.ledger.of(ToolRun) if run.call_id}
        for run in tool_runs(request.messages, request.agent):
            if run.call_id not in seen:
                self._runs_seen.add(str(run.call_id))
                self.ledger.record(run)

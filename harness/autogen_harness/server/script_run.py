"""A script on a server without a harness: its player, what happened, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autogen_harness.ledger import Ledger
from autogen_harness.llm.player import ScriptPlayer
from autogen_harness.model import Finding, Said
from autogen_harness.server.endpoint import Endpoint
from autogen_harness.transcript import Transcript
from autogen_harness.verdict import Expectation, expectation, judge


class ScriptRun(Endpoint):
    """One script among others on a server.

    Attributes:
        transcript: what happened, as views.
    """

    def __init__(self, url: str, name: str) -> None:
        ledger = Ledger()
        self._expectations: list[Expectation] = []
        super().__init__(url, name, ScriptPlayer(ledger, self._expect, name), ledger)
        self.transcript = Transcript(ledger)

    def expect(self, rule: str, count: int = 1, **fields: Any) -> None:
        """A finding that is meant: see ``harness.expect``.

        Raises:
            UsageError: there is no such rule, or it has no such field.
        """
        self._expect(rule, fields, count=count)

    def _expect(self, rule: str, fields: Mapping[str, Any], said: Said | None = None, count: int = 1, **options: Any) -> None:
        self._expectations.append(expectation(rule, count, fields, said, **options))

    def findings(self, *, body_failed: bool = False) -> list[Finding]:
        """The verdict so far: what went wrong and was not expected, and the turns left.

        Args:
            body_failed: the program that asked failed by itself, so what it left over says nothing new.
        """
        found = [*self.ledger.findings, *([] if body_failed else self.llm.leftovers())]
        return judge(found, self._expectations, body_failed=body_failed, outcome=self.transcript.came_of)

"""What a turn means to bring: the error that it says a tool raises, and what may come of a fault that it declares."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence

from autogen_harness.llm.lint.lint import Linted
from autogen_harness.llm.script.script import Script
from autogen_harness.llm.turns.turn import Turn
from autogen_harness.model import Said


class Meant:
    """Tells the verdict which findings are meant.

    Args:
        expect: called with the rule and the fields of a finding, and where a turn says so; with ``demanded=False`` where the
            finding may happen and need not, because versions of AutoGen differ in what they make of it.
    """

    def __init__(self, expect: Callable[..., None]) -> None:
        self._expect = expect

    def by(self, turn: Turn, linted: Sequence[Linted], script: Script) -> None:
        """Expect what ``turn``, the last one played of ``script``, means with each of its calls."""
        owner = f"turn {script.played}" + (f" of {script.name}" if script.name else "")
        for one in linted:
            self._error(one, owner)
            self._fault(one, owner)
        self._rejections([turn, *(one.call for one in linted)])

    def _error(self, one: Linted, owner: str) -> None:
        expected = one.call.expected
        if expected:
            match = {"message": re.compile(expected.match)} if expected.match else {}
            said = Said(f"{owner} says {expected}", one.call.tool, one.sent.id)
            self._expect("tool-raised", {"tool": one.call.tool, "error": expected.type, **match}, said)

    def _fault(self, one: Linted, owner: str) -> None:
        flaw = one.call.flaw
        if flaw and flaw.causes:
            said = Said(f"{owner} says {flaw}", one.call.tool, one.sent.id)
            # Of the run alone: a mistake beside the fault names its script, and is not meant.
            self._expect(flaw.causes, {"tool": one.call.tool, "script": None}, said, demanded=False)

    def _rejections(self, turns: Sequence[Turn]) -> None:
        """A fault stays in the history, so every request that the agent makes with it may be refused."""
        for rule in sorted({rule for one in turns if one.flaw for rule in one.flaw.rejected_as}):
            self._expect("request-rejected", {"breaks": rule}, None, count=sys.maxsize, demanded=False)

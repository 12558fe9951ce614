"""Conditions: what a request must say for a turn to be its answer. Made by ``turn.when(...)``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from autogen_harness.differences import Difference, compare
from autogen_harness.errors import UsageError
from autogen_harness.llm.asking.criteria import (
    Predicate,
    Text,
    check,
    contains,
    is_named,
    is_true,
    latest_holds,
    must_be_a_function,
    must_be_asked_for,
    written,
)
from autogen_harness.llm.asking.seen import Seen
from autogen_harness.llm.references.reference import Reference

Times = int | Literal["any"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a request must say, all of it, and how often the turn may answer; None asks nothing. See ``Turn.when``."""

    text: Text | None = None
    last_result: Any = None
    tool: str | re.Pattern[str] | None = None
    agent: str | re.Pattern[str] | None = None
    model: str | re.Pattern[str] | None = None
    number: int | None = None
    predicate: Predicate | None = None
    times: Times = 1
    optional: bool = False

    def __post_init__(self) -> None:
        must_be_asked_for("when(text=...)", self.text, str, re.Pattern, Reference)
        for name in ("tool", "agent", "model"):
            must_be_asked_for(f"when({name}=...)", getattr(self, name), str, re.Pattern)
        must_be_asked_for("when(number=...)", self.number, int)
        must_be_asked_for("when(last_result=...)", self.last_result)
        must_be_a_function("when(predicate=...)", self.predicate)
        if self.times != "any" and (not isinstance(self.times, int) or isinstance(self.times, bool) or self.times < 1):
            raise UsageError(f'when(times={self.times!r}): times is a number from 1, or "any"')
        if self.number is not None and self.number < 1:
            raise UsageError(f"when(number={self.number}): the requests of an agent are counted from 1")
        if not self._asked and self.times == 1:
            raise UsageError('when() asks nothing; say what, or times="any" for an answer to every other request')

    @property
    def _asked(self) -> Mapping[str, Any]:
        """What is asked, by name."""
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in ("times", "optional")}
        return {name: value for name, value in values.items() if value is not None}

    def allows(self, fired: int) -> bool:
        """May the turn answer once more, after it did ``fired`` times?"""
        return self.times == "any" or fired < self.times

    def owes(self, fired: int) -> bool:
        """Has the turn answered less often than it is meant to?"""
        return not self.optional and fired < (1 if self.times == "any" else self.times)

    def differences(self, seen: Seen) -> list[Difference]:
        """Why the turn does not answer this request; empty where it does."""
        found: list[Difference] = []
        last = seen.results[-1:]
        if self.text is not None:
            found += check(contains, "text", self.text, seen, seen.text)
        if self.last_result is not None:
            found += check(latest_holds, "last_result", self.last_result, seen, last)
        if self.tool is not None:
            found += is_named("tool", self.tool, last[0].tool if last else "")
        if self.agent is not None:
            found += is_named("agent", self.agent, seen.request.agent)
        if self.model is not None:
            found += is_named("model", self.model, seen.model)
        if self.number is not None:
            found += compare(self.number, seen.number, "number")
        if self.predicate is not None and not found:  # so that it need not look at requests of others
            found += is_true(self.predicate, seen.request)
        return found

    def __str__(self) -> str:
        often = {"times": self.times} if self.times != 1 else {}
        asked = {**self._asked, **often, **({"optional": True} if self.optional else {})}
        return f".when({', '.join(f'{name}={written(value)}' for name, value in asked.items())})"

"""What a turn asks of the request that it answers: to be chosen by it, or to find it as expected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import EllipsisType
from typing import Any, TypeVar

from autogen_harness.errors import UsageError
from autogen_harness.llm.asking.conditions import Condition, Times
from autogen_harness.llm.asking.criteria import Predicate, Text
from autogen_harness.llm.asking.expecting import Expectation

A = TypeVar("A", bound="Asking")


@dataclass(frozen=True, slots=True)
class Asking:
    """The part of a turn that looks at the request; without it a turn answers whatever is asked next."""

    condition: Condition | None = field(default=None, kw_only=True)
    expectation: Expectation | None = field(default=None, kw_only=True)

    def when(  # noqa: PYI019 - Self is in typing from 3.11 on
        self: A,
        *,
        text: Text | None = None,
        last_result: Any = None,
        tool: str | re.Pattern[str] | None = None,
        agent: str | re.Pattern[str] | None = None,
        model: str | re.Pattern[str] | None = None,
        number: int | None = None,
        predicate: Predicate | None = None,
        times: Times = 1,
        optional: bool = False,
    ) -> A:
        """The same turn, chosen by what a request says, beside the order of the script.

        Every request is answered by the first turn with a condition that holds and that may still answer; only where there
        is none by the next turn in order. All that is asked must hold. Patterns are compiled and searched.

        Args:
            text: a string or a pattern that the content of the last message holds. Where AutoGen itself asks, for a speaker
                or a summary, that is the last message of the chat, before its question.
            last_result: what the latest tool result in the history holds: a string or a pattern in its text, or a structure, of
                whose mappings the keys named here count.
            tool: the name of the tool that the latest result is of.
            agent: the name of the agent that asks. ``.by(...)`` says the same of one agent.
            model: the name of the model that is asked.
            number: which request of the agent this is, counted from 1.
            predicate: a function of the request that says yes or no; asked when all else holds.
            times: how often the turn answers: exactly so often, or ``"any"`` for once or more.
            optional: it need not answer at all.

        Raises:
            UsageError: nothing is asked, something that cannot be, or a condition is there already.
        """
        if self.condition is not None:
            raise UsageError(f"{self} has a condition already; write both into one when(...)")
        asked = Condition(text, last_result, tool, agent, model, number, predicate, times, optional)
        return replace(self, condition=asked)

    def expecting(  # noqa: PYI019 - as above
        self: A,
        *,
        tools: Sequence[str | EllipsisType] | None = None,
        last_message: Text | None = None,
        result: Any = None,
        results: Mapping[str, Any] | None = None,
        messages: int | range | None = None,
        without: Text | Sequence[Text] = (),
        model: str | re.Pattern[str] | None = None,
        predicate: Predicate | None = None,
    ) -> A:
        """The same turn, for which the request should say what is expected here; else the finding ``request-unexpected``.

        The turn is played all the same. Patterns are compiled and searched.

        Args:
            tools: the names of all tools on offer, in any order; with ``...`` among them, others may be there as well.
            last_message: a string or a pattern that the content of the last message holds.
            result: what the latest tool result in the history holds, as ``last_result`` of :meth:`when`.
            results: the same by the name of the tool.
            messages: how many messages the history has, the system message included; a number or a range.
            without: strings and patterns that stand nowhere in the request, tools and system message included.
            model: the name of the model that is asked.
            predicate: a function of the request that says yes or no.

        Raises:
            UsageError: nothing is expected, something that cannot be, or an expectation is there already.
        """
        if self.expectation is not None:
            raise UsageError(f"{self} has an expectation already; write both into one expecting(...)")
        wanted = Expectation(tools, last_message, result, results or {}, messages, without, model, predicate)
        return replace(self, expectation=wanted)

    @property
    def conditioned(self) -> str:
        """The turn with its condition, as a listing shows it."""
        return f"{self}{self.condition or ''}"

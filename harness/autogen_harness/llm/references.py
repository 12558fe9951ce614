"""References: a piece of a turn that is taken from an earlier tool result when the turn is played.

``result("search_companies").companies[0].name`` is a recipe, not a value: the tool has not run yet when the script is
written. Attributes and ``[...]`` always mean data, never methods, so a key named ``items`` works like any other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from autogen_harness.errors import Recorded, UsageError
from autogen_harness.model import ToolRun

Step = str | int


class ReferenceBroken(Recorded, UsageError):
    """A reference points at something that the earlier result does not hold; the message shows the result."""


class Reference:
    """A place inside the result of a tool call that has not happened yet. Made by :func:`result`."""

    __slots__ = ("__call", "__path", "__tool", "__transform")

    def __init__(self, tool: str, path: tuple[Step, ...], call: int, transform: Callable[[Any], Any] | None) -> None:
        self.__tool, self.__path, self.__call, self.__transform = tool, path, call, transform

    def __getattr__(self, name: str) -> Reference:
        if name.startswith("__") and name.endswith("__"):  # copy, pickle and inspect ask for these
            raise AttributeError(name)
        return Reference(self.__tool, (*self.__path, name), self.__call, self.__transform)

    def __getitem__(self, key: Step) -> Reference:
        return Reference(self.__tool, (*self.__path, key), self.__call, self.__transform)

    def __iter__(self) -> NoReturn:
        message = f"{self!r} has no value yet, so it cannot be looped over; use transform= to work on the value"
        raise UsageError(message)

    def __repr__(self) -> str:
        path = "".join(f"[{step!r}]" if isinstance(step, int) or not step.isidentifier() else f".{step}" for step in self.__path)
        nth = "" if self.__call == -1 else f", call={self.__call}"
        return f'result("{self.__tool}"{nth}){path}'

    def __str__(self) -> NoReturn:
        message = f"{self!r} has no value yet, so it cannot be put into a string; write say('text ', {self!r}, ' more text')"
        raise UsageError(message)

    def __format__(self, spec: str) -> NoReturn:
        str(self)
        raise AssertionError  # str() above always raises

    def _resolve(self, runs: Sequence[ToolRun]) -> Any:
        value = _value_of(self.__pick(runs))
        for depth, step in enumerate(self.__path):
            value = self.__descend(value, step, depth)
        return self.__transform(value) if self.__transform else value

    def __pick(self, runs: Sequence[ToolRun]) -> ToolRun:
        mine = [run for run in runs if run.tool == self.__tool]
        try:
            return mine[self.__call]
        except IndexError:
            ran = ", ".join(run.tool for run in runs) or "none"
            message = f"{self!r}: the tool {self.__tool!r} has run {len(mine)} times so far (tools that ran: {ran})"
            raise ReferenceBroken(message) from None

    def __descend(self, value: Any, step: Step, depth: int) -> Any:
        if isinstance(value, str):
            value = _value_of_text(value)
        try:
            return value[step]
        except (KeyError, IndexError, TypeError):
            there = Reference(self.__tool, self.__path[:depth], self.__call, None)
            has = f"its keys are {sorted(map(str, value))}" if isinstance(value, Mapping) else f"it is {_short(value)}"
            message = f"{self!r}: {there!r} has no {step!r}; {has}"
            raise ReferenceBroken(message) from None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:199]}…"


def _value_of(run: ToolRun) -> Any:
    return _value_of_text(run.result) if isinstance(run.result, str) else run.result


def _value_of_text(text: str) -> Any:
    """A tool's text as JSON where it is JSON, else as it stands."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def result(tool: str, *, call: int = -1, transform: Callable[[Any], Any] | None = None) -> Reference:
    """The result of an earlier call of ``tool``, to be used in arguments and in text.

    Args:
        tool: the tool's name.
        call: which of its calls, as a list index; the latest by default.
        transform: a function from the value found to the value used.

    Example: ``call("score_lead", company_name=result("search_companies").companies[0].company_name)``.
    """
    return Reference(tool, (), call, transform)


def fill(value: Any, runs: Sequence[ToolRun]) -> Any:
    """``value`` with every reference in it replaced by what it points at.

    Raises:
        ReferenceBroken: the tool has not run, or its result lacks the path.
    """
    if isinstance(value, Reference):
        return value._resolve(runs)
    if isinstance(value, Mapping):
        return {key: fill(item, runs) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [fill(item, runs) for item in value]
    return value

"""Turns: what the model does when an agent asks it. Values only; :mod:`~autogen_harness.llm.player` plays them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from autogen_harness.errors import UsageError, must_be_text
from autogen_harness.llm.references import Reference

T = TypeVar("T", bound="Turn")


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of the model. Make one with ``call``, ``calls``, ``say`` or ``fail``."""

    agent: str | None = field(default=None, kw_only=True)

    def by(self: T, agent: str) -> T:  # noqa: PYI019 - Self is in typing from 3.11 on
        """The same turn, only for the agent of this name.

        Raises:
            UsageError: this is not a name.
        """
        must_be_text(agent, "the name in .by(...)", f'.by("{getattr(agent, "name", "planner")}")')
        return replace(self, agent=agent)


@dataclass(frozen=True, slots=True)
class ExpectedError:
    """A tool call that is meant to raise ``type``, with ``match`` found in the message."""

    type: type[BaseException]
    match: str | None = None

    def __str__(self) -> str:
        match = f", match={self.match!r}" if self.match else ""
        return f".raises({self.type.__name__}{match})"


@dataclass(frozen=True, slots=True)
class Call(Turn):
    """The model calls one tool."""

    tool: str
    arguments: Mapping[str, Any]
    expected: ExpectedError | None = None

    def raises(self, error: type[BaseException], match: str | None = None) -> Call:
        """The same call, whose tool is meant to raise: expects the finding ``tool-raised``, and fails without it.

        Args:
            error: the exception class that the tool must raise.
            match: a regular expression to find in its message.

        Raises:
            UsageError: ``error`` is not an exception class.
        """
        if not (isinstance(error, type) and issubclass(error, BaseException)):
            message = f"raises(...) takes the class of an exception, such as ValueError, not {error!r}"
            raise UsageError(message)
        return replace(self, expected=ExpectedError(error, match))

    def __str__(self) -> str:
        return f"call {self.written}"

    @property
    def written(self) -> str:
        """The call as one would write it, and the error that it is meant to raise."""
        return describe_call(self.tool, self.arguments) + str(self.expected or "")


@dataclass(frozen=True, slots=True)
class Calls(Turn):
    """The model calls several tools at once."""

    calls: tuple[Call, ...]

    def __str__(self) -> str:
        return "calls " + ", ".join(one.written for one in self.calls)


@dataclass(frozen=True, slots=True)
class Say(Turn):
    """The model answers with text. ``structured``: the one part is JSON even where it is a plain string."""

    parts: tuple[Any, ...]
    structured: bool = False

    def text(self, filled: list[Any]) -> str:
        """The text, from the parts with their references filled in."""
        return "".join(part if isinstance(part, str) and not self.structured else _compact(part) for part in filled)

    def __str__(self) -> str:
        return "say " + " + ".join(describe(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Fail(Turn):
    """The API answers with an error instead of a turn. ``kind`` is ``status``, ``timeout`` or ``connection``.

    ``code``, ``param`` and ``type`` are fields of the error's body; a ``type`` of None goes by the status.
    """

    kind: str
    status: int | None = None
    message: str = ""
    code: str | None = None
    retry_after: float | None = None
    param: str | None = None
    type: str | None = None

    def __str__(self) -> str:
        return f"fail {self.status}" if self.kind == "status" else f"fail {self.kind}"


def describe(value: Any) -> str:
    """A scripted value in one line: JSON, with references as they are written."""
    if isinstance(value, Reference):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(k))}: {describe(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(describe(item) for item in value) + "]"
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)


def describe_call(tool: str, arguments: Mapping[str, Any]) -> str:
    """A call as one would write it: ``get_stock_price(ticker="NVDA")``."""
    return f"{tool}({', '.join(f'{name}={describe(value)}' for name, value in arguments.items())})"


def call(tool: str, arguments: Mapping[str, Any] | None = None, /, **kwargs: Any) -> Call:
    """The model calls ``tool``.

    Args:
        tool: the tool's name.
        arguments: arguments as a mapping, for names that collide with Python's own; joined with the keywords.
        kwargs: arguments by keyword. A value can be, or contain, a reference made by ``result(...)``.

    Raises:
        UsageError: an argument is given twice or without its name, or the tool is not named by text.
    """
    must_be_text(tool, "the tool of call(...)", f'call("{getattr(tool, "__name__", "search_web")}", ...)')
    if not isinstance(arguments, Mapping | None):
        message = f"call({tool!r}, {arguments!r}): arguments go by name, call({tool!r}, name={arguments!r}), or as a mapping"
        raise UsageError(message)
    twice = sorted(set(arguments or ()) & set(kwargs))
    if twice:
        message = f"call({tool!r}): {', '.join(twice)} is given twice, in the mapping and as a keyword"
        raise UsageError(message)
    return Call(tool, {**(arguments or {}), **kwargs})


def calls(*turns: Call) -> Calls:
    """The model calls several tools in one turn. Not possible where the request offers legacy ``functions``.

    Raises:
        UsageError: no call is given, something that is not one, or a call that is bound to an agent by itself.
    """
    wrong = [turn for turn in turns if not isinstance(turn, Call)]
    if wrong or not turns:
        message = "calls(...) takes one or more call(...)" + (f", not {wrong[0]!r}" if wrong else "")
        raise UsageError(message)
    bound = next((turn for turn in turns if turn.agent), None)
    if bound is not None:
        message = f"one agent makes all calls of a turn: write calls(...).by({bound.agent!r})"
        raise UsageError(message)
    return Calls(tuple(turns))


def say(*parts: Any, json: Any = None) -> Say:
    """The model answers with text, made by joining ``parts``.

    Args:
        parts: strings stand as they are, numbers as JSON, structures as compact JSON, references as what they point at.
        json: instead of parts, one structure for structured output.

    Raises:
        UsageError: both are given, or neither.
    """
    if (json is None) == (not parts):
        message = "say(...) takes parts, or json=..., and not both; for an empty answer write say('')"
        raise UsageError(message)
    return Say(parts) if json is None else Say((json,), structured=True)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _FailNamespace:
    """``fail(429)``, and the faults that are not a status: ``fail.timeout()``, ``fail.connection_reset()``."""

    def __call__(
        self, status: int, *, message: str | None = None, code: str | None = None, retry_after: float | None = None
    ) -> Fail:
        """The API answers with an HTTP error status.

        Args:
            status: 400 to 599.
            message: the error's text; a default names the status.
            code: the error's ``code`` field.
            retry_after: seconds for the ``Retry-After`` header.

        Raises:
            UsageError: the status is not an error.
        """
        if not 400 <= status <= 599:
            message = f"fail({status}): a failure has a status from 400 to 599; for an answer use say(...) or call(...)"
            raise UsageError(message)
        return Fail("status", status, message or f"Error code: {status} - scripted by the test", code, retry_after)

    def timeout(self) -> Fail:
        """The API does not answer in time."""
        return Fail("timeout", message="Request timed out.")

    def connection_reset(self) -> Fail:
        """The connection breaks before an answer."""
        return Fail("connection", message="Connection error.")

    def __repr__(self) -> str:
        return "fail"


fail = _FailNamespace()
"""The API fails: see :class:`_FailNamespace`."""

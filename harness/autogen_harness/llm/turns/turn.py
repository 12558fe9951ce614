"""Turns: what the model does when an agent asks it. Values only; :mod:`~autogen_harness.llm.player` plays them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from autogen_harness.errors import UsageError, must_be_text
from autogen_harness.llm.asking.asking import Asking
from autogen_harness.llm.references.reference import Reference
from autogen_harness.llm.replies import Break, Reply
from autogen_harness.llm.turns.flaws import Flaw

T = TypeVar("T", bound="Turn")
C = TypeVar("C", bound="Calling")


@dataclass(frozen=True, slots=True)
class Turn(Asking):
    """One answer of the model. Make one with ``call``, ``calls``, ``say`` or ``fail``.

    ``flaw`` and ``broken`` are declared by the methods of ``fail``: the answer is wrong, or does not arrive. ``place`` is where
    it stands in a file, as ``path:line:column``, if it does.
    """

    agent: str | None = field(default=None, kw_only=True)
    flaw: Flaw | None = field(default=None, kw_only=True)
    broken: Break | None = field(default=None, kw_only=True)
    place: str = field(default="", kw_only=True, compare=False, repr=False)

    def delivered(self, reply: Reply) -> Reply:
        """What arrives of ``reply``, which the turn would make if it had no fault."""
        return replace(self.flaw.spoil(reply) if self.flaw else reply, broken=self.broken)

    def headed(self, word: str) -> str:
        """What the turn does, in one or two words: ``word``, or its faults."""
        return " ".join([*(["fail.broken_delivery"] if self.broken else []), str(self.flaw or word)]).rstrip()

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
class Calling(Turn):
    """A turn that calls tools. ``said`` are the parts of what the model says beside its calls."""

    said: tuple[Any, ...] = field(default=(), kw_only=True)

    def saying(self: C, *parts: Any) -> C:  # noqa: PYI019 - Self is in typing from 3.11 on
        """The same calls, with a text beside them, as models often write one.

        Args:
            parts: as for ``say``.

        Raises:
            UsageError: nothing is said, or something is already.
        """
        if not parts or self.said:
            message = f"{self}.saying(...) takes the text beside the calls of a turn, once"
            raise UsageError(message)
        return replace(self, said=parts)

    @property
    def beside(self) -> str:
        """The text beside the calls, as a listing shows it."""
        return f" saying {_joined(self.said)}" if self.said else ""


@dataclass(frozen=True, slots=True)
class Call(Calling):
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
        return f"{self.headed('call')} {self.written}{self.beside}"

    @property
    def written(self) -> str:
        """The call as one would write it, and the error that it is meant to raise."""
        return describe_call(self.tool, self.arguments) + str(self.expected or "")


@dataclass(frozen=True, slots=True)
class Calls(Calling):
    """The model calls several tools at once."""

    calls: tuple[Call, ...]

    def __str__(self) -> str:
        made = ", ".join(str(one) if one.flaw else one.written for one in self.calls)
        return f"{self.headed('calls')} {made}{self.beside}"


@dataclass(frozen=True, slots=True)
class Say(Turn):
    """The model answers with text. ``structured``: the one part is JSON even where it is a plain string."""

    parts: tuple[Any, ...]
    structured: bool = False

    def text(self, filled: list[Any]) -> str:
        """The text, from the parts with their references filled in."""
        return "".join(part if isinstance(part, str) and not self.structured else _compact(part) for part in filled)

    def __str__(self) -> str:
        return f"{self.headed('say')} {_joined(self.parts)}".rstrip()


@dataclass(frozen=True, slots=True)
class Fail(Turn):
    """The API answers with an error instead of a turn. ``kind`` is ``status``, ``timeout`` or ``connection``.

    ``code``, ``param`` and ``type`` are fields of the error's body; ``name`` is that of a fault that has one.
    """

    kind: str
    status: int | None = None
    message: str = ""
    code: str | None = None
    retry_after: float | None = None
    param: str | None = None
    type: str | None = None
    name: str = ""

    def __str__(self) -> str:
        return f"fail.{self.name}" if self.name else f"fail {self.status}"


def _joined(parts: Sequence[Any]) -> str:
    return " + ".join(describe(part) for part in parts)


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
        message = "calls(...) takes one or more call(...)" + (f", not {given(wrong[0], 'calls(*turns)')}" if wrong else "")
        raise UsageError(message)
    bound = next((turn for turn in turns if turn.agent), None)
    if bound is not None:
        message = f"one agent makes all calls of a turn: write calls(...).by({bound.agent!r})"
        raise UsageError(message)
    if any(turn.condition or turn.expectation for turn in turns):
        message = "one request is answered by all calls of a turn: write calls(...).when(...) and calls(...).expecting(...)"
        raise UsageError(message)
    if any(turn.said for turn in turns):
        message = "the model says one text beside all calls of a turn: write calls(...).saying(...)"
        raise UsageError(message)
    if any(turn.broken for turn in turns):
        message = "the calls of a turn are delivered together: write fail.broken_delivery(calls(...))"
        raise UsageError(message)
    cut = next((turn for turn in turns[:-1] if turn.flaw and turn.flaw.last), None)
    if cut is not None:
        message = f"{cut} cuts the reply off, so no call can follow it: write it last"
        raise UsageError(message)
    return Calls(tuple(turns))


def given(value: object, unpacked: str) -> str:
    """What stands where a turn should stand, as a message names it; ``unpacked`` is how to hand over the items of a list."""
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of them; write {unpacked}"
    return str(value) if isinstance(value, Turn) else repr(value)


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

"""References: a piece of a turn that is taken from an earlier tool result when the turn is played.

``result("search_companies").companies[0].name`` is a recipe, not a value: the tool has not run yet when the script is
written. Attributes and ``[...]`` always mean data, never methods, so a key named ``items`` works like any other.
``result("search_companies", path="companies[0].name")`` is the same recipe, with the way as text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from autogen_harness.errors import ScriptBroken, UsageError, must_be_text
from autogen_harness.llm.references.paths import Step, steps, written
from autogen_harness.model import ToolRun
from autogen_harness.wording import did_you_mean, times


class ReferenceBroken(ScriptBroken):
    """A reference points at something that the earlier result does not hold; the message shows the result.

    Attributes:
        tool: the tool whose result it is.
        hint: the nearest right thing; may be empty.
    """

    def __init__(self, message: str, tool: str, hint: str = "") -> None:
        self.tool, self.hint = tool, hint
        super().__init__(message)


class Reference:
    """A place inside the result of a tool call that has not happened yet. Made by :func:`result`."""

    __slots__ = ("__as_text", "__call", "__path", "__tool", "__transform")

    def __init__(
        self,
        tool: str,
        path: tuple[Step, ...],
        call: int,
        transform: Callable[[Any], Any] | None,
        as_text: bool = False,  # noqa: FBT001, FBT002 - internal; users write result(..., as_text=True)
    ) -> None:
        self.__tool, self.__path, self.__call, self.__transform, self.__as_text = tool, path, call, transform, as_text

    def __getattr__(self, name: str) -> Reference:
        if name.startswith("__") and name.endswith("__"):  # copy, pickle and inspect ask for these
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, key: Step) -> Reference:
        return Reference(self.__tool, (*self.__path, key), self.__call, self.__transform, self.__as_text)

    def __iter__(self) -> NoReturn:
        message = f"{self!r} has no value yet, so it cannot be looped over; use transform= to work on the value"
        raise UsageError(message)

    def __repr__(self) -> str:
        nth = "" if self.__call == -1 else f", call={self.__call}"
        text = ", as_text=True" if self.__as_text else ""
        return f'result("{self.__tool}"{nth}{text}){written(self.__path)}'

    def __str__(self) -> NoReturn:
        message = f"{self!r} has no value yet, so it cannot be put into a string; write say('text ', {self!r}, ' more text')"
        raise UsageError(message)

    def __format__(self, spec: str) -> NoReturn:
        str(self)
        raise AssertionError  # str() above always raises

    def __bool__(self) -> NoReturn:
        message = f"{self!r} has no value yet, so it is neither true nor false; look at the result after the chat"
        raise UsageError(message)

    def __compute(self, _other: object) -> NoReturn:
        message = (
            f"{self!r} has no value yet, so nothing can be added to it; in text write say('text ', {self!r}), "
            "for a sum result(..., transform=lambda value: value + 1)"
        )
        raise UsageError(message)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __mod__ = __rmod__ = __compute

    def __compare(self, _other: object) -> NoReturn:
        message = f"{self!r} has no value yet, so it compares with nothing; look at the result after the chat"
        raise UsageError(message)

    __lt__ = __le__ = __gt__ = __ge__ = __compare

    def __eq__(self, other: object) -> bool:
        return self is other or self.__compare(other)

    __hash__ = object.__hash__

    def __recipe__(self) -> tuple[str, tuple[Step, ...], int, Callable[[Any], Any] | None, bool]:
        """Tool, path, call, transform, as_text: all that makes the reference, for who writes it down."""
        return self.__tool, self.__path, self.__call, self.__transform, self.__as_text

    def __resolve__(self, runs: Sequence[ToolRun]) -> Any:  # a dunder, because every other name is data
        value = self.__pick(runs).result
        for depth, step in enumerate(self.__path):
            value = self.__descend(value, step, depth)
        if self.__as_text:
            value = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        elif not self.__path:
            value = data_of(value)
        return value if self.__transform is None else self.__transformed(self.__transform, value)

    def __transformed(self, transform: Callable[[Any], Any], value: Any) -> Any:
        try:
            return transform(value)
        except Exception as error:
            message = f"{self!r}: transform raised {type(error).__name__}: {error}; it was given {_short(value)}"
            raise ReferenceBroken(message, self.__tool) from error

    def __pick(self, runs: Sequence[ToolRun]) -> ToolRun:
        mine = [run for run in runs if run.tool == self.__tool]
        try:
            return mine[self.__call]
        except IndexError:
            found = [run.tool for run in runs if run.outcome != "unknown"]
            ran = ", ".join(found) or "none"
            often = f"has run {times(len(mine))} so far" if mine else "has not run so far"
            message = f"{self!r}: the tool {self.__tool!r} {often} (tools that ran: {ran})"
            raise ReferenceBroken(message, self.__tool, did_you_mean(self.__tool, found)) from None

    def __descend(self, value: Any, step: Step, depth: int) -> Any:
        value = data_of(value)
        try:
            if not isinstance(value, str):  # whose characters are no data of their own
                return value[step]
        except (KeyError, IndexError, TypeError):
            pass  # told below
        there = Reference(self.__tool, self.__path[:depth], self.__call, None)
        message = f"{self!r}: {there!r} has no {step!r}; {_held(value)}"
        raise ReferenceBroken(message, self.__tool, did_you_mean(step, value) if isinstance(value, Mapping) else "")


def _held(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"its keys are {sorted(map(str, value))}"
    if isinstance(value, str) and value.startswith(("{'", "[{'", "['")):
        return f"it is {_short(value)}: Python's repr, which is all that the model sees; return json.dumps(...) from the tool"
    return f"it is {_short(value)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:199]}…"


def data_of(value: Any) -> Any:
    """What a tool gave as data: text that is JSON is read, everything else stays."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def result(
    tool: str,
    *,
    path: str = "",
    call: int = -1,
    as_text: bool = False,
    transform: Callable[[Any], Any] | None = None,
) -> Reference:
    """The result of an earlier call of ``tool``, to be used in arguments and in text.

    Args:
        tool: the tool's name.
        path: the way to a place in it, as text: ``"companies[0].name"``, with or without a ``$`` in front. Attributes and
            ``[...]`` behind ``result(...)`` say the same, and go on from there.
        call: which of its calls, as a list index; the latest by default. Calls count in the order in which the turns make
            them, whichever ends first; in the script of one agent only those that this agent made, if it made any.
        as_text: what is there as text, as the model saw it. Else text that is JSON becomes the structure that it says.
        transform: a function from the value found to the value used.

    Example: ``call("score_lead", company_name=result("search_companies").companies[0].company_name)``.

    Raises:
        UsageError: the tool is not named by text, the path cannot be read, or ``call`` is not a number.
    """
    must_be_text(tool, "the tool of result(...)", f'result("{getattr(tool, "__name__", "search_web")}")')
    if not isinstance(call, int) or isinstance(call, bool):
        message = f"result({tool!r}, call={call!r}): call is a list index, such as 0 for the first call and -1 for the latest"
        raise UsageError(message)
    return Reference(tool, steps(path), call, transform, as_text)


def fill(value: Any, runs: Sequence[ToolRun]) -> Any:
    """``value`` with every reference in it replaced by what it points at.

    Raises:
        ReferenceBroken: the tool has not run, or its result lacks the path.
    """
    if isinstance(value, Reference):
        return value.__resolve__(runs)
    if isinstance(value, Mapping):
        return {key: fill(item, runs) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [fill(item, runs) for item in value]
    return value

"""``when`` and ``expect`` of a turn: what it asks of the request. Each is a table, and the way back from Python's values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any

from autogen_harness.documents import Steps
from autogen_harness.llm.asking.conditions import Condition
from autogen_harness.llm.asking.expecting import Expectation
from autogen_harness.llm.references.reference import Reference
from autogen_harness.scripts.data import PATTERN, Data
from autogen_harness.scripts.reference_text import NotSaid
from autogen_harness.scripts.shapes import Checks, Flag, Number, Text, Word
from autogen_harness.scripts.tables import Either, Key, ListOf, MapOf, Named, Table
from autogen_harness.scripts.written import write_data


@dataclass(frozen=True, slots=True)
class Wanted:
    """Text, a pattern to search for, or a reference where ``references`` says so; with ``data`` any value but null."""

    references: bool = True
    data: bool = False

    def read(self, checks: Checks, value: Any, at: Steps) -> Any:
        """The text, pattern, reference or value."""
        read = Data(patterns=True).read(checks, value, at)
        fits = str | re.Pattern | (Reference if self.references else str)
        if read is None and not checks.said_of(at):
            checks.wrong(at, "null asks nothing", "leave the key out")
        elif not self.data and not isinstance(read, fits) and not checks.said_of(at):
            checks.wrong(at, f"must be text or a pattern, not {checks.kind(value)}", f"a pattern is {{{PATTERN}: ...}}")
        return read

    def schema(self) -> dict[str, Any]:
        """One of the definitions of values."""
        if self.data:
            return {"allOf": [{"$ref": "#/$defs/wanted"}, {"not": {"type": "null"}}]}
        kinds = ["pattern", "reference"] if self.references else ["pattern"]
        text = {"allOf": [{"$ref": "#/$defs/value"}, {"type": "string", "minLength": 1}]}
        return {"anyOf": [text, *({"$ref": f"#/$defs/{kind}"} for kind in kinds)]}


_TEXT, _NAME, _VALUE = Wanted(), Wanted(references=False), Wanted(data=True)
_RANGE = Table(
    {
        "from": Key(Number(0, whole=True), "the smallest number", required=True),
        "to": Key(Number(0, whole=True), "the greatest number", required=True),
    },
    make=lambda **ends: range(ends["from"], ends["to"] + 1),
)

_WHEN = Table(
    {
        "text": Key(_TEXT, "the last message holds this text or pattern"),
        "last_result": Key(
            _VALUE, "the latest tool result holds this: text, a pattern, or a structure of which the keys named count"
        ),
        "tool": Key(_NAME, "the latest tool result is of this tool"),
        "agent": Key(_NAME, "this agent asks"),
        "model": Key(_NAME, "this model is asked"),
        "number": Key(Number(1, whole=True), "which request of the agent it is, counted from 1"),
        "times": Key(Either({"number": Number(1, whole=True), "text": Word(["any"])}), "how often the turn answers, or any"),
        "optional": Key(Flag(), "the turn need not answer at all"),
    },
    least=1,
    make=Condition,
)
WHEN = Named("when", lambda: _WHEN)
"""A condition: the turn answers the requests that say all of this, beside the order of the script."""

_EXPECT = Table(
    {
        "tools": Key(ListOf(Text()), 'the tools on offer, all of them; with "..." in the list others may be there'),
        "last_message": Key(_TEXT, "the last message holds this text or pattern"),
        "result": Key(_VALUE, "the latest tool result holds this"),
        "results": Key(MapOf(_VALUE), "the latest result of each tool named holds this"),
        "messages": Key(Either({"number": Number(0, whole=True), "mapping": _RANGE}), "how many messages the history has"),
        "without": Key(ListOf(_TEXT, least=1), "texts and patterns that stand nowhere in the request"),
        "model": Key(_NAME, "this model is asked"),
    },
    least=1,
    make=lambda tools=None, **rest: Expectation([_tool(one) for one in tools] if tools is not None else None, **rest),
)
EXPECT = Named("expect", lambda: _EXPECT)
"""An expectation: what differs from it fails the test."""


def _tool(name: str) -> Any:
    return ... if name == "..." else name


def write_when(condition: Condition) -> dict[str, Any]:
    """A condition as a file holds it.

    Raises:
        NotSaid: it has a predicate.
    """
    return {name: write_data(value) for name, value in _asked(condition).items()}


def write_expect(expectation: Expectation) -> dict[str, Any]:
    """An expectation as a file holds it.

    Raises:
        NotSaid: it has a predicate, or a range with gaps.
    """
    ways: Mapping[str, Callable[[Any], Any]] = {
        "tools": _tools,
        "messages": _messages,
        "without": _texts,
        "results": lambda results: {tool: write_data(wanted) for tool, wanted in results.items()},
    }
    return {name: ways.get(name, write_data)(value) for name, value in _asked(expectation).items()}


def _asked(asking: Condition | Expectation) -> dict[str, Any]:
    """The fields that ask something, by name."""
    if asking.predicate is not None:
        raise NotSaid("a predicate is code, and a file holds none; write the turn in Python")
    values = {one.name: (getattr(asking, one.name), _default(one)) for one in fields(asking)}
    return {name: value for name, (value, default) in values.items() if type(value) is not type(default) or value != default}


def _default(one: Field[Any]) -> Any:
    return one.default if one.default_factory is MISSING else one.default_factory()


def _tools(tools: Sequence[Any]) -> list[str]:
    return ["..." if one is ... else one for one in tools]


def _messages(wanted: int | range) -> int | Mapping[str, int]:
    if isinstance(wanted, int):
        return wanted
    if wanted.step != 1 or not wanted:
        raise NotSaid(f"{wanted!r} is no range from one number to another")
    return {"from": wanted[0], "to": wanted[-1]}


def _texts(texts: Any) -> list[Any]:
    return [write_data(one) for one in ([texts] if isinstance(texts, str | re.Pattern | Reference) else texts)]

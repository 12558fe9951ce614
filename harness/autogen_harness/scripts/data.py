"""Values of a script that can hold references: arguments, texts, structured answers. As shapes; the way back is ``written``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autogen_harness.documents import Steps
from autogen_harness.llm.references.reference import Reference
from autogen_harness.scripts import reference_text
from autogen_harness.scripts.reference_text import NotSaid
from autogen_harness.scripts.shapes import Checks

RESULT, TEXT, PATTERN = "$result", "$text", "$pattern"
"""The key of a mapping that stands for what JSON cannot say: the data that a tool gave, its text, a regular expression."""

_ESCAPED = re.compile(r"\$\$+(?:result|text|pattern)")


@dataclass(frozen=True, slots=True)
class Data:
    """Any value of JSON, in which ``{$result: tool.path}`` stands for a value from an earlier result.

    ``patterns``: it is compared with something, so ``{$pattern: ...}`` may stand in it as well.
    """

    patterns: bool = False

    def read(self, checks: Checks, value: Any, at: Steps) -> Any:
        """The value, with references in it."""
        if isinstance(value, str):
            return _plain(checks, value, at)
        if isinstance(value, list):
            return [self.read(checks, one, (*at, index)) for index, one in enumerate(value)]
        if not isinstance(value, dict):
            return value
        mark = next((key for key in (RESULT, TEXT, PATTERN) if key in value), None)
        if mark is not None:
            return self._marked(checks, value, mark, at)
        return {_unescaped(key): self.read(checks, one, (*at, key)) for key, one in value.items()}

    def _marked(self, checks: Checks, table: Mapping[str, Any], mark: str, at: Steps) -> Any:
        checks.only(table, at, (mark,))
        place, text = (*at, mark), table[mark]
        if mark == PATTERN and not self.patterns:
            checks.wrong(
                place, "a pattern can stand only where something is compared", f'for a key of this name write "${mark}"'
            )
        elif not isinstance(text, str):
            checks.wrong(place, f"must be text, not {checks.shown(text)}")
        elif mark == PATTERN:
            return re.compile(text) if checks.pattern(text, place) is not None and not checks.said_of(place) else None
        else:
            return _reference(checks, text, mark, place)
        return None

    def schema(self) -> dict[str, Any]:
        """By name, as it holds itself; see :data:`DEFINITIONS`."""
        return {"$ref": "#/$defs/wanted" if self.patterns else "#/$defs/value"}


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call: names to values of :class:`Data`."""

    def read(self, checks: Checks, value: Any, at: Steps) -> Any:
        """The arguments by name."""
        mark = next((key for key in (RESULT, TEXT, PATTERN) if isinstance(value, dict) and key in value), None)
        if not isinstance(value, dict):
            checks.wrong(at, f"must be a mapping of names to values, not {checks.shown(value)}")
        elif mark is not None:
            hint = f'write name: {{{mark}: ...}}; an argument of this name is "${mark}"'
            checks.wrong((*at, mark), "a whole set of arguments cannot be taken from a result", hint, key=True)
        else:
            return Data().read(checks, value, at)
        return {}

    def schema(self) -> dict[str, Any]:
        """A mapping without the marks."""
        return _table_schema({"$ref": "#/$defs/value"})


def _table_schema(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict.fromkeys((RESULT, TEXT, PATTERN), False), "additionalProperties": value}


def _data_schema(name: str, *marks: str) -> dict[str, Any]:
    itself = {"$ref": f"#/$defs/{name}"}
    table = _table_schema(itself)
    plain = {"type": "string", "pattern": reference_text.PLAIN_TEXT}
    scalar = {"type": ["null", "boolean", "number"]}
    return {"anyOf": [scalar, plain, {"type": "array", "items": itself}, table, *({"$ref": f"#/$defs/{one}"} for one in marks)]}


def _mark_schema(about: Mapping[str, str], **value: Any) -> dict[str, Any]:
    keys = {mark: {"type": "string", **value, "description": text} for mark, text in about.items()}
    return {"type": "object", "properties": keys, "additionalProperties": False, "minProperties": 1, "maxProperties": 1}


DEFINITIONS: Mapping[str, Any] = {
    "value": _data_schema("value", "reference"),
    "wanted": _data_schema("wanted", "reference", "pattern"),
    "reference": _mark_schema(
        {
            RESULT: "A value from an earlier tool result: tool.path[0].name; tool#0 is the first call of the tool.",
            TEXT: "The same, as the text that the model saw.",
        },
        pattern=reference_text.REFERENCE,
    ),
    "pattern": _mark_schema({PATTERN: "A regular expression, in the notation of Python, that is searched for."}),
}
"""What the schema of the format says of values, by name."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Text in which no reference can stand."""

    def read(self, checks: Checks, value: Any, at: Steps) -> str:
        """The text."""
        if isinstance(value, str):
            return _plain(checks, value, at)
        checks.wrong(at, f"must be text, not {checks.shown(value)}", "put it into quotes")
        return ""

    def schema(self) -> dict[str, Any]:
        """Text of that form."""
        return {"type": "string", "pattern": reference_text.PLAIN_TEXT}


@dataclass(frozen=True, slots=True)
class Template:
    """What the model says: text with ``${tool.path}`` in it, or a list of such texts and of values."""

    def read(self, checks: Checks, value: Any, at: Steps) -> tuple[Any, ...]:
        """The parts of what is said."""
        if isinstance(value, list) and value:
            return tuple(part for index, one in enumerate(value) for part in _part(checks, one, (*at, index)))
        if isinstance(value, str):
            return _part(checks, value, at)
        hint = _as_template(value) or "put it into quotes; for structured output write say_json"
        checks.wrong(at, f"must be text, not {checks.shown(value)}", hint)
        return ()

    def schema(self) -> dict[str, Any]:
        """Text that is a template, or a list of such texts and of values."""
        text = {"type": "string", "pattern": reference_text.TEMPLATE}
        part = {"anyOf": [text, {"$ref": "#/$defs/value"}]}
        return {"anyOf": [text, {"type": "array", "items": part, "minItems": 1}]}


def _as_template(value: Any) -> str:
    """How a reference that stands where text should is written; empty for what is none."""
    named = value.get(RESULT, value.get(TEXT)) if isinstance(value, dict) else None
    return f"write ${{{named}}} for a result inside of a text" if isinstance(named, str) else ""


def _part(checks: Checks, value: Any, at: Steps) -> tuple[Any, ...]:
    if not isinstance(value, str):
        return (Data().read(checks, value, at),)
    try:
        return tuple(reference_text.split(value))
    except NotSaid as error:
        checks.wrong(at, str(error), "write ${tool.path} for a result, $${ for a dollar and a brace")
        return ()


def _plain(checks: Checks, text: str, at: Steps) -> str:
    pieces = _part(checks, text, at)
    found = next((piece for piece in pieces if isinstance(piece, Reference)), None)
    if found is not None:
        hint = f"write {{{RESULT}: ...}} for the whole value, or $${{ for a dollar and a brace"
        checks.wrong(at, f"{found!r} cannot stand inside of a text that is no say", hint)
    return "".join(piece for piece in pieces if isinstance(piece, str))


def _reference(checks: Checks, text: str, mark: str, at: Steps) -> Any:
    try:
        return reference_text.read(text, as_text=mark == TEXT)
    except NotSaid as error:
        checks.wrong(at, str(error), f'for a key that is called {mark} write "${mark}"')
    return None


def _unescaped(key: str) -> str:
    return key[1:] if _ESCAPED.fullmatch(key) else key

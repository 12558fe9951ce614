"""The schemas that a request carries, walked part by part, with their places as the API writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_MAPS = ("properties", "$defs", "definitions")
_LISTS = ("anyOf", "oneOf", "allOf")
_SINGLE = ("items", "additionalProperties", "not")


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema of a request.

    Attributes:
        path: where it stands, such as ``tools[0].function.parameters``.
        subject: what the API calls it: ``function 'f'`` or ``response_format 'r'``.
        value: the schema; anything, if the request is malformed.
        strict: the request asks for strict mode.
        code: the ``code`` of answers about it.
        nodes: the schema and all schemas inside it, each before its own parts.
    """

    path: str
    subject: str
    value: Any
    strict: bool
    code: str | None
    nodes: tuple[Node, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", tuple(_walk(self.value)))

    @property
    def facts(self) -> dict[str, Any]:
        """What the texts of rules name."""
        return {"subject": self.subject, "param": self.path, "code": self.code}


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a schema; ``steps`` lead to it from the root."""

    steps: tuple[str, ...]
    value: Any

    @property
    def table(self) -> Mapping[str, Any]:
        """The part where it is an object; else nothing."""
        return self.value if isinstance(self.value, dict) else {}

    def facts(self, schema: Schema, *steps: str) -> dict[str, Any]:
        """What the texts of rules name: the place is written as the API does, as a tuple of Python."""
        return {**schema.facts, "context": repr((*self.steps, *steps))}


def _walk(schema: Any) -> Iterator[Node]:
    waiting = [Node((), schema)]
    while waiting:  # no recursion: a schema may be nested more deeply than Python's stack
        node = waiting.pop()
        yield node
        waiting += reversed([Node((*node.steps, *steps), value) for steps, value in _inside(node.table)])


def _inside(table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key in _MAPS:
        named = table.get(key)
        yield from (((key, str(name)), one) for name, one in named.items()) if isinstance(named, dict) else ()
    for key in _LISTS:
        listed = table.get(key)
        yield from (((key, str(number)), one) for number, one in enumerate(listed)) if isinstance(listed, list) else ()
    yield from (((key,), table[key]) for key in _SINGLE if key in table and not isinstance(table[key], bool))


def types_of(node: Node) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The types that a part names, each with the steps that lead to it where there are several."""
    named = node.table.get("type")
    if isinstance(named, list):
        return tuple((one, ("type", str(i))) for i, one in enumerate(named) if isinstance(one, str))
    return ((named, ()),) if isinstance(named, str) else ()

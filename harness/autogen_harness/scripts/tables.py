"""Shapes that hold others: lists, mappings, tables of named keys, one shape for each kind of value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autogen_harness.documents import Steps
from autogen_harness.errors import UsageError
from autogen_harness.scripts.shapes import Checks, Shape


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list, of ``least`` or more."""

    item: Shape
    least: int = 0

    def read(self, checks: Checks, value: Any, at: Steps) -> tuple[Any, ...]:
        """See :class:`Shape`."""
        if not isinstance(value, list):
            checks.wrong(at, f"must be a list, not {checks.kind(value)}", "begin each item with a dash: - ...")
            return ()
        if len(value) < self.least:
            checks.wrong(at, f"must have at least {self.least} item{'s' if self.least > 1 else ''}")
        return tuple(self.item.read(checks, one, (*at, index)) for index, one in enumerate(value))

    def schema(self) -> dict[str, Any]:
        """See :class:`Shape`."""
        return {"type": "array", "items": self.item.schema()} | ({"minItems": self.least} if self.least else {})


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping of names to values of one shape."""

    value: Shape

    def read(self, checks: Checks, value: Any, at: Steps) -> dict[str, Any]:
        """See :class:`Shape`."""
        if not isinstance(value, dict):
            checks.wrong(at, f"must be a mapping, not {checks.kind(value)}")
            return {}
        return {name: self.value.read(checks, one, (*at, name)) for name, one in value.items()}

    def schema(self) -> dict[str, Any]:
        """See :class:`Shape`."""
        return {"type": "object", "additionalProperties": self.value.schema()}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table, and what it means."""

    shape: Shape
    about: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping with these keys and no others. What is read holds the keys that are there."""

    keys: Mapping[str, Key]
    least: int = 0
    make: Callable[..., Any] | None = field(default=None, compare=False)

    def read(self, checks: Checks, value: Any, at: Steps) -> Any:
        """See :class:`Shape`."""
        table = checks.table(
            value,
            at,
            required=[name for name, key in self.keys.items() if key.required],
            optional=[name for name, key in self.keys.items() if not key.required],
        )
        if isinstance(value, dict) and len(value) < self.least:
            checks.wrong(at, "must not be empty", f"known: {', '.join(self.keys)}")
        read = {name: key.shape.read(checks, table[name], (*at, name)) for name, key in self.keys.items() if name in table}
        if self.make is None or checks.said_of(at):
            return read
        try:
            return self.make(**read)
        except UsageError as error:
            checks.wrong(at, str(error))

    def schema(self) -> dict[str, Any]:
        """See :class:`Shape`."""
        properties = {name: key.shape.schema() | {"description": key.about} for name, key in self.keys.items()}
        required = [name for name, key in self.keys.items() if key.required]
        made: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
        return made | ({"required": required} if required else {}) | ({"minProperties": self.least} if self.least else {})


_KINDS: Mapping[str, type | tuple[type, ...]] = {"text": str, "list": list, "mapping": dict, "number": (int, float)}


@dataclass(frozen=True, slots=True)
class Either:
    """One shape for each kind of value: ``text``, ``list``, ``mapping`` or ``number``."""

    shapes: Mapping[str, Shape]

    def read(self, checks: Checks, value: Any, at: Steps) -> Any:
        """See :class:`Shape`."""
        for kind, shape in self.shapes.items():
            if isinstance(value, _KINDS[kind]) and not isinstance(value, bool):
                return shape.read(checks, value, at)
        articles = [kind if kind == "text" else f"a {kind}" for kind in self.shapes]
        checks.wrong(at, f"must be {' or '.join(articles)}, not {checks.kind(value)}")
        return None

    def schema(self) -> dict[str, Any]:
        """See :class:`Shape`."""
        return {"anyOf": [shape.schema() for shape in self.shapes.values()]}


@dataclass(frozen=True, slots=True)
class Named:
    """A shape that others refer to by name, itself included: in the schema it is ``#/$defs/NAME``."""

    name: str
    shape: Callable[[], Shape] = field(compare=False)

    def read(self, checks: Checks, value: Any, at: Steps) -> Any:
        """See :class:`Shape`."""
        return self.shape().read(checks, value, at)

    def schema(self) -> dict[str, Any]:
        """See :class:`Shape`."""
        return {"$ref": f"#/$defs/{self.name}"}

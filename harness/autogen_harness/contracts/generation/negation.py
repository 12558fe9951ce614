"""What breaks a schema, as schemas: each keyword is turned round where that can be said, else left to the validator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.generation.joining import FRACTION, TYPES
from autogen_harness.schemas.references import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from autogen_harness.contracts.generation.joining import Schema

_NOTES = {
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$comment",
    "$defs",
    "definitions",
    "$schema",
    "$id",
    "$anchor",
    "$dynamicAnchor",
}
"""Keywords that no value breaks."""


def negated(schema: Schema, root: Mapping[str, Any]) -> Iterator[Schema]:
    """Schemas of which every value that ``schema`` refuses has one; ``{}`` where no more can be said.

    References lead into ``root``.
    """
    if isinstance(schema, bool):
        yield not schema
        return
    for key, value in schema.items():
        if key in _TURNED:
            yield from _TURNED[key](value)
        elif key == "$ref" and resolve(root, value) != schema:
            yield {"not": resolve(root, value)}
        elif key not in _NOTES:
            yield {}


def _other_types(named: Any) -> Iterator[Schema]:
    kinds = {named} if isinstance(named, str) else {*named}
    gone = kinds | {"integer", FRACTION} if "number" in kinds else kinds | {"number"}
    others = [kind for kind in (*TYPES, FRACTION) if kind not in gone]
    yield {"type": others} if others else False


def _absent(names: list[str]) -> Iterator[Schema]:
    for name in names:
        yield {"type": "object", "properties": {name: False}}


def _wrong_properties(named: Mapping[str, Schema]) -> Iterator[Schema]:
    for name, part in named.items():
        yield {"type": "object", "required": [name], "properties": {name: {"not": part}}}


def _wrong_item(part: Schema) -> Iterator[Schema]:
    yield {"type": "array", "contains": {"not": part}}


def _wrong_others(part: Schema) -> Iterator[Schema]:
    """Where anything may stand under other names, nothing is wrong there; else the names are not known."""
    if part is not True and part != {}:
        yield {"type": "object", "minProperties": 1}


def _turned(kind: str, key: str, by: int = 0) -> Callable[[Any], Iterator[Schema]]:
    def turn(bound: Any) -> Iterator[Schema]:
        yield {"type": kind, key: bound + by} if bound + by >= 0 or kind == "number" else False

    return turn


def _all_wrong(options: list[Schema]) -> Iterator[Schema]:
    yield {"allOf": [{"not": option} for option in options]}


def _one_wrong(options: list[Schema]) -> Iterator[Schema]:
    for option in options:
        yield {"not": option}


def _held(option: Schema) -> Iterator[Schema]:
    yield option


_TURNED: Mapping[str, Callable[[Any], Iterator[Schema]]] = {
    "type": _other_types,
    "required": _absent,
    "properties": _wrong_properties,
    "items": _wrong_item,
    "additionalProperties": _wrong_others,
    "not": _held,
    "anyOf": _all_wrong,
    "allOf": _one_wrong,
    "minimum": _turned("number", "exclusiveMaximum"),
    "maximum": _turned("number", "exclusiveMinimum"),
    "exclusiveMinimum": _turned("number", "maximum"),
    "exclusiveMaximum": _turned("number", "minimum"),
    "minLength": _turned("string", "maxLength", -1),
    "maxLength": _turned("string", "minLength", 1),
    "minItems": _turned("array", "maxItems", -1),
    "maxItems": _turned("array", "minItems", 1),
    "minProperties": _turned("object", "maxProperties", -1),
    "maxProperties": _turned("object", "minProperties", 1),
}

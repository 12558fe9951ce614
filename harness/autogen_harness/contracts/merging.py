"""Join schemas that must hold together (``allOf``, a ``$ref`` with neighbours) into one, as far as keywords can be joined.

What cannot be joined is left to the validator, which has the last word on every drawn value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autogen_harness import schemas

Schema = Mapping[str, Any] | bool

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")


def merged(base: Mapping[str, Any], parts: Sequence[Schema], root: Mapping[str, Any]) -> Schema:
    """One schema that asks for what ``base`` and all ``parts`` ask for; references are looked up in ``root``."""
    result: dict[str, Any] = dict(base)
    for part in parts:
        whole = _opened(part, root)
        if whole is False:
            return False
        for key, value in whole.items() if isinstance(whole, Mapping) else ():
            result[key] = _joined(key, result[key], value) if key in result else value
    return result


def _opened(part: Schema, root: Mapping[str, Any]) -> Schema:
    while isinstance(part, Mapping) and "$ref" in part:
        rest = {key: value for key, value in part.items() if key != "$ref"}
        part = merged(rest, [schemas.resolve(root, part["$ref"])], root)
    return part


def _joined(key: str, left: Any, right: Any) -> Any:
    join = _JOINS.get(key)
    return join(left, right) if join else right


def _both(left: Mapping[str, Any], right: Mapping[str, Any]) -> Any:
    return {**left, **{name: {"allOf": [left[name], part]} if name in left else part for name, part in right.items()}}


def _union(left: Sequence[Any], right: Sequence[Any]) -> Any:
    return [*left, *(item for item in right if item not in left)]


def _common(left: Sequence[Any], right: Sequence[Any]) -> Any:
    return [value for value in left if value in right] or left


def _common_types(left: Any, right: Any) -> Any:
    mine, theirs = ([kind] if isinstance(kind, str) else kind for kind in (left, right))
    narrow = {"integer"} if {"number", "integer"} <= {*mine, *theirs} else set()
    return [kind for kind in TYPES if kind in narrow or (kind in mine and kind in theirs)] or left


_JOINS: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("properties", "patternProperties", "$defs"), _both),
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
    **dict.fromkeys(("items", "additionalProperties"), lambda left, right: {"allOf": [left, right]}),
    **dict.fromkeys(("required", "allOf"), _union),
    "enum": _common,
    "type": _common_types,
}

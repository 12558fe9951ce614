"""Two sets of keywords that must hold together, as one; the keywords are those without branches (JSON Schema 2020-12).

``contains``, ``pattern`` and ``format`` are lists here, for a value can owe several. Where both sides speak of properties or
items, each name and place is asked of both. What cannot be said by keywords is left to the validator, which has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import gcd
from typing import Any

from autogen_harness.schemas.dialect import in_python

Schema = Mapping[str, Any] | bool
Flat = Mapping[str, Any]
"""Keywords without branches."""

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")

FRACTION = "fraction"
"""A type of our own: numbers that are not whole. ``number`` is ``integer`` and this; without it, nothing says "no integer"."""


def both(left: Schema, right: Schema) -> Schema:
    """One schema that asks for what two ask for."""
    if left is False or right is False:
        return False
    known = [part for side in (left, right) for part in _members(side)]
    unique = [part for number, part in enumerate(known) if part not in known[:number]]
    return unique[0] if len(unique) == 1 else {"allOf": unique} if unique else True


def _members(schema: Schema) -> Iterable[Schema]:
    if schema is True or schema == {}:
        return ()
    return schema["allOf"] if isinstance(schema, Mapping) and set(schema) == {"allOf"} else (schema,)


def joined(left: Flat, right: Flat) -> Flat | None:
    """What both ask for; None where nothing can be it."""
    made: dict[str, Any] = {**left, **right}
    for key in left.keys() & right.keys():
        if key in _JOINS:
            made[key] = _JOINS[key](left[key], right[key])
    made.update(_objects(left, right), **_arrays(left, right))
    return None if made.get("type", True) == () or made.get("enum", True) == [] else made


def _objects(left: Flat, right: Flat) -> Flat:
    names = {name: None for side in (left, right) for name in side.get("properties", {})}
    patterns = {name: None for side in (left, right) for name in side.get("patternProperties", {})}
    made: dict[str, Any] = {}
    if names:
        made["properties"] = {name: both(of_name(left, name), of_name(right, name)) for name in names}
    if patterns:
        made["patternProperties"] = {name: both(_of_pattern(left, name), _of_pattern(right, name)) for name in patterns}
    if "additionalProperties" in left or "additionalProperties" in right:
        made["additionalProperties"] = both(left.get("additionalProperties", True), right.get("additionalProperties", True))
    return made


def of_name(flat: Flat, name: str) -> Schema:
    """What an object owes under one name."""
    schema: Schema = flat.get("properties", {}).get(name, True)
    matching = [part for pattern, part in flat.get("patternProperties", {}).items() if re.search(in_python(pattern), name)]
    for part in matching:
        schema = both(schema, part)
    if name not in flat.get("properties", {}) and not matching:
        schema = flat.get("additionalProperties", True)
    return schema


def _of_pattern(flat: Flat, pattern: str) -> Schema:
    known: Mapping[str, Schema] = flat.get("patternProperties", {})
    return known[pattern] if pattern in known else True if known else flat.get("additionalProperties", True)


def _arrays(left: Flat, right: Flat) -> Flat:
    made: dict[str, Any] = {}
    size = max(len(left.get("prefixItems", ())), len(right.get("prefixItems", ())))
    if size:
        made["prefixItems"] = [both(of_place(left, number), of_place(right, number)) for number in range(size)]
    if "items" in left or "items" in right:
        made["items"] = both(left.get("items", True), right.get("items", True))
    return made


def of_place(flat: Flat, number: int) -> Schema:
    """What an array owes at one place."""
    prefix = flat.get("prefixItems", ())
    found: Schema = prefix[number] if number < len(prefix) else flat.get("items", True)
    return found


def same(left: Any, right: Any) -> bool:
    """Whether two values are one to JSON Schema: numbers by value, and a boolean is no number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


def _common(left: list[Any], right: list[Any]) -> list[Any]:
    return [value for value in left if any(same(value, other) for other in right)]


_NUMBERS = ("integer", FRACTION)


def _common_types(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...]:
    def has(side: tuple[str, ...], kind: str) -> bool:
        return kind in side or (kind in _NUMBERS and "number" in side)

    shared = [kind for kind in (*TYPES, FRACTION) if has(left, kind) and has(right, kind)]
    return tuple(kind for kind in shared if kind not in _NUMBERS or "number" not in shared)


def _common_step(left: float, right: float) -> float:
    one, two = Fraction(str(left)), Fraction(str(right))
    step = Fraction(one.numerator * two.numerator // gcd(one.numerator, two.numerator), gcd(one.denominator, two.denominator))
    return int(step) if step.denominator == 1 else float(step)


_JOINS: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
    **dict.fromkeys(("required", "pattern", "format"), lambda left, right: [*dict.fromkeys([*left, *right])]),
    "contains": lambda left, right: [*left, *(part for part in right if part not in left)],
    "propertyNames": both,
    "uniqueItems": lambda left, right: left or right,
    "multipleOf": _common_step,
    "enum": _common,
    "type": _common_types,
}

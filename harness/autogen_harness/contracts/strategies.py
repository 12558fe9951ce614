"""A JSON schema as a hypothesis strategy: built directly, then filtered by the validator, so a drawn value is always valid.

Covered: types and lists of types, enum, const, anyOf, oneOf, allOf, $ref, bounds, multipleOf, lengths, pattern, common formats,
items, prefixItems, uniqueItems, properties, required, additionalProperties, patternProperties.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from autogen_harness import schemas
from autogen_harness.contracts.merging import TYPES, merged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Schema = Mapping[str, Any] | bool
    Values = st.SearchStrategy[Any]

_BIG = 2**53  # integers that every JSON reader keeps exactly
_TEXT = st.text(max_size=30)
_HOSTS = st.from_regex(r"[a-z]{1,8}(\.[a-z]{2,3}){1,2}", fullmatch=True)

_FORMATS: Mapping[str, Callable[[], Values]] = {
    "date": lambda: st.dates().map(str),
    "date-time": lambda: st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    "time": lambda: st.times().map(lambda moment: moment.isoformat() + "Z"),
    "email": lambda: st.from_regex(r"[a-z0-9]{1,8}@[a-z]{1,8}\.(com|org|net)", fullmatch=True),
    "hostname": lambda: _HOSTS,
    "ipv4": lambda: st.ip_addresses(v=4).map(str),
    "ipv6": lambda: st.ip_addresses(v=6).map(str),
    "uri": lambda: st.builds("https://{}/{}".format, _HOSTS, st.from_regex(r"[a-z0-9/]{0,12}", fullmatch=True)),
    "uuid": lambda: st.uuids().map(str),
}


def values(schema: Schema) -> Values:
    """A strategy whose every value is valid under ``schema``.

    Raises:
        LookupError: a ``$ref`` that leads out of the schema.
    """
    if isinstance(schema, bool):
        return _anything() if schema else st.nothing()
    accepts = schemas.Checker(schema).accepts
    return _Builder(schema).build(schema).filter(accepts)


def _anything() -> Values:
    leaves = st.none() | st.booleans() | st.integers(-_BIG, _BIG) | _floats({}) | _TEXT
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3), max_leaves=5
    )


class _Builder:
    """Builds strategies for the parts of one schema; references are built once and may lead back to themselves."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._named: dict[str, Values] = {}

    def build(self, schema: Schema) -> Values:
        if isinstance(schema, bool):
            return values(schema)
        makers: Mapping[str, Callable[[Mapping[str, Any]], Values]] = {
            "const": lambda whole: st.just(whole["const"]),
            "enum": lambda whole: st.sampled_from(whole["enum"]),
            "$ref": self._reference,
            "allOf": lambda whole: self._joined(whole, "allOf", whole["allOf"]),
            "anyOf": lambda whole: st.one_of([self._joined(whole, "anyOf", [part]) for part in whole["anyOf"]]),
            "oneOf": lambda whole: st.one_of([self._joined(whole, "oneOf", [part]) for part in whole["oneOf"]]),
        }
        make = next((makers[keyword] for keyword in makers if keyword in schema), self._by_type)
        return make(schema)

    def _joined(self, schema: Mapping[str, Any], without: str, parts: Sequence[Schema]) -> Values:
        rest = {key: value for key, value in schema.items() if key != without}
        return self.build(merged(rest, parts, self._root))

    def _reference(self, schema: Mapping[str, Any]) -> Values:
        rest = {key: value for key, value in schema.items() if key not in ("$ref", "description", "title", "default")}
        target = schemas.resolve(self._root, schema["$ref"])
        if rest:
            return self.build(merged(rest, [target], self._root))
        return self._known(schema["$ref"], target)

    def _known(self, ref: str, target: Schema) -> Values:
        if ref not in self._named:
            self._named[ref] = st.deferred(lambda: self._built(ref, target))
        return self._named[ref]

    def _built(self, ref: str, target: Schema) -> Values:
        key = f"{ref} built"
        if key not in self._named:
            self._named[key] = self.build(target)
        return self._named[key]

    def _by_type(self, schema: Mapping[str, Any]) -> Values:
        types = schema.get("type") or _implied(schema)
        names = [types] if isinstance(types, str) else list(types)
        makers: Mapping[str, Callable[[Mapping[str, Any]], Values]] = {
            "null": lambda _: st.none(),
            "boolean": lambda _: st.booleans(),
            "integer": _integers,
            "number": _floats,
            "string": _strings,
            "array": self._arrays,
            "object": self._objects,
        }
        return st.one_of([makers[name](schema) for name in names])

    def _arrays(self, schema: Mapping[str, Any]) -> Values:
        prefix = [self.build(part) for part in schema.get("prefixItems", ())]
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        size: dict[str, Any] = {"min_size": max(0, least - len(prefix)), "max_size": _room(least, most, len(prefix))}
        if schema.get("uniqueItems"):
            size["unique_by"] = _identity
        items = schema.get("items", not prefix)
        rest = st.lists(self.build(items), **size) if items is not False else st.just([])
        return st.tuples(st.tuples(*prefix), rest).map(lambda parts: [*parts[0], *parts[1]][:most]) if prefix else rest

    def _objects(self, schema: Mapping[str, Any]) -> Values:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        required = list(schema.get("required", ()))
        must = {name: self.build(properties.get(name, True)) for name in required}
        may = {name: self.build(part) for name, part in properties.items() if name not in must and part is not False}
        known = st.fixed_dictionaries(must, optional=may)
        more = self._more(schema)
        least = schema.get("minProperties", 0)
        if more is None or (properties and least <= len(required)):
            return known
        size = {"min_size": max(0, least - len(required)), "max_size": schema.get("maxProperties", max(least, 3))}
        return st.builds(lambda extra, own: {**extra, **own}, st.dictionaries(*more, **size), known)

    def _more(self, schema: Mapping[str, Any]) -> tuple[Values, Values] | None:
        """Names and values of properties that are not listed; None where there can be none."""
        for pattern, part in schema.get("patternProperties", {}).items():
            return st.from_regex(pattern), self.build(part)
        extra = schema.get("additionalProperties", True)
        names = schema.get("propertyNames", {"type": "string"})
        return None if extra is False else (self.build({"type": "string", **names}), self.build(extra))


def _identity(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _room(least: int, most: int | None, taken: int) -> int:
    return max(0, (most if most is not None else max(least, 5)) - taken) if taken or most is not None else max(least, 5)


def _implied(schema: Mapping[str, Any]) -> Sequence[str]:
    """The types that the keywords of a schema without ``type`` are about; all where they say nothing."""
    if schema.keys() & {"properties", "required", "additionalProperties", "patternProperties"}:
        return ("object",)
    if schema.keys() & {"items", "prefixItems", "minItems", "maxItems", "uniqueItems"}:
        return ("array",)
    if schema.keys() & {"pattern", "minLength", "maxLength", "format"}:
        return ("string",)
    return ("number",) if schema.keys() & {"minimum", "maximum", "multipleOf"} else TYPES


def _integers(schema: Mapping[str, Any]) -> Values:
    low, high = _bounds(schema)
    low = math.ceil(low) + (low == schema.get("exclusiveMinimum")) if low is not None else None
    high = math.floor(high) - (high == schema.get("exclusiveMaximum")) if high is not None else None
    step = schema.get("multipleOf")
    if isinstance(step, int) or (isinstance(step, float) and step.is_integer()):
        whole = int(step)
        return st.integers(-(-low // whole) if low is not None else None, high // whole if high is not None else None).map(
            lambda n: n * whole
        )
    return st.integers(low if low is not None else _away(high, -_BIG), high if high is not None else _away(low, _BIG))


def _away(bound: int | None, limit: int) -> int:
    """A far limit on the open side, beyond the bound on the other."""
    return limit if bound is None or abs(bound) < abs(limit) else bound + limit


def _bounds(schema: Mapping[str, Any]) -> tuple[Any, Any]:
    lows = [schema[key] for key in ("minimum", "exclusiveMinimum") if key in schema]
    highs = [schema[key] for key in ("maximum", "exclusiveMaximum") if key in schema]
    return max(lows, default=None), min(highs, default=None)


def _floats(schema: Mapping[str, Any]) -> Values:
    low, high = _bounds(schema)
    step = schema.get("multipleOf")
    if step:
        first = math.ceil(low / step) if low is not None else -1000
        return st.integers(first, math.floor(high / step) if high is not None else max(first, 0) + 1000).map(lambda n: n * step)
    floats = st.floats(low, high, allow_nan=False, allow_infinity=False)
    return st.one_of(_integers(schema), floats)


def _strings(schema: Mapping[str, Any]) -> Values:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if "pattern" in schema:
        return st.from_regex(schema["pattern"]).filter(_is_text)
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]()
    return st.text(min_size=least, max_size=most if most is not None else max(least, 30))


def _is_text(value: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in value)

"""A JSON schema as a hypothesis strategy: built directly, then filtered by the validator, so a drawn value is always valid.

All keywords of JSON Schema 2020-12 that say something about a value are built from; what is not drawn stands in
docs/contracts-how.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from autogen_harness.contracts.generation.alternatives import alternatives
from autogen_harness.contracts.generation.arrays import arrays
from autogen_harness.contracts.generation.emptiness import Unfinished, is_empty
from autogen_harness.contracts.generation.joining import FRACTION, TYPES
from autogen_harness.contracts.generation.numbers import BIG, fractions, integers, numbers
from autogen_harness.contracts.generation.objects import objects
from autogen_harness.contracts.generation.texts import texts
from autogen_harness.schemas import Checker
from autogen_harness.schemas.parts import walk
from autogen_harness.schemas.references import localised

if TYPE_CHECKING:
    from autogen_harness.contracts.generation.joining import Flat, Schema

    Values = st.SearchStrategy[Any]

_TEXT = st.text(max_size=30)
_NOTES = frozenset({"title", "description", "default", "examples", "$schema", "$defs", "definitions", "$comment"})
_EXACT = _NOTES | {
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "items",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "$ref",
}
"""Keywords that the strategies keep by themselves; where there are others, the validator looks at every value of the part."""


def values(schema: Schema) -> Values:
    """A strategy whose every value is valid under ``schema``; it is empty where no value can be.

    Raises:
        LookupError: a ``$ref`` that leads to nothing, or out of the schema.
    """
    if isinstance(schema, bool):
        return _anything((), ()) if schema else st.nothing()
    return Builder(schema).build(True if not schema else localised(schema)).filter(Checker(schema).accepts)


def _anything(words: Sequence[str], constants: Sequence[Any]) -> Values:
    numbers_ = st.floats(allow_nan=False, allow_infinity=False)
    leaves = st.one_of(st.none(), st.booleans(), st.integers(-BIG, BIG), numbers_, _TEXT)
    leaves = leaves | st.sampled_from(constants) if constants else leaves
    names = _TEXT | st.sampled_from(words) if words else _TEXT
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=5
    )


class Builder:
    """Builds strategies for the parts of one schema; equal parts are built once and may lead back to themselves."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = localised(root)
        self._checker = Checker(self._root)
        self._begun: set[str] = set()
        self._built: dict[str, Values] = {}
        self._words = sorted({name for _, part in walk(self._root) for name in _names_in(part)})
        self._constants = [value for _, part in walk(self._root) for value in _constants_in(part)]

    def build(self, schema: Schema) -> Values:
        """A strategy for a part of the schema whose references are pointers; empty where no value can be."""
        if isinstance(schema, bool):
            return _anything(self._words, self._constants) if schema else st.nothing()
        key = json.dumps(schema, sort_keys=True)
        if key in self._begun and key not in self._built:
            return st.deferred(lambda: self._finished(key))
        if key not in self._built:
            self._begun.add(key)
            self._built[key] = self._of(schema)
        return self._built[key]

    def _finished(self, key: str) -> Values:
        if key not in self._built:
            raise Unfinished
        return self._built[key]

    def _of(self, schema: Mapping[str, Any]) -> Values:
        accepts = self._checker.part(schema).accepts
        branches = [self._alternative(flat, accepts) for flat in alternatives(schema, self._root)]
        made = st.one_of(branches)
        return made if schema.keys() <= _EXACT else made.filter(accepts)

    def _alternative(self, flat: Flat, accepts: Callable[[Any], bool]) -> Values:
        if "enum" in flat:
            fit = [value for value in flat["enum"] if accepts(value)]
            return st.sampled_from(fit) if fit else st.nothing()
        if not flat.keys() - {"not"}:
            return self.build(True)
        wanted = flat.get("type") or _implied(flat)
        made = st.one_of([self._typed(kind, flat) for kind in wanted])
        if "type" in flat or not is_empty(made):
            return made
        return st.one_of([self._typed(kind, flat) for kind in TYPES if kind not in wanted])

    def _typed(self, kind: str, flat: Flat) -> Values:
        makers: Mapping[str, Callable[[], Values]] = {
            "null": st.none,
            "boolean": st.booleans,
            "integer": lambda: integers(flat),
            "number": lambda: numbers(flat),
            FRACTION: lambda: fractions(flat),
            "string": lambda: texts(flat),
            "array": lambda: arrays(flat, self.build),
            "object": lambda: objects(flat, self.build, self._words),
        }
        return makers[kind]()


def _names_in(schema: Any) -> Iterator[str]:
    table = schema if isinstance(schema, dict) else {}
    yield from table.get("properties", ())
    yield from table.get("required", ())


def _constants_in(schema: Any) -> Iterator[Any]:
    table = schema if isinstance(schema, dict) else {}
    yield from table.get("enum", ())
    yield from (table[key] for key in ("const",) if key in table)


_SPEAKS_OF: Mapping[str, frozenset[str]] = {
    "object": frozenset(
        {
            "properties",
            "required",
            "additionalProperties",
            "patternProperties",
            "propertyNames",
            "minProperties",
            "maxProperties",
        }
    ),
    "array": frozenset({"items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"}),
    "string": frozenset({"pattern", "minLength", "maxLength", "format"}),
    "number": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
}


def _implied(flat: Flat) -> Sequence[str]:
    """The types that the keywords of a schema without ``type`` are about; all where they say nothing."""
    return [kind for kind, keywords in _SPEAKS_OF.items() if keywords & flat.keys()] or TYPES

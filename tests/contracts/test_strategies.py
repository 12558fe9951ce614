"""The strategy of a schema draws valid values only, and reaches every branch of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings

from autogen_harness.contracts.generation.formats import FORMATS
from autogen_harness.contracts.generation.strategies import values
from autogen_harness.schemas import Checker

TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}, "maxItems": 2},
            },
            "required": ["name"],
            "additionalProperties": False,
        }
    },
}

SCHEMAS: dict[str, Any] = {
    "string": {"type": "string", "minLength": 2, "maxLength": 5},
    "pattern": {"type": "string", "pattern": "^[A-Z]{1,4}$"},
    "pattern-and-length": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 8},
    "integer": {"type": "integer", "minimum": 3, "exclusiveMaximum": 9},
    "multiple": {"type": "integer", "multipleOf": 7, "minimum": -20, "maximum": 50},
    "number": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    "step": {"type": "number", "multipleOf": 0.5, "minimum": 0, "maximum": 4},
    "far": {"type": "integer", "minimum": 2**60},
    "types": {"type": ["string", "null", "integer"]},
    "enum": {"enum": ["a", 1, None]},
    "const": {"const": {"a": 1}},
    "any-of": {"anyOf": [{"type": "integer", "minimum": 10}, {"type": "string", "maxLength": 2}]},
    "one-of": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 5}]},
    "any-of-beside": {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "all-of": {"allOf": [{"type": "integer", "minimum": 2}, {"type": "integer", "maximum": 4}, {"type": "number"}]},
    "array": {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 3},
    "unique": {"type": "array", "items": {"enum": [1, 2, 3, True]}, "uniqueItems": True, "minItems": 2, "maxItems": 3},
    "prefix": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False, "minItems": 2},
    "prefix-and-more": {"type": "array", "prefixItems": [{"const": 1}], "items": {"type": "string"}, "maxItems": 3},
    "closed": {
        **TREE,
        "$ref": "#/$defs/wrap",
        "$defs": {
            **TREE["$defs"],
            "wrap": {"type": "object", "properties": {"a": {"$ref": "#/$defs/node"}}, "additionalProperties": False},
        },
    },
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
    "pattern-properties": {"type": "object", "patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": False},
    "tree": TREE,
    "ref-beside": {"$ref": "#/$defs/positive", "maximum": 5, "$defs": {"positive": {"type": "integer", "minimum": 1}}},
    "implied-object": {"properties": {"a": {"type": "integer"}}, "required": ["a"]},
    "implied-types": {"anyOf": [{"minLength": 3}, {"minimum": 3}]},
    "contains": {"type": "array", "items": {"type": "integer"}, "contains": {"const": 7}, "minContains": 2, "maxContains": 3},
    "if-then-else": {
        "type": "object",
        "properties": {"how": {"enum": ["pay", "free"]}, "price": {"type": "number"}},
        "required": ["how"],
        "if": {"properties": {"how": {"const": "pay"}}},
        "then": {"required": ["price"]},
        "else": {"properties": {"price": False}},
    },
    "dependent": {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}, "c": {}},
        "dependentRequired": {"a": ["b"]},
        "dependentSchemas": {"c": {"properties": {"a": {"minimum": 100}}, "required": ["a"]}},
    },
    "not": {"type": "integer", "not": {"anyOf": [{"minimum": 10}, {"maximum": 3}]}},
    "not-whole": {"not": {"type": "integer"}},
    "not-whole-either": {"type": "number", "not": {"type": "integer"}},
    "not-a-map": {"not": {"type": "object", "additionalProperties": {"type": "integer"}}},
    "names": {"type": "object", "propertyNames": {"pattern": "^[a-z]{2,4}$"}, "minProperties": 1, "maxProperties": 2},
    "counted": {
        "type": "object",
        "properties": {name: {"type": "boolean"} for name in "abcd"},
        "required": ["a"],
        "minProperties": 2,
        "maxProperties": 3,
        "additionalProperties": False,
    },
    "unevaluated": {
        "allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}],
        "properties": {"b": {"type": "integer"}},
        "unevaluatedProperties": False,
    },
    "unevaluated-items": {"prefixItems": [{"const": 1}], "type": "array", "unevaluatedItems": {"type": "string"}},
    "all-of-objects": {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
            {"properties": {"a": {"minimum": 5}, "b": {"type": "string"}}, "required": ["b"]},
        ]
    },
    "anchor": {"type": "array", "items": {"$ref": "#size"}, "$defs": {"s": {"$anchor": "size", "enum": ["S", "M"]}}},
    "old-definitions": {"$ref": "#/definitions/a", "definitions": {"a": {"type": "boolean"}}},
    "letters": {"type": "string", "pattern": r"^\p{L}{2,5}$"},
    "ecma": {"type": "string", "pattern": r"^(?<year>\d{4})-\w+\/[^\s]$"},
    "long-pattern": {"type": "string", "pattern": "^[a-z]+$", "minLength": 60, "maxLength": 70},
    "cents": {"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 5},
    "beyond-floats": {"type": "number", "minimum": 2**64 + 1, "maximum": 2**70},
    "anything": {},
    **{name: {"type": "string", "format": name} for name in FORMATS},
}

QUIET = settings(max_examples=40, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_drawn_value_is_valid(name: str):
    """The validator accepts what the strategy draws."""
    accepts = Checker(SCHEMAS[name]).accepts

    @QUIET
    @given(values(SCHEMAS[name]))
    def check(value: Any) -> None:
        assert accepts(value)

    check()


REACHED = [
    ("types", lambda value: value is None),
    ("types", lambda value: isinstance(value, str)),
    ("any-of", lambda value: isinstance(value, str)),
    ("any-of", lambda value: isinstance(value, int)),
    ("any-of-beside", lambda value: "b" in value and "a" not in value),
    ("one-of", lambda value: isinstance(value, float)),
    ("closed", lambda value: value == {}),
    ("closed", lambda value: "children" in value.get("a", {})),
    ("tree", lambda value: any("children" in child for child in value.get("children", []))),
    ("prefix-and-more", lambda value: len(value) == 3),
    ("map", lambda value: len(value) == 2),
    ("integer", lambda value: value == 8),
    ("number", lambda value: value == 1),
    ("contains", lambda value: len(value) > 3),
    ("if-then-else", lambda value: "price" in value),
    ("if-then-else", lambda value: value == {"how": "free"}),
    ("not-whole", lambda value: isinstance(value, float)),
    ("not-whole", lambda value: isinstance(value, str)),
    ("not-whole-either", lambda value: isinstance(value, float)),
    ("not-a-map", lambda value: isinstance(value, dict)),
    ("not-a-map", lambda value: isinstance(value, str)),
    ("dependent", lambda value: value == {}),
    ("dependent", lambda value: "c" in value and value["a"] >= 100),
    ("counted", lambda value: len(value) == 3),
    ("unevaluated", lambda value: set(value) == {"a", "b"}),
    ("all-of-objects", lambda value: value == {"a": 5, "b": ""}),
    ("implied-types", lambda value: isinstance(value, str)),
    ("names", lambda value: len(value) == 2),
    ("letters", lambda value: not value.isascii()),
]


@pytest.mark.parametrize(("name", "wanted"), REACHED)
def test_every_branch_is_reached(name: str, wanted: Any):
    """Optional parts are there and absent, every alternative is drawn, bounds are met."""
    found = find(values(SCHEMAS[name]), wanted, settings=settings(QUIET, max_examples=2000, phases=[Phase.generate]))

    assert wanted(found)


def test_a_reference_to_nowhere_is_an_error():
    """It is not drawn from silently as if it were anything."""
    with pytest.raises(LookupError):
        find(values({"$ref": "#/$defs/gone"}), lambda _: True, settings=QUIET)


IMPOSSIBLE = {
    "types": {"allOf": [{"type": "string"}, {"type": "integer"}]},
    "bounds": {"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 4},
    "lengths": {"type": "string", "minLength": 3, "maxLength": 2},
    "enum": {"enum": ["a", "b"], "type": "integer"},
    "joined-lengths": {"allOf": [{"type": "string", "maxLength": 2}, {"maxLength": 50}, {"minLength": 1}, {"minLength": 3}]},
    "required": {"type": "object", "properties": {"a": False}, "required": ["a"]},
    "inside": {"type": "object", "properties": {"a": {"enum": []}}, "required": ["a"]},
    "endless": {
        "$ref": "#/$defs/n",
        "$defs": {"n": {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}, "required": ["n"]}},
    },
    "items": {"type": "array", "items": False, "minItems": 1},
    "step": {"type": "integer", "multipleOf": 10, "minimum": 11, "maximum": 19},
    "branches": {"anyOf": [False, {"not": {}}]},
    "closed": {"allOf": [{"type": "object", "properties": {"a": {}}, "additionalProperties": False}, {"required": ["b"]}]},
    "count": {"type": "object", "required": ["a", "b"], "maxProperties": 1},
    "contains": {"type": "array", "contains": {"type": "string"}, "items": {"type": "integer"}},
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_schema_without_values_is_empty(name: str):
    """It is known before anything is drawn, so that it can be said."""
    assert values(IMPOSSIBLE[name]).is_empty

"""Every constraint of a schema is broken alone, at every place, and is named so that the author finds it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.generation.mistakes import mistakes
from autogen_harness.contracts.verdict import breach_in
from autogen_harness.schemas import problems

COMPANIES = {
    "type": "array",
    "minItems": 2,
    "maxItems": 3,
    "uniqueItems": True,
    "items": {"$ref": "#/$defs/company"},
}
COMPANY = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 80}, "size": {"type": "integer", "minimum": 1}},
    "required": ["name"],
    "additionalProperties": False,
}
TWO = [{"name": "a"}, {"name": "b"}]

BROKEN: list[tuple[Any, Any, str, Any]] = [
    ({"enum": ["fast", "slow"]}, "fast", "x is in another case than its enum: 'FAST'", "FAST"),
    ({"enum": [1, 7]}, 1, "x is none of its enum: 8", 8),
    ({"const": "on"}, "on", "x is none of its const: 'on-x'", "on-x"),
    ({"type": "string", "pattern": "^[A-Z]{3}$"}, "EUR", "x has something behind that its pattern forbids", "EUR\x01"),
    ({"type": "string", "pattern": "^[A-Z]{3}"}, "EUR", "x has a blank in front that its pattern forbids", " EUR"),
    ({"type": "string", "minLength": 2}, "abc", "x is shorter than minLength 2", "a"),
    ({"type": "string", "maxLength": 4}, "abc", "x is longer than maxLength 4", "abccc"),
    ({"type": "string", "format": "date"}, "2026-01-01", "x has not the format date: '2026-02-30'", "2026-02-30"),
    ({"type": "integer", "minimum": 1}, 5, "x is below minimum 1", 0),
    ({"type": "number", "maximum": 1}, 0.5, "x is above maximum 1", 2),
    ({"type": "number", "exclusiveMinimum": 0}, 1, "x is not above exclusiveMinimum 0", 0),
    ({"type": "integer", "multipleOf": 5}, 10, "x is no multiple of 5", 11),
    ({"type": "array", "contains": {"type": "string"}}, ["a", 1], "x has no item that it must contain", [0, 0]),
    ({"type": "object", "minProperties": 2}, {"a": 1, "b": 2}, "x has fewer properties than minProperties 2", {"a": 1}),
    (
        {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}},
        {"a": 1},
        "x has a property with a name that",
        {"a": 1, "": 1},
    ),
    ({"type": "object", "dependentRequired": {"a": ["b"]}}, {"a": 1, "b": 2}, "x has a without b", {"a": 1}),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, {"a": 1}, "x has another property of a wrong kind", None),
    ({"anyOf": [{"type": "null"}, {"type": "integer", "maximum": 9}]}, None, "x is above maximum 9", 10),
    ({"allOf": [{"type": "string"}, {"maxLength": 3}]}, "abc", "x is longer than maxLength 3", "abcc"),
    ({"type": "array", "maxItems": 2, "uniqueItems": True}, [1, 2], "x has one item twice", [1, 1]),
    (COMPANIES, TWO, "x has fewer items than minItems 2", TWO[:1]),
    (COMPANIES, TWO, "x has one item twice, which uniqueItems forbids", None),
    (COMPANIES, TWO, "x[1] has no name", None),
    (COMPANIES, TWO, "x[1].name is longer than maxLength 80", None),
    (COMPANIES, TWO, "x[1].size is below minimum 1", None),
    (COMPANIES, TWO, "x[1] has a property that is not declared: undeclared_argument", None),
]


def anything(**_: Any) -> str:
    return "{}"


def schema_of(part: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"x": part}, "required": ["x"], "$defs": {"company": COMPANY}}


@pytest.mark.parametrize(
    ("part", "right", "said", "value"), BROKEN, ids=[f"{n}-{case[2][:40]}" for n, case in enumerate(BROKEN)]
)
def test_a_constraint_is_broken_alone(part: Any, right: Any, said: str, value: Any):
    """The validator sees one problem and no other; the value is as near to the right one as it can be."""
    contract = tool_contract(anything, schema=schema_of(part)).contract
    found = [mistake for mistake in mistakes(contract, {"x": right}) if mistake.what.startswith(said)]

    assert len(found) == 1
    assert found[0].parameter == "x"
    assert len(problems(found[0].arguments, contract.schema)) == 1
    assert value is None or found[0].arguments["x"] == value


@pytest.mark.parametrize(("part", "right"), [(case[0], case[1]) for case in BROKEN], ids=range(len(BROKEN)))
def test_every_mistake_is_one_and_is_made_once(part: Any, right: Any):
    """Each is refused by the validator, none comes twice, and a second run makes the same."""
    contract = tool_contract(anything, schema=schema_of(part)).contract
    found = list(mistakes(contract, {"x": right}))

    assert [made for made in found if made.parameter == "x" and not problems(made.arguments, contract.schema)] == []
    assert len({repr(made.arguments) for made in found}) == len(found)
    assert list(mistakes(contract, {"x": right})) == found


ORDER = {
    "type": "object",
    "properties": {
        "companies": {**COMPANIES, "description": "Two or three.", "examples": [TWO]},
        "count": {"type": "integer", "minimum": 1, "maximum": 9},
    },
    "required": ["companies"],
    "additionalProperties": False,
    "$defs": {"company": COMPANY},
}


def refusing(schema: Any) -> Any:
    """A tool that refuses what a schema forbids."""
    validator = Draft202012Validator(schema)

    def order(**arguments: Any) -> str:
        error = next(iter(validator.iter_errors(arguments)), None)
        return json.dumps(
            {"error": f"{error.json_path} {error.message}"} if error else {"ordered": len(arguments["companies"])}
        )

    return order


def without(schema: Any, *keywords: str) -> Any:
    """A schema that has forgotten some keywords, at all places."""
    if isinstance(schema, list):
        return [without(item, *keywords) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: without(part, *keywords) for key, part in schema.items() if key not in keywords}


@pytest.mark.parametrize(
    ("forgotten", "said"),
    [
        ("maximum", "count is above maximum 9: it was accepted"),
        ("maxItems", "companies has more items than maxItems 3: it was accepted"),
        ("maxLength", "companies[1].name is longer than maxLength 80: it was accepted"),
        ("uniqueItems", "companies has one item twice, which uniqueItems forbids: it was accepted"),
        ("", None),
    ],
)
def test_a_tool_that_checks_all_but_one_keyword_is_told_which(forgotten: str, said: str | None):
    """Types, names and the other bounds are checked: the one that is not turns the law red."""
    test = tool_contract(refusing(without(ORDER, forgotten)), schema=ORDER)
    law = next(law for law in test.laws if law.id == "forbidden-arguments-give-an-error")
    with World(test.contract) as world:
        breach = breach_in(law, world)

    assert (breach.what if breach else None) == said

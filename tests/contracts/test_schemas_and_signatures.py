"""Laws that need no call: one mistake in a schema or a signature at a time."""

from __future__ import annotations

import enum
import json
import sys
from typing import Annotated, Any, Literal, Optional

import pytest
from pydantic import Field

from autogen_harness.contracts import registry, tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.hints import Hints
from autogen_harness.contracts.registry import owed
from autogen_harness.contracts.schema.signature import disagreements
from autogen_harness.contracts.schema.tool_schema import from_signature, parameters_of
from autogen_harness.contracts.subject import contract
from autogen_harness.contracts.verdict import breach_in
from autogen_harness.errors import UsageError


def save(company: str, tier: str = "A", count: int = 5) -> str:
    return json.dumps({"saved": company, "tier": tier, "count": count})


def schema(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required}


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
RIGHT = schema(["company"], company=TEXT, tier={**TEXT, "default": "A"}, count={**NUMBER, "default": 5})


def of(parameters: Any, tool: Any = save) -> list[str]:
    made = contract(tool, pattern="sync", schema=parameters, upstream=(), hints=Hints())
    return [what for what, _ in disagreements(made)]


def test_a_schema_that_says_what_the_function_takes_is_right():
    """Required names, defaults and types agree: nothing to say."""
    assert of(RIGHT) == []


def positional(company: str, /, tier: str = "A", count: int = 5) -> str:
    return company + tier + str(count)


MISTAKES = [
    (schema([], **RIGHT["properties"]), "the function needs 'company' and the schema does not require it"),
    (schema(["company", "tier"], **RIGHT["properties"]), "the schema requires 'tier' and the function has a default for it"),
    (schema(["company"], company=TEXT, tier=TEXT), "the function takes 'count', which the schema hides"),
    (schema([], tier=TEXT, count=NUMBER), "the function needs 'company', which the schema does not offer"),
    (
        schema(["company"], **RIGHT["properties"], colour=TEXT),
        "the schema advertises 'colour', which the function does not take",
    ),
    (schema(["company"], **{**RIGHT["properties"], "count": {**NUMBER, "default": 6}}), "promises the default 6 for 'count'"),
    (
        schema(["company"], **{**RIGHT["properties"], "count": {**NUMBER, "default": True}}),
        "promises the default true for 'count'",
    ),
    (schema(["company"], **{**RIGHT["properties"], "count": TEXT}), "the schema lets 'count' be string"),
]


@pytest.mark.parametrize(("parameters", "said"), MISTAKES, ids=[said.replace(" ", "-")[:50] for _, said in MISTAKES])
def test_a_schema_that_says_something_else_is_told_so(parameters: dict[str, Any], said: str):
    """Each disagreement is named by the parameter that it is about."""
    found = of(parameters)

    assert len(found) == 1
    assert said in found[0]


def test_a_positional_only_parameter_cannot_be_called_by_a_model():
    """A model's arguments are keywords."""
    assert any("positional-only" in what for what in of(RIGHT, positional))


def test_disagreements_are_a_law():
    """The static comparison turns its test id red."""
    test = tool_contract(save, schema=MISTAKES[0][0])
    law = next(law for law in test.laws if law.id == "schema-and-signature-agree")

    with World(test.contract) as world:
        assert breach_in(law, world) is not None


MALFORMED = [
    ({"type": "object", "properties": {"a": {"type": "text"}}}, "'text' is not valid"),
    ({"type": "object", "properties": {"a": {"$ref": "#/$defs/gone"}}}, "refers to nothing"),
    ({"type": "object", "properties": {"a": {"type": "string", "default": None}}}, "the default is not valid"),
    ({"type": "object", "properties": {"a": {"type": "integer", "minimum": "0"}}}, "is not of type 'number'"),
    ({"type": "object", "properties": {"a": {"type": "string", "pattern": "(?P<a"}}}, "the pattern '(?P<a' cannot be read"),
    ({"type": "string"}, 'is not {"type": "object"'),
]


@pytest.mark.parametrize(("parameters", "said"), MALFORMED, ids=["type", "ref", "default", "minimum", "pattern", "root"])
def test_a_schema_that_is_not_one_is_a_law_of_its_own(parameters: dict[str, Any], said: str):
    """The mistake is named, and laws that call the tool by its schema wait until it is mended."""
    made = contract(
        lambda a="": a, pattern="sync", schema={"name": "save", "parameters": parameters}, upstream=(), hints=Hints()
    )
    laws, not_checked = owed(made)
    with World(made) as world:
        broken = breach_in(next(law for law in laws if law.id == "schema-is-well-formed"), world)

    assert broken is not None
    assert said in broken.what
    assert ("every-valid-call-returns-json", "a schema that is well-formed") in not_checked


def law_breach(law_id: str, parameters: Any, tool: Any = save) -> str:
    """What a law says about a schema and a tool, "" where it holds."""
    made = contract(tool, pattern="sync", schema=parameters, upstream=(), hints=Hints())
    law = next(law for law in owed(made)[0] if law.id == law_id)
    with World(made) as world:
        breach = breach_in(law, world)
    return breach.what if breach else ""


NESTED = {"type": "object", "properties": {"name": TEXT}, "required": ["nmae"]}

MEANINGLESS = [
    (schema(["company", "gone"], **RIGHT["properties"]), "$ requires 'gone' and does not describe it"),
    (schema(["a"], a=NESTED), "$.properties.a requires 'nmae' and does not describe it"),
    (schema(["a"], a={"type": "integer", "minimum": 5, "maximum": 4}), "$.properties.a allows no value at all"),
    (schema(["a"], a={"type": "string", "enum": [1, 2]}), "$.properties.a allows no value at all"),
    (schema([], a={"anyOf": [TEXT, {"allOf": [TEXT, NUMBER]}]}), "$.properties.a.anyOf[1] allows no value at all"),
    (
        schema([], a={"type": "array", "items": {"enum": ["x"], "minimum": 3, "type": "number"}}),
        "$.properties.a.items allows no",
    ),
    ({"allOf": [RIGHT, schema(["company"], company=NUMBER)], "type": "object"}, "$ allows no value at all"),
    (schema([], a={**TEXT, "not": NUMBER}, b=False, c={"if": False, "then": False}), ""),
    (RIGHT, ""),
]


@pytest.mark.parametrize(("parameters", "said"), MEANINGLESS, ids=range(len(MEANINGLESS)))
def test_a_schema_that_contradicts_itself_is_not_well_formed(parameters: dict[str, Any], said: str):
    """The innermost part without values is named; what is meant to be closed is no mistake."""
    found = law_breach("schema-is-well-formed", parameters)

    assert found.startswith(said)
    assert bool(found) == bool(said)


TOLD = {"type": "string", "description": "A company."}

SILENT_SCHEMAS = [
    ({**schema(["company"], company=TEXT), "additionalProperties": False}, "no description: company"),
    ({**schema([], company={"description": "A company."}), "additionalProperties": False}, "no type: company"),
    (schema(["company"], company=TOLD), "no word on other parameters"),
    (
        {**schema([], company={**schema([], name=TEXT), **TOLD}), "additionalProperties": False},
        "no description: company.properties",
    ),
    ({**schema(["company"], company=TOLD), "additionalProperties": False}, ""),
    (
        {**schema([], company={"$ref": "#/$defs/c"}), "additionalProperties": False, "$defs": {"c": TOLD}},
        "",
    ),
]


@pytest.mark.parametrize(("parameters", "said"), SILENT_SCHEMAS, ids=range(len(SILENT_SCHEMAS)))
def test_what_a_model_must_guess_is_a_warning(parameters: dict[str, Any], said: str):
    """Descriptions, types, and whether there are other parameters."""
    found = law_breach("the-schema-tells-enough", parameters)

    assert found.startswith(said)
    assert bool(found) == bool(said)
    assert next(law for law in registry.LAWS if law.id == "the-schema-tells-enough").severity == "warning"


def test_type_hints_are_nobody_s_descriptions():
    """A schema that was read off the hints is not blamed for what it cannot say; the law waits for the real one."""
    assert ("the-schema-tells-enough", "the schema that the model sees: schema={...}") in tool_contract(save).not_checked


class Tier(enum.Enum):
    A = "A"
    B = "B"


def rated(
    tags: list[str],
    tier: Tier = Tier.A,
    size: Annotated[int, Field(ge=1)] = 1,
    limit: Optional[int] = None,  # noqa: UP045  # as users write it
    code: Annotated[str, Field(max_length=40)] = "a",
) -> str:
    return json.dumps([tags, tier.value, size, limit, code])


TAGS = {"type": "array", "items": TEXT}
RATED = {
    "tags": TAGS,
    "tier": {"enum": ["A", "B"], "default": "A"},
    "size": {**NUMBER, "minimum": 1, "default": 1},
    "limit": {"type": ["integer", "null"], "default": None},
    "code": {**TEXT, "maxLength": 40, "default": "a"},
}

FINER = [
    ({}, ""),
    ({"tags": {"type": "array"}}, "the schema lets 'tags' be [null]"),
    ({"tags": {"type": "array", "items": {"anyOf": [TEXT, NUMBER]}}}, "the schema lets 'tags' be [0]"),
    ({"tier": {"type": "string", "default": "A"}}, "the schema lets 'tier' be \"\""),
    ({"tier": {"enum": ["A", "B", "C"], "default": "A"}}, "the schema lets 'tier' be \"C\""),
    ({"size": {**NUMBER, "default": 1}}, "the schema lets 'size' be 0"),
    ({"code": {**TEXT, "default": "a"}}, "the schema lets 'code' be \"00000"),
]


@pytest.mark.parametrize(("changed", "said"), FINER, ids=range(len(FINER)))
def test_a_value_that_the_hint_does_not_take_is_shown(changed: dict[str, Any], said: str):
    """Below the JSON types: items, choices, bounds that only pydantic knows of."""
    found = of(schema(["tags"], **{**RATED, **changed}), rated)

    assert [what.startswith(said) for what in found] == [True] * bool(said)


def test_without_pydantic_the_hints_are_read_by_us(monkeypatch: pytest.MonkeyPatch):
    """Simple hints are enough to see that a list of numbers is no list of texts."""
    monkeypatch.setitem(sys.modules, "pydantic", None)

    assert of(schema(["tags"], **{**RATED, "tags": {"type": "array", "items": NUMBER}}), rated)[0].startswith(
        "the schema lets 'tags' be ["
    )
    assert of(schema(["tags"], **RATED), rated) == []


def test_every_form_of_a_schema_is_read():
    """An OpenAI tool, a functions entry, a bare schema, a function and nothing at all give the same parameters."""
    entry = {"name": "save", "description": "x", "parameters": RIGHT}

    assert parameters_of({"type": "function", "function": entry}, save) == (RIGHT, "save")
    assert parameters_of(entry, save) == (RIGHT, "save")
    assert parameters_of(RIGHT, save) == (RIGHT, None)
    assert parameters_of(None, save) == (RIGHT, None)
    assert parameters_of(save, lambda: "") == (RIGHT, None)


def test_type_hints_become_a_schema_where_they_are_simple():
    """Lists, choices and options too; a parameter whose default is None has no default to advertise."""

    def tool(a: list[str], b: Literal["x", "y"], c: Optional[int] = None, d: str = None) -> str:  # noqa: RUF013, UP045  # as users write it
        return f"{a}{b}{c}{d}"

    assert from_signature(tool)["properties"] == {
        "a": {"type": "array", "items": {"type": "string"}},
        "b": {"enum": ["x", "y"]},
        "c": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
        "d": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
        if "anyOf" in from_signature(tool)["properties"]["d"]
        else {"type": "string"},
    }


def test_type_hints_that_are_not_simple_ask_for_the_schema():
    """No schema is guessed: the message names the parameter."""

    def tool(where, how: object) -> str:
        return f"{where}{how}"

    with pytest.raises(UsageError, match=r"tool\(where\) has no type hint; give the schema"):
        tool_contract(tool)


def test_an_unknown_hint_is_told_the_nearest():
    """A typo in a keyword does not switch a law off."""
    with pytest.raises(UsageError, match="no hint 'max_attempt'; did you mean 'max_attempts'"):
        tool_contract(save, schema=RIGHT, max_attempt=3)


@pytest.mark.parametrize(
    ("hint", "said"),
    [({"max_attempts": 0}, "a number from 1"), ({"backoff": 2}, "a function of k"), ({"example": ["NVDA"]}, "a mapping")],
)
def test_a_hint_of_the_wrong_kind_is_an_error(hint: dict[str, Any], said: str):
    """What cannot be meant is refused where it is written."""
    with pytest.raises(UsageError, match=said):
        tool_contract(save, schema=RIGHT, **hint)


def test_an_unknown_pattern_is_told_the_known_ones():
    """So is a pattern."""
    with pytest.raises(UsageError, match="unknown pattern 'retry'; the patterns are sync, async"):
        tool_contract(save, schema=RIGHT, pattern="retry")

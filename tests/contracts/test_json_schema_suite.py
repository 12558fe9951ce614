"""Values are drawn for every schema of the official JSON-Schema-Test-Suite; the data and their licence lie beside this file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from autogen_harness.contracts.generation.strategies import values
from autogen_harness.schemas import Checker

SUITE = json.loads(Path(__file__).with_name("json_schema_test_suite.json").read_text(encoding="utf-8"))["cases"]
FILES = {name: [case for case in SUITE if case[0] == name] for name, *_ in SUITE}

REMOTE = "a reference leads out of the schema"
LEFT_OUT: dict[tuple[str, str], str] = {
    ("unevaluatedProperties", "unevaluatedProperties with not"): "valid are only values that are no objects, which it implies",
}
LEAD_OUT = {
    "cross-draft": ["refs to historic drafts are processed as historic drafts"],
    "defs": ["validate definition against metaschema"],
    "dynamicRef": [
        "strict-tree schema, guards against misspelled properties",
        "tests for implementation dynamic anchor and reference link",
        "$ref and $dynamicAnchor are independent of order - $defs first",
        "$ref and $dynamicAnchor are independent of order - $ref first",
        "$ref to $dynamicRef finds detached $dynamicAnchor",
    ],
    "ref": ["remote ref, containing refs itself"],
    "refRemote": [case[1] for case in FILES["refRemote"]],
}
LEFT_OUT |= {(name, about): REMOTE for name, cases in LEAD_OUT.items() for about in cases}

QUIET = settings(
    max_examples=10,
    database=None,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def drawn_from(schema: Any) -> list[Any]:
    """Some values; none where the strategy knows that there is none."""
    drawn: list[Any] = []
    strategy = values(schema)
    if not strategy.is_empty:

        @QUIET
        @given(strategy)
        def draw(value: Any) -> None:
            drawn.append(value)

        draw()
    return drawn


def trouble_with(schema: Any, valid: list[Any]) -> str:
    """What is wrong with the values of one schema; "" where they are as they should be."""
    try:
        drawn = drawn_from(schema)
    except Unsatisfiable:
        return "no value was found, and nobody says that there is none"
    accepts = Checker(schema).accepts
    if valid and not drawn:
        return f"there is no value, it says; the suite has {valid[0]!r}"
    return "".join(f"{value!r} is not valid" for value in drawn if not accepts(value))


@pytest.mark.parametrize("name", FILES)
def test_every_schema_of_the_suite_is_drawn_from(name: str):
    """The validator accepts each value; a schema is said to have none only if the suite knows none either."""
    found = {about: trouble_with(schema, valid) for _, about, schema, valid, _ in FILES[name] if (name, about) not in LEFT_OUT}

    assert {about: trouble for about, trouble in found.items() if trouble} == {}


@pytest.mark.parametrize(("name", "about"), [case for case, reason in LEFT_OUT.items() if reason == REMOTE])
def test_a_schema_that_leads_out_says_so(name: str, about: str):
    """The few that are left out are left out for the reason that stands there."""
    schema = next(schema for _, other, schema, _, _ in FILES[name] if other == about)

    with pytest.raises(LookupError):
        values(schema)


NONE = [
    ("allOf", "allOf with boolean schemas, all false"),
    ("boolean_schema", "boolean schema 'false'"),
    ("not", "forbid everything with boolean schema true"),
    ("oneOf", "oneOf with boolean schemas, all true"),
]


@pytest.mark.parametrize(("name", "about"), NONE, ids=[about.replace(" ", "-") for _, about in NONE])
def test_a_schema_without_values_is_known_for_it(name: str, about: str):
    """No value is looked for in vain."""
    assert drawn_from(next(schema for _, other, schema, _, _ in FILES[name] if other == about)) == []


READ_BY_US = ("ecmascript-regex", "non-bmp-regex", "pattern", "patternProperties", "anchor")


@pytest.mark.parametrize("name", READ_BY_US)
def test_patterns_mean_what_ecma_says(name: str):
    """The suite's verdicts are ours: ends, digits and Unicode properties are JSON Schema's, not Python's."""
    wrong = [
        (about, value)
        for _, about, schema, valid, invalid in FILES[name]
        for value, right in [*((value, True) for value in valid), *((value, False) for value in invalid)]
        if "format" not in json.dumps(schema) and Checker(schema).accepts(value) is not right
    ]

    assert wrong == []

"""Tools called one after the other: what one answers is what the next takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autogen_harness.contracts import chain_contract
from autogen_harness.contracts.verdict import breach_in
from autogen_harness.contracts.world import World
from autogen_harness.errors import UsageError


def failure(error: str) -> str:
    return json.dumps({"error": error})


def only_strings(**arguments: Any) -> str:
    wrong = [name for name, value in arguments.items() if not isinstance(value, str)]
    return f"{wrong[0]} must be a string" if wrong else ""


def search(industry: Any = None, **unknown: Any) -> str:
    if wrong := next(iter(unknown), "") or only_strings(industry=industry):
        return failure(wrong)
    return json.dumps({"companies": [{"name": "Larkspur", "revenue": "5.5M"}]})


def score(name: Any = None, revenue: Any = None, **unknown: Any) -> str:
    if wrong := next(iter(unknown), "") or only_strings(name=name, revenue=revenue):
        return failure(wrong)
    return json.dumps({"name": name, "tier": "A"})


def save(name: Any = None, tier: Any = None, **unknown: Any) -> str:
    if wrong := next(iter(unknown), "") or only_strings(name=name, tier=tier):
        return failure(wrong)
    return json.dumps({"saved": name})


def parameters(*names: str, **other: Any) -> dict[str, Any]:
    properties = {**{name: {"type": "string"} for name in names}, **other}
    return {"type": "object", "properties": properties, "required": list(properties)}


SCHEMAS = [parameters("industry"), parameters("name", "revenue"), parameters("name", "tier")]
MAPPING = {"score": {"name": "search.companies[0].name", "revenue": "search.companies[0].revenue"}}


def red(steps: Any = (search, score, save), schemas: Any = SCHEMAS, **hints: Any) -> dict[str, str]:
    test = chain_contract(steps, schemas=schemas, **{"mapping": MAPPING, "example": {"industry": "software"}, **hints})
    with World(test.contract) as world:
        found = {law.id: breach_in(law, world) for law in test.laws}
    return {law: breach.what for law, breach in found.items() if breach}


def test_a_chain_whose_steps_fit_breaks_no_law():
    """Mapped values, and fields of the same name, reach the next step."""
    assert red() == {}


def test_a_path_that_leads_nowhere_names_the_step_and_the_place():
    """Result fields that are called otherwise are told by their path."""
    mapping = {"score": {**MAPPING["score"], "revenue": "search.companies[0].turnover"}}

    assert red(mapping=mapping) == {
        "each-step-accepts-the-previous-output": "score does not accept what came before: score(revenue) is to come from "
        "'search.companies[0].turnover', and the results have no turnover there"
    }


def test_a_type_that_the_next_schema_does_not_allow_is_found():
    """The first result has a text where the next step wants a number."""
    wrong = [SCHEMAS[0], parameters("name", revenue={"type": "number"}), SCHEMAS[2]]

    assert set(red(schemas=wrong)) == {"each-step-accepts-the-previous-output"}


def test_a_required_argument_that_nothing_gives_is_found():
    """The article's chain forgets what its last step needs."""
    wrong = [*SCHEMAS[:2], parameters("name", "tier", "enrichment_data")]

    assert "'enrichment_data' is a required property" in red(schemas=wrong)["each-step-accepts-the-previous-output"]


def test_arguments_of_later_steps_may_come_from_the_example():
    """By the name of the step, beside those of the first."""
    wider = [*SCHEMAS[:2], parameters("name", "tier", "note")]

    def save(note: Any = None, **others: Any) -> str:
        return failure("note must be a string") if not isinstance(note, str) else globals()["save"](**others)

    assert red(steps=(search, score, save), schemas=wider, example={"industry": "x", "save": {"note": "n"}}) == {}


def test_a_step_that_fails_without_faults_is_found():
    """With what it says."""

    def score(**_: Any) -> str:
        return failure("out of order")

    assert red(steps=(search, score, save)) == {"every-step-succeeds": "score fails: it says {'error': 'out of order'}"}


def test_a_step_that_raises_on_bad_input_is_found():
    """It should say so instead."""

    def save(name: Any, tier: Any) -> str:
        return json.dumps({"saved": name.upper() + tier})

    assert set(red(steps=(search, score, save))) == {"a-bad-step-is-a-clean-error"}


def test_a_step_that_accepts_anything_is_found():
    """Bad input that goes through is worse than an error."""

    def save(**_: Any) -> str:
        return json.dumps({"saved": True})

    assert "accepts it that" in red(steps=(search, score, save))["a-bad-step-is-a-clean-error"]


def test_declared_outputs_are_held_against_the_next_inputs():
    """What the output schema allows and the input refuses is shown by a value."""
    item = {"type": "object", "properties": {"name": {"type": "string"}, "revenue": {"type": ["string", "null"]}}}
    output = {"search": {"type": "object", "properties": {"companies": {"type": "array", "items": item}}}}

    assert red(output_schema=output) == {
        "declared-output-fits-the-next-input": "search.companies[0].revenue may be None, "
        "which score(revenue) does not take: None is not of type 'string'"
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"steps": [search]}, "two steps or more"),
        ({"steps": [search, score], "mapping": {"scores": {}}}, "mapping names 'scores', which is no step"),
        ({"steps": [search, score], "maping": {}}, "did you mean 'mapping'"),
    ],
)
def test_a_chain_that_cannot_be_meant_is_refused(arguments: dict[str, Any], said: str):
    """With the nearest right thing."""
    steps = arguments.pop("steps")
    with pytest.raises(UsageError, match=said):
        chain_contract(steps, schemas=SCHEMAS[: len(steps)], **arguments)

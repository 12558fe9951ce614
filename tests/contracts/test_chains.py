"""Tools called one after the other: what one answers is what the next takes."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from autogen_harness.contracts import chain_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.verdict import breach_in
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

    assert red(mapping=mapping)["each-step-accepts-the-previous-output"] == (
        "score does not accept what came before: score(revenue) is to come from "
        "'search.companies[0].turnover', and the results have no turnover there"
    )


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


def test_without_an_output_schema_sample_runs_stand_for_it():
    """Every item of a list is looked at, not only the first; the message says where the value is from."""

    def search(industry: Any = None, **unknown: Any) -> str:
        found = [{"name": "Larkspur", "revenue": "5.5M"}, {"name": "Quillmark", "revenue": None}]
        return failure("wrong") if unknown or only_strings(industry=industry) else json.dumps({"companies": found})

    said = red(steps=(search, score, save))

    assert set(said) == {"declared-output-fits-the-next-input"}
    assert re.search(
        r"search.companies\[0\].revenue was None in \d+ sample runs, since no output_schema says what it may be, which score",
        said.popitem()[1],
    )


def test_a_value_that_changes_its_name_on_the_way_is_told():
    """By what the mapping renames."""

    def score(company_name: Any = None, revenue: Any = None, **unknown: Any) -> str:
        wrong = next(iter(unknown), "") or only_strings(company_name=company_name, revenue=revenue)
        return failure(wrong) if wrong else json.dumps({"company_name": company_name, "tier": "A"})

    schemas = [SCHEMAS[0], parameters("company_name", "revenue"), parameters("name", "tier")]
    first = "search.companies[0]"
    mapping = {"score": {"company_name": f"{first}.name", "revenue": f"{first}.revenue"}, "save": {"name": f"{first}.name"}}

    assert red(steps=(search, score, save), schemas=schemas, mapping=mapping) == {
        "one-thing-has-one-name": "search calls 'name' what score calls 'company_name'"
    }


def test_an_answer_that_calls_a_thing_otherwise_is_told():
    """Also where no mapping renames it: by the same text under a name that shares a word."""

    def score(name: Any = None, revenue: Any = None, **unknown: Any) -> str:
        wrong = next(iter(unknown), "") or only_strings(name=name, revenue=revenue)
        return failure(wrong) if wrong else json.dumps({"company_name": name, "tier": "A"})

    said = red(steps=(search, score, save), mapping={**MAPPING, "save": {"name": "search.companies[0].name"}})

    assert said == {"one-thing-has-one-name": "search calls 'name' what score calls 'company_name': 'Larkspur'"}


def test_an_input_that_nothing_gives_is_told_with_the_nearest_place():
    """A field of the same name deeper in a result is a mapping that was forgotten."""
    said = red(mapping={})

    assert said["every-input-has-a-source"] == "nothing gives score(name); is it 'search.companies[0].name'?"


class Shop:
    """Two steps that leave something, and what undoes them."""

    def __init__(self, bug: str = "") -> None:
        self.bug = bug

    def order(self, item: Any = None, **unknown: Any) -> str:
        if wrong := next(iter(unknown), "") or only_strings(item=item):
            return failure(wrong)
        before = lines("orders.txt")
        write("orders.txt", [*before, item] if self.bug == "appends" or item not in before else before)
        number = len(lines("orders.txt")) if self.bug == "appends" else 1
        return json.dumps({"order": f"{item}-{number}"})

    def pay(self, order: Any = None, **unknown: Any) -> str:
        wrong = next(iter(unknown), "") or only_strings(order=order)
        return failure(wrong) if wrong else json.dumps({"order": order, "paid": True})

    def cancel(self, order: str) -> str:
        if self.bug == "the compensation fails":
            return failure("no such order")
        if self.bug != "the compensation forgets":
            write("orders.txt", [line for line in lines("orders.txt") if line != order.rpartition("-")[0]])
        return json.dumps({"cancelled": order})


def lines(name: str) -> list[str]:
    return Path(name).read_text(encoding="utf-8").splitlines() if Path(name).exists() else []


def write(name: str, wanted: list[str]) -> None:
    Path(name).write_text("".join(f"{line}\n" for line in wanted), encoding="utf-8")


def shop(bug: str = "", **hints: Any) -> dict[str, str]:
    made = Shop(bug)
    said = {"compensations": {"order": made.cancel}, "idempotency_key": "order", "mapping": {}, **hints}
    return red(
        steps=(made.order, made.pay), schemas=[parameters("item"), parameters("order")], example={"item": "lamp"}, **said
    )


@pytest.mark.parametrize(
    ("bug", "law", "said"),
    [
        ("the compensation fails", "a-failed-chain-is-undone-or-told", "compensation of order says {'error': 'no such order'}"),
        ("the compensation forgets", "a-failed-chain-is-undone-or-told", "what they left in orders.txt is still there"),
        ("appends", "the-last-write-is-idempotent", "gives two records: order is 'lamp-1' and then 'lamp-2'"),
    ],
)
def test_what_a_chain_leaves_behind_is_held_against_its_hints(bug: str, law: str, said: str):
    """When it breaks off, and when it is done twice."""
    found = shop(bug)

    assert set(found) == {law}
    assert said in found[law]


def test_a_chain_that_is_undone_and_can_be_repeated_breaks_no_law():
    """The same without a mistake; a step that leaves something and has no compensation is one."""
    assert shop() == {}
    assert "what they left in orders.txt" in shop(compensations={})["a-failed-chain-is-undone-or-told"]


def test_a_compensation_of_no_step_is_refused():
    """With the steps that there are."""
    with pytest.raises(UsageError, match="compensations names 'ordr', which is no step; the steps are order, pay"):
        shop(compensations={"ordr": print})


def test_a_chain_that_asks_too_often_is_told():
    """Counted at the upstream, under every fault."""

    def ask(name: Any = None, **unknown: Any) -> str:
        if wrong := next(iter(unknown), "") or only_strings(name=name):
            return failure(wrong)
        for _ in range(3):
            with suppress(requests.RequestException):
                if requests.post("https://hooks.example.com/accepted", timeout=5).ok:
                    return json.dumps({"name": name})
        return failure("no answer")

    def ask_again(name: Any = None, **unknown: Any) -> str:
        return ask(name, **unknown)

    said = {"schemas": [parameters("name")] * 2, "example": {"name": "x"}, "mapping": {}, "upstream": "webhook/accepted"}
    assert "calls-stay-within-the-bound" not in red(steps=(ask, ask_again), limits={"calls": 3}, **said)
    assert red(steps=(ask, ask_again), limits={"calls": 2}, **said)["calls-stay-within-the-bound"] == (
        "the chain asks its upstream 3 times, where 2 is the bound"
    )


def test_a_failure_that_a_step_remembers_is_found_by_going_on():
    """Bad input is refused, and then good input as well: only who goes on sees it."""

    def begin(industry: Any = None, **unknown: Any) -> str:
        told = search(industry, **unknown)
        if "error" in json.loads(told):
            write("refused.txt", [told])
        return told

    def moody(name: Any = None, revenue: Any = None, **unknown: Any) -> str:
        if wrong := next(iter(unknown), "") or only_strings(name=name, revenue=revenue):
            return failure(wrong)
        return json.dumps({"name": name, "tier": "B" if lines("refused.txt") else "A"})

    begin.__name__, moody.__name__ = "search", "score"

    assert red(steps=(begin, moody, save)) == {
        "a-bad-step-is-a-clean-error": "after fail the chain ends otherwise than without the failures"
    }

"""What one tool of a chain owes: ids, JSON within texts, words that are enums, and what only its author knows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.verdict import breach_in


def text(about: str = "A text.", **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": about, **more}


def red(law: str, tool: Callable[..., str], properties: dict[str, Any], **hints: Any) -> str:
    """What a law says of a tool; "" where it holds, and what was not looked at where nothing was."""
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    test = tool_contract(tool, pattern="chained", schema=schema, **hints)
    (one,) = [checked for checked in test.laws if checked.id == law]
    with World(test.contract) as world:
        breach = breach_in(one, world)
        return breach.what if breach else world.unseen


# -- ids -----------------------------------------------------------------------------------------------------------------------

numbers = count(1)


def digits(name: str) -> str:
    return str(int(hashlib.sha256(name.encode()).hexdigest(), 16))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda name: hashlib.sha256(name.encode()).hexdigest()[:12], ""),
        (lambda _: next(numbers), ""),
        (lambda name: f"LEAD-{digits(name)[:5]}", "have the same lead_id, 'LEAD-"),
        (lambda name: name[:8].upper(), "'Amber Trading 00000 Ltd' and 'Amber Trading 00011 Ltd' have the same lead_id"),
        (lambda _: "always", "a text that may be any, and on which an id in the result depends"),
    ],
    ids=["digest", "counter", "five digits", "beginning", "constant"],
)
def test_ids_of_many_inputs_are_compared(make: Callable[[str], Any], said: str):
    """As many as a space of the size that they show needs for a collision; a constant is no id of what is named."""

    def save(name: str) -> str:
        return json.dumps({"lead_id": make(name)})

    found = red("ids-are-unique", save, {"name": text()})

    assert said in found
    assert bool(said) == bool(found)


# -- texts ---------------------------------------------------------------------------------------------------------------------


def save_record(record: str) -> str:
    try:
        value = json.loads(record)
    except ValueError:
        return json.dumps({"error": "record is not JSON"})
    return json.dumps({"saved": value} if isinstance(value, dict) else {"error": "record is no object"})


def save_anything(record: str) -> str:
    try:
        return json.dumps({"saved": json.loads(record)})
    except ValueError:
        return json.dumps({"error": "record is not JSON"})


def save_unguarded(record: str) -> str:
    return json.dumps({"saved": json.loads(record)})


def save_text(record: str) -> str:
    return json.dumps({"saved": {"record": record.replace("1", "2")}})


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        (save_record, ""),
        (save_anything, "record is '3', which is no JSON object, and it was accepted"),
        (save_unguarded, "record is '{', which is no JSON object, and it raised JSONDecodeError"),
        (save_text, "the result holds JSON within a text: saved.record is "),
    ],
)
def test_json_within_a_text_is_read_or_refused(tool: Callable[..., str], said: str):
    """And is not handed on as a text."""
    found = red("json-in-strings-is-read", tool, {"record": text("A record, as JSON.")}, example={"record": '{"a": 1}'})

    assert said in found
    assert bool(said) == bool(found)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (text("The priority: one of high, medium, low."), "the description of 'level' lists its words (high, medium, low)"),
        (text("high | medium | low"), "the description of 'level' lists its words (high | medium | low)"),
        (text("The priority: one of high or low.", enum=["high", "low"]), ""),
        (text("An industry, such as software, energy or health."), ""),
        (text("The name of a person, or of a company."), ""),
    ],
)
def test_words_that_a_description_lists_are_an_enum(schema: dict[str, Any], said: str):
    """Examples are no list."""

    def rank(level: str) -> str:
        return json.dumps({"level": level})

    found = red("enum-like-strings-are-enums", rank, {"level": schema})

    assert said in found
    assert bool(said) == bool(found)


# -- what the author knows -----------------------------------------------------------------------------------------------------

SALES = {"Larkspur": 12, "Quillmark": 5, "Fennel": 1}


def listing(bug: str = "") -> Callable[[int], str]:
    def search(least: int) -> str:
        found = [{"name": name, "sales": sales} for name, sales in SALES.items() if sales >= least or bug == "ignores it"]
        if bug == "widens" and least >= 10:
            found.append({"name": "Another", "sales": 99})
        return json.dumps({"companies": [] if bug == "lists nothing" else found})

    return search


@pytest.mark.parametrize(
    ("bug", "said"),
    [
        ("", ""),
        ("ignores it", "least is 2, and the result has {'name': 'Fennel', 'sales': 1}"),
        ("widens", "least=10 lists {'name': 'Another', 'sales': 99}, which least=2 does not"),
        ("lists nothing", "a result that lists something"),
    ],
)
def test_filters_are_held_against_what_is_listed(bug: str, said: str):
    """Item by item, and a stricter value against a wider one."""
    fits = (lambda item, least: item["sales"] >= least, [2, 10])
    found = red("filters-are-honoured", listing(bug), {"least": {"type": "integer", "maximum": 50}}, filters={"least": fits})

    assert said in found
    assert bool(said) == bool(found)


UNITS = {"": 1.0, "K": 1e3, "M": 1e6, "B": 1e9}


def scoring(bug: str = "") -> Callable[[str, int], str]:
    def score(revenue: str, staff: int) -> str:
        amount = revenue.strip("$").upper()
        unit = amount[-1:] if amount[-1:] in "KMB" else ""
        if bug == "knows only millions" and unit != "M":
            return json.dumps({"score": 0, "tier": "C"})
        units = {**UNITS, "K": 1.0} if bug == "forgets thousands" else UNITS
        dollars = float(amount[: len(amount) - len(unit)]) * units[unit]
        total = (40 if dollars >= 1e7 else 10 if dollars >= 1e6 else 0) + min(staff, 50)
        tier = ("A" if total >= 50 else "B") if bug != "tiers by name" else revenue[:1]
        return json.dumps({"score": total, "tier": tier, "staff": staff})

    return score


@pytest.mark.parametrize(
    ("bug", "said"),
    [
        ("", ""),
        ("knows only millions", "revenue='500M' scores 41 and revenue='1B' scores 0"),
        ("forgets thousands", "revenue='1000K' scores 1 and revenue='1M', which is as much, scores 11"),
        ("tiers by name", "a score of 1 is tier '1', and tier '0' with {'revenue': '0'}"),
    ],
)
def test_scores_move_as_the_author_says(bug: str, said: str):
    """In every unit; and a tier follows from the score."""
    money = text(pattern=r"^\$?[0-9]+(\.[0-9]+)?[KMBkmb]?$", examples=["12M"])
    properties = {"revenue": money, "staff": {"type": "integer", "minimum": 1}}
    found = red("scores-are-monotone", scoring(bug), properties, monotone={"revenue": 1, "staff": 1})

    assert said in found
    assert bool(said) == bool(found)


def test_a_score_may_fall():
    """A direction the other way round."""

    def risk(age: int) -> str:
        return json.dumps({"score": 100 - age})

    assert red("scores-are-monotone", risk, {"age": {"type": "integer"}}, monotone={"age": -1}) == ""
    assert "scores" in red("scores-are-monotone", risk, {"age": {"type": "integer"}}, monotone={"age": 1})


@pytest.mark.parametrize(("guarded", "said"), [(True, ""), (False, "policy forbids the call, and it was done")])
def test_policy_is_asked_of_the_tool(guarded: bool, said: str):  # noqa: FBT001  # a column of the table
    """A call that is forbidden is an error, or a flag says that it was not done."""

    def save(tier: str) -> str:
        return json.dumps({"saved": tier != "C" or not guarded})

    properties = {"tier": text(enum=["A", "B", "C"])}
    assert red("policy-is-in-the-tool", save, properties, policy=lambda arguments: arguments["tier"] != "C") == said


def test_a_hint_about_a_parameter_that_there_is_not_is_told():
    """Its law is listed as not checked, with the name."""
    test = tool_contract(listing(), pattern="chained", monotone={"leest": 1})

    assert ("scores-are-monotone", "a parameter 'leest', which monotone speaks of") in test.not_checked

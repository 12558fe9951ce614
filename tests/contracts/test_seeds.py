"""What is drawn is not blind: the code, the descriptions and earlier answers say which values matter."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import Phase, find, settings

from autogen_harness.contracts import register_profiles, tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.generation import fuzz, mining
from autogen_harness.contracts.generation.seeds import seeds

pytest_plugins = ["pytester"]


def score(revenue: str, size: int = 1, plan: str = "free", record: str = "") -> str:
    """Score a company."""
    factor = 1000 if revenue.endswith("K") else 1
    if size > 250:
        return json.dumps({"score": 0, "plan": plan})
    return json.dumps({"score": factor * size, "record": "-".join(["R", str(size + 76)]), "seen": record})


SCHEMA = {
    "type": "object",
    "properties": {
        "revenue": {"type": "string", "description": "Revenue a year, such as 500K, 5.5M or 1B.", "pattern": r"^[\d.]+[KMB]?$"},
        "size": {"type": "integer", "minimum": 1, "maximum": 300},
        "plan": {"type": "string", "description": "The plan: 'free' or 'paid'."},
        "record": {"type": "string"},
    },
    "required": ["revenue"],
    "additionalProperties": False,
}


@pytest.fixture
def found() -> dict[str, list[Any]]:
    with World(tool_contract(score, schema=SCHEMA).contract) as world:
        return seeds(world)


def test_samples_of_descriptions_are_tried(found: dict[str, list[Any]]):
    """What stands in quotes, and what follows "such as"."""
    assert found["revenue"][:3] == ["500K", "5.5M", "1B"]
    assert {"free", "paid"} <= {*found["plan"]}


def test_words_and_numbers_of_the_code_are_tried(found: dict[str, list[Any]]):
    """With their neighbours, in twos, and only where the schema allows them."""
    assert "1.5K" in found["revenue"]
    assert {250, 251, 249} <= {*found["size"]}
    assert 1000 not in found["size"]
    assert {"K", "plan", "Kplan", "planK"} <= {*found["record"]}


def test_what_the_ordinary_call_answers_is_tried(found: dict[str, list[Any]]):
    """An id that a tool gives is one that it takes."""
    assert "R-77" in found["record"]


@pytest.mark.parametrize(
    ("description", "samples"),
    [
        ("Symbol as Yahoo writes it, such as AAPL, OCDO.L, ^GSPC or EURUSD=X.", ["AAPL", "OCDO.L", "^GSPC", "EURUSD=X"]),
        ('Either "day" or `week`.', ["day", "week"]),
        ("How many people work there.", []),
        ("The state (e.g. open, closed)", ["open", "closed"]),
    ],
)
def test_descriptions_are_read_for_samples(description: str, samples: list[str]):
    """Whole samples, none of the words around them."""
    assert mining.samples_in(description) == samples


@pytest.mark.parametrize(("name", "value"), [("size", 251), ("record", "R-77"), ("revenue", "5.5M")])
def test_what_chance_does_not_reach_is_drawn(name: str, value: Any):
    """An id is one of all texts: it is among the calls all the same, beside others that are drawn from the schema alone."""
    contract = tool_contract(score, schema=SCHEMA).contract
    some = settings(max_examples=1000, database=None, derandomize=True, phases=[Phase.generate])
    with World(contract) as world:
        call = find(fuzz.arguments(contract, world), lambda made: made.get(name) == value, settings=some)
        known = seeds(world)[name]
        other = find(fuzz.arguments(contract, world), lambda made: name in made and made[name] not in known, settings=some)

    assert call[name] == value
    assert other[name] not in known


def test_size_attempts_and_time_are_what_is_looked_for(monkeypatch: pytest.MonkeyPatch):
    """Hypothesis is told all three for each drawn call."""
    told: list[tuple[str, float]] = []
    monkeypatch.setattr(fuzz, "target", lambda value, label: told.append((label, value)))
    test = tool_contract(score, schema=SCHEMA)
    law = next(law for law in test.laws if law.id == "every-valid-call-returns-json")
    with World(test.contract) as world:
        assert list(fuzz.breaches(law, world)) == []

    assert {label for label, _ in told} == {"characters of the result", "attempts", "virtual seconds"}
    assert max(value for label, value in told if label == "characters of the result") > 20


PROJECT = """
import json
from autogen_harness.contracts import tool_contract

calls = []

def count(flag: str) -> str:
    calls.append(flag)
    return json.dumps(flag)

test_count = tool_contract(count)

def test_calls():
    print("CALLS", len(calls), hash(tuple(calls)))
"""


def counted(project: pytest.Pytester, profile: str) -> tuple[int, str]:
    """How many calls a profile makes, and which."""
    options = ["-p", "no:randomly", "-p", "no:cacheprovider", "-s", "-k", "valid or test_calls"]
    result = project.runpytest_subprocess(*options, f"--hypothesis-profile={profile}")
    result.assert_outcomes(passed=2)
    said = re.search(r"CALLS (\d+) (-?\d+)", result.stdout.str())
    return int(said[1]), said[2]


def test_profiles_are_ready_and_collide_with_nobody_s(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """``ci`` is the project's own; ours draws the same calls in every run and keeps no database."""
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    pytester.makepyfile(test_count=PROJECT)
    pytester.makeconftest(
        """
        from hypothesis import settings
        from autogen_harness.contracts import register_profiles
        settings.register_profile("ci", max_examples=3)
        register_profiles()
        """
    )
    theirs, _ = counted(pytester, "ci")
    for path in pytester.path.glob(".hypothesis"):
        path.rename(pytester.path / "kept")
    first, again = counted(pytester, "autogen-harness-ci"), counted(pytester, "autogen-harness-ci")

    assert theirs < first[0]
    assert first == again
    assert not list(pytester.path.glob(".hypothesis/examples/*"))


def test_the_nightly_profile_draws_2000():
    """And is what is loaded otherwise."""
    register_profiles()

    assert settings.get_profile("autogen-harness-nightly").max_examples == 2000
    assert settings.get_profile("autogen-harness-nightly").deadline == settings().deadline

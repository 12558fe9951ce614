"""Edges of a schema, and words that a tool looks for: calls of the first phase that chance would reach late."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.generation import boundaries, mining
from autogen_harness.contracts.patterns.every.core import LAWS


def scale(unit: str) -> int:
    return 1000 if unit == "K" else 1


def score(revenue: str, size: int = 1) -> str:
    """Score a company."""
    value = int(revenue.replace("M", "")) if "M" in revenue else scale(revenue)
    return json.dumps({"score": value * size})


SCHEMA = {
    "type": "object",
    "properties": {"revenue": {"type": "string"}, "size": {"type": "integer", "minimum": 1, "maximum": 9}},
    "required": ["revenue"],
}


def test_words_of_the_code_are_found():
    """Those of the tool and of the functions that it calls; not its long texts."""
    assert mining.words_of(score) == ["K", "M", "score"]


def test_every_call_at_an_edge_is_valid_and_made_once():
    """Bounds, odd texts and words, one argument at a time."""
    calls = list(boundaries.calls(tool_contract(score, schema=SCHEMA).contract, {"revenue": "5"}))

    assert {"revenue": "5", "size": 9} in calls
    assert {"revenue": "1.5M"} in calls
    assert not [call for call in calls if call.get("size", 1) not in range(1, 10)]
    assert len({repr(call) for call in calls}) == len(calls)


@pytest.mark.parametrize("time", range(3))
def test_a_branch_behind_a_word_is_reached_in_every_run(time: int):
    """int("1.5") is found by the table, so the verdict does not depend on what is drawn."""
    law = next(law for law in LAWS if law.id == "every-valid-call-returns-json")
    with World(tool_contract(score, schema=SCHEMA).contract) as world:
        breach: Any = next(law.check(world))

    assert breach.what == "it raised ValueError"
    assert breach.seen.arguments == {"revenue": "M"}

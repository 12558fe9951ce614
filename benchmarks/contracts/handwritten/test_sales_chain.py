"""From a search to a record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def steps(contract: Any) -> list[Any]:
    return [step.tool for step in contract.steps]


def test_the_best_company_is_kept(steps: list[Any]) -> None:
    search, enrich, score, save = steps
    company = json.loads(search(industry="software"))["companies"][0]
    known = json.loads(enrich(company_name=company["company_name"]))
    assert known["founded"] == 2016
    wanted = {name: known[name] for name in ("company_name", "revenue", "employees", "recent_funding")}
    scored = json.loads(score(**wanted))
    kept = json.loads(
        save(company_name=company["company_name"], lead_tier=scored["lead_tier"], enrichment_data=known),
    )
    assert kept["saved"] is True
    assert kept["company_name"] == "Larkspur Analytics"


def test_a_company_that_nobody_knows(steps: list[Any]) -> None:
    assert "no such company" in json.loads(steps[1](company_name="Nobody"))["error"]


def test_an_industry_that_nobody_is_in(steps: list[Any]) -> None:
    assert json.loads(steps[0](industry="whaling"))["companies"] == []


@pytest.mark.parametrize("number", range(4))
def test_no_arguments(steps: list[Any], number: int) -> None:
    assert "missing" in json.loads(steps[number]())["error"]

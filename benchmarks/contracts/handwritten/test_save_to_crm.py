"""Keeping a lead."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

LEAD = {"company_name": "Larkspur Analytics", "lead_tier": "A", "enrichment_data": {"founded": 2016}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_lead_is_kept(answer: Any) -> None:
    kept = answer(**LEAD)
    assert kept["saved"] is True
    assert kept["crm_id"].startswith("LEAD-")
    record = Path(f"{kept['crm_id']}.json").read_text(encoding="utf-8")
    assert json.loads(record) == ["Larkspur Analytics", "A", {"founded": 2016}]


def test_the_lowest_tier_is_not_kept(answer: Any) -> None:
    assert answer(**{**LEAD, "lead_tier": "C"})["saved"] is False
    assert list(Path().iterdir()) == []


def test_one_company_has_one_record(answer: Any) -> None:
    assert answer(**LEAD)["crm_id"] == answer(**{**LEAD, "lead_tier": "B"})["crm_id"]
    assert len(list(Path().iterdir())) == 1


def test_a_tier_that_does_not_exist(answer: Any) -> None:
    assert "lead_tier" in answer(**{**LEAD, "lead_tier": "Z"})["error"]


def test_nothing_known_about_the_company(answer: Any) -> None:
    assert "enrichment_data" in answer(company_name="Larkspur Analytics", lead_tier="A")["error"]

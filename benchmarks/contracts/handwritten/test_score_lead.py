"""The score of a company."""

from __future__ import annotations

from typing import Any

import pytest

LEAD = {"company_name": "Larkspur Analytics", "revenue": "12M", "employees": 120, "recent_funding": "Series A"}


def test_a_good_lead(answer: Any) -> None:
    scored = answer(**LEAD)
    assert scored["company_name"] == "Larkspur Analytics"
    assert scored["lead_score"] == 47
    assert scored["lead_tier"] == "B"


def test_a_small_company(answer: Any) -> None:
    scored = answer(company_name="Tiny", revenue="500K", employees=5, recent_funding="None")
    assert scored["lead_tier"] == "C"


def test_a_large_company(answer: Any) -> None:
    scored = answer(company_name="Huge", revenue="90M", employees=900, recent_funding="Series C")
    assert scored["lead_tier"] == "A"


def test_employees_that_are_no_number(answer: Any) -> None:
    assert "employees" in answer(**{**LEAD, "employees": "many"})["error"]


@pytest.mark.parametrize("name", list(LEAD))
def test_an_argument_that_is_missing(answer: Any, name: str) -> None:
    assert name in answer(**{key: value for key, value in LEAD.items() if key != name})["error"]

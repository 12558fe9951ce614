"""Companies of an industry."""

from __future__ import annotations

from typing import Any


def names(answered: Any) -> list[str]:
    return [one["company_name"] for one in answered["companies"]]


def test_companies_with_a_million_and_more(answer: Any) -> None:
    assert names(answer(industry="software")) == ["Larkspur Analytics", "Quillmark"]


def test_the_least_revenue(answer: Any) -> None:
    assert names(answer(industry="software", min_revenue="10M")) == ["Larkspur Analytics"]


def test_an_industry_that_nobody_is_in(answer: Any) -> None:
    assert names(answer(industry="whaling")) == []


def test_an_amount_that_is_none(answer: Any) -> None:
    assert "min_revenue" in answer(industry="software", min_revenue="much")["error"]


def test_no_industry(answer: Any) -> None:
    assert "industry" in answer()["error"]

"""The price of a share."""

from __future__ import annotations

from typing import Any

import requests
import responses

CHART = "https://query1.finance.yahoo.com/v8/finance/chart/NVDA"
QUOTE = {"chart": {"result": [{"meta": {"currency": "USD", "symbol": "NVDA", "regularMarketPrice": 131.5}}], "error": None}}


@responses.activate
def test_the_price_is_answered(answer: Any) -> None:
    responses.get(CHART, json=QUOTE)
    quote = answer(ticker="NVDA")
    assert quote["price"] == 131.5
    assert quote["currency"] == "USD"
    assert quote["made"]


@responses.activate
def test_another_currency_is_refused(answer: Any) -> None:
    responses.get(CHART, json=QUOTE)
    assert "USD" in answer(ticker="NVDA", currency="EUR")["error"]


@responses.activate
def test_an_unknown_symbol(answer: Any) -> None:
    responses.get(CHART, status=404, json={"chart": {"result": None, "error": {"code": "Not Found"}}})
    assert "404" in answer(ticker="NVDA")["error"]


@responses.activate
def test_a_broken_server(answer: Any) -> None:
    responses.get(CHART, status=500)
    assert "500" in answer(ticker="NVDA")["error"]


@responses.activate
def test_a_timeout(answer: Any) -> None:
    responses.get(CHART, body=requests.ReadTimeout("timed out"))
    assert answer(ticker="NVDA")["error"]


def test_a_ticker_that_is_no_text(answer: Any) -> None:
    assert "ticker" in answer(ticker=5)["error"]


def test_no_ticker(answer: Any) -> None:
    assert "ticker" in answer()["error"]

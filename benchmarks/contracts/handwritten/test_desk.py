"""Two agents and a tool."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses


@pytest.fixture
def agents(tool: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    return tool()


def test_the_tool_is_offered(agents: tuple[Any, Any]) -> None:
    offered = [one["function"]["name"] for one in agents[1].llm_config["tools"]]
    assert offered == ["get_stock_price"]


@responses.activate
def test_the_user_runs_it(agents: tuple[Any, Any]) -> None:
    responses.get("https://query1.finance.yahoo.com/v8/finance/chart/NVDA", status=404)
    worked, message = agents[0].execute_function({"name": "get_stock_price", "arguments": '{"ticker": "NVDA"}'})
    assert worked
    assert "404" in json.loads(message["content"])["error"]


def test_an_argument_that_is_missing(agents: tuple[Any, Any]) -> None:
    _, message = agents[0].execute_function({"name": "get_stock_price", "arguments": "{}"})
    assert "ticker" in json.loads(message["content"])["error"]


def test_nobody_is_asked(agents: tuple[Any, Any]) -> None:
    assert agents[0].human_input_mode == "NEVER"

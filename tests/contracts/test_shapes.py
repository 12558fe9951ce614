"""Errors in several forms, and answers of tools that are not finished."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from breaking import breach, parameters

SAID: dict[str, Any] = {"schema": parameters(url={"type": "string"}), "upstream": "yahoo/chart-nvda"}


def failing(by_status: dict[str, Any], by_transport: dict[str, Any]) -> Any:
    def tool(url: str = "", **_: Any) -> str:
        try:
            reply = requests.get(url, timeout=5)
        except (requests.RequestException, ValueError, TypeError, AttributeError):
            return json.dumps(by_transport)
        return json.dumps({"ok": True} if reply.ok else by_status)

    return tool


@pytest.mark.parametrize(
    ("by_status", "by_transport", "red"),
    [
        ({"error": "status"}, {"error": "timeout"}, False),
        ({"error": "status", "status": 500}, {"error": "timeout"}, False),  # one has more
        ({"error": "status", "attempts": 3}, {"error": "timeout", "retried": True}, True),
        ({"error": "status"}, {"success": False, "message": "timeout"}, True),
        ({"error": "status"}, {"error": {"type": "timeout"}}, True),
    ],
)
def test_errors_have_one_shape(by_status: dict[str, Any], by_transport: dict[str, Any], *, red: bool):
    """Fields may be added; two forms beside each other are two to know."""
    found = breach("errors-have-one-shape", failing(by_status, by_transport), **SAID)

    assert bool(found) == red
    assert not red or ("in its own form" in found and "another error of it is" in found)


def saying(text: str) -> Any:
    return lambda query: json.dumps({"rows": [], "note": text})


@pytest.mark.parametrize(
    ("text", "red"),
    [
        ("Replace with actual DB query", True),
        ("Simulated data", False),  # capital: a title such as this may be an answer
        ("simulated results", True),
        ("TODO", True),
        ("Lorem ipsum", False),
        ("lorem ipsum dolor", True),
        ("nothing was found", False),
    ],
)
def test_no_placeholder_is_an_answer(text: str, *, red: bool):
    """Words of a tool that nobody finished."""
    found = breach("no-placeholder-is-returned", saying(text), schema=parameters(query={"type": "string"}))

    assert bool(found) == red
    assert not red or "which nobody has sent" in found


def test_what_somebody_sent_is_no_placeholder():
    """A search for such a word finds it; an error may say that something is not implemented."""
    schema = parameters(query={"type": "string", "examples": ["the TODO list"]})
    echo, error = (lambda query: json.dumps({"query": query})), (lambda query: json.dumps({"error": "not implemented"}))

    assert breach("no-placeholder-is-returned", echo, schema=schema) == ""
    assert breach("no-placeholder-is-returned", error, schema=schema) == ""

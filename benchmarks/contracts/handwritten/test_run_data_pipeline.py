"""A pipeline that tells a callback what it does."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    Path("in.txt").write_text("b\na\nb\n", encoding="utf-8")


@pytest.fixture
def events() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def watched(contract: Any, events: list[dict[str, Any]], spelled: Callable[..., Any]) -> Callable[..., Any]:
    """The tool, telling of its progress."""
    run = contract.hints.callback(events.append)
    return lambda **arguments: json.loads(run(**spelled(arguments)))


def test_the_steps_are_done(answer: Any) -> None:
    done = answer(source_path="in.txt", transformations=["strip", "sort"])
    assert done["status"] == "completed"
    assert done["source"] == "in.txt"
    assert done["steps"] == ["strip", "sort"]
    assert done["bytes"] == 6


def test_the_callback_is_told_of_every_step(watched: Any, events: list[dict[str, Any]]) -> None:
    watched(source_path="in.txt", transformations=["strip", "sort"])
    told = [(event["step"], event["status"]) for event in events]
    steps = [("strip", "running"), ("strip", "done"), ("sort", "running"), ("sort", "done")]
    assert told == [*steps, ("pipeline", "completed")]


def test_a_file_that_is_not_there(watched: Any, events: list[dict[str, Any]]) -> None:
    failed = watched(source_path="other.txt", transformations=["strip"])
    assert failed["error"]
    assert failed["status"] == "failed"
    assert events[-1]["status"] == "failed"


def test_a_file_outside(answer: Any) -> None:
    assert answer(source_path="../in.txt", transformations=["strip"])["error"]


def test_a_step_that_does_not_exist(answer: Any) -> None:
    assert "transformations" in answer(source_path="in.txt", transformations=5)["error"]


def test_no_steps(answer: Any) -> None:
    assert "transformations" in answer(source_path="in.txt")["error"]

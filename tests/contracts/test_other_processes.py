"""A tool that asks its upstream is called in other processes too, each with a world of its own."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from judging import what

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling import again
from autogen_harness.contracts.calling.world import World

TOOL = """
import json

import requests


def status(url: str) -> str:
    found = {str(requests.get(url, timeout=5).status_code), "seen", "as", "a", "set"}
    return json.dumps(sorted(found) if IS_SORTED else list(found))
"""
SAID = {
    "schema": {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]},
    "upstream": "yahoo/chart-nvda",
}


@pytest.mark.parametrize("is_sorted", [True, False])
def test_the_upstream_answers_in_every_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_sorted: bool):
    """What differs is found there, and what is the same is an answer, not a connection that was refused."""
    name = f"asking_{is_sorted}".lower()
    (tmp_path / f"{name}.py").write_text(TOOL.replace("IS_SORTED", str(is_sorted)), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    tool = importlib.import_module(name).status

    with World(tool_contract(tool, **SAID).contract) as world:
        results = again.in_other_processes(world)

    assert all('"200"' in result for result in results)
    assert bool(what("same-result-in-every-process", tool, **SAID)) is not is_sorted

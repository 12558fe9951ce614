"""Another package in the environment must not change what a tool does: requests uses simplejson where it is installed."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from judging import what

TOOL = """
import json
import time

import requests


def order(url: str) -> str:
    for attempt in range(3):
        try:
            reply = requests.post(url, timeout=5, json={"order": 1})
            reply.raise_for_status()
            try:
                return json.dumps({"order": str(reply.json())[:20]})
            except CAUGHT:
                return json.dumps({"order": "taken"})
        except requests.RequestException as error:
            time.sleep(1)
    return json.dumps({"error": "the order was not taken"})
"""
SAID = {
    "schema": {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]},
    "upstream": "webhook/created",
}


@pytest.mark.parametrize(("caught", "is_right"), [("json.JSONDecodeError", False), ("ValueError", True)])
def test_an_order_that_was_taken_is_not_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caught: str, *, is_right: bool
):
    """In two processes, one of which sees simplejson; neither has to have it installed."""
    name = f"ordering_{caught.replace('.', '_').lower()}"
    (tmp_path / f"{name}.py").write_text(TOOL.replace("CAUGHT", caught), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = what("the-same-without-simplejson", importlib.import_module(name).order, **SAID)

    assert ("3 requests" in found and "1 requests" in found) is not is_right
    assert bool(found) is not is_right

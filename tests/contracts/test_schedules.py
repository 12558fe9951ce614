"""What the attempts of one call meet is drawn too, and shrinks to the shortest schedule that shows the mistake."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from judging import broken, what

from autogen_harness.contracts import LawBroken, tool_contract
from autogen_harness.contracts.answering.schedules import Move, named, needed
from autogen_harness.contracts.calling.world import World

URL = {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]}
HERE = {"schema": URL, "upstream": "yahoo/chart-nvda", "max_attempts": 4}
NOTHING: dict[str, Any] = {"type": "object", "properties": {}}
ADDRESS = "https://query1.finance.yahoo.com/v8/finance/chart/NVDA?interval=1d&range=1d"
BUSY = {429, 500, 502, 503, 504}


def tool(mistake: str = "") -> Callable[..., str]:
    """Tries four times; the mistakes show only where failures of different kinds follow each other."""

    def fetch(url: str) -> str:
        met: list[Any] = []
        for attempt in range(4):
            try:
                status: Any = requests.get(url, timeout=5).status_code
            except (requests.ConnectionError, requests.Timeout) as error:
                status = type(error).__name__
            met.append(status)
            if status == 200:
                return json.dumps({"status": status})
            if mistake == "gives up when a timeout follows a reset" and met[-2:] == ["ConnectionError", "ReadTimeout"]:
                break
            if isinstance(status, int) and status not in BUSY and not (mistake == "asks again after 503, 404" and attempt):
                break
            if mistake == "counts resets as none" and status == "ConnectionError":
                met.pop()
        return json.dumps({"error": f"met {status}", "attempts": len(met)})

    return fetch


TABLE = [
    (
        "success-after-k-failures-is-success",
        "gives up when a timeout follows a reset",
        "the connection is reset, the reply times out, then ok",
        "it gave up after 2 attempts; one more would have succeeded",
    ),
    (
        "client-errors-are-not-retried",
        "asks again after 503, 404",
        "status 503, status 404, then ok",
        "attempt 2 met status 404, and another one followed",
    ),
    (
        "reported-attempts-are-true",
        "counts resets as none",
        "",
        "the result speaks of 0 attempts, the upstream saw 4",
    ),
]


@pytest.mark.parametrize(("law", "mistake", "schedule", "wanted"), TABLE, ids=[row[1].replace(" ", "-") for row in TABLE])
def test_a_mistake_between_failures_is_found_and_shrunk(law: str, mistake: str, schedule: str, wanted: str):
    """No single failure shows it; the schedule in the message is as short as can be."""
    breach = broken(law, tool(mistake), examples=200, **HERE)

    assert breach is not None
    assert breach.what == wanted
    assert not schedule or breach.seen.plan.label == schedule
    assert what(law, tool(), **HERE) == ""


def test_how_many_attempts_a_schedule_needs():
    """One more than the failures that pass; none will do where something lasts."""
    passing, lasting, ok = Move("503", "passing"), Move("404", "lasting"), Move("ok", "ok")

    assert [needed(one) for one in ([], [ok], [passing], [passing, ok, lasting], [passing, lasting])] == [1, 1, 2, 2, None]


def test_a_schedule_can_be_tried_again_by_its_label():
    """A test that is pasted from a failure, or the file of a broken law, holds no more than that."""
    said = {**HERE, "pattern": "error-handled"}
    label, law = "status 503, status 404, then ok", "client-errors-are-not-retried"

    tool_contract(tool(), **said).holds(law, {"url": ADDRESS}, fault=label)
    with pytest.raises(LawBroken, match="attempt 2 met status 404"):
        tool_contract(tool("asks again after 503, 404"), **said).holds(law, {"url": ADDRESS}, fault=label)
    with World(tool_contract(tool(), **said).contract) as world:
        assert named(world, "status 503, then never ok") is None


def test_a_collaborator_has_schedules_too():
    """Its outcomes take the places of replies."""
    failures = [ConnectionError("gone, again"), TimeoutError()]
    said = {"schema": NOTHING, "collaborators": {f"{__name__}.connect": failures}, "max_attempts": 3}

    def impatient() -> str:
        met: list[str] = []
        while len(met) < 3:
            try:
                return connect()
            except OSError as error:
                met.append(type(error).__name__)
            if met == ["TimeoutError", "ConnectionError"]:
                break
        return json.dumps({"error": ", ".join(met)})

    breach = broken("success-after-k-failures-is-success", impatient, examples=200, **said)

    assert breach is not None
    assert breach.seen.plan.label == "TimeoutError(), ConnectionError('gone, again'), then ok"
    with World(tool_contract(impatient, **said).contract) as world:
        assert json.loads(world.call({}, named(world, breach.seen.plan.label)).result) == json.loads(breach.seen.result)


def connect() -> str:
    return "{}"

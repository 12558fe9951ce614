"""What the attempts of one call meet is drawn too, and shrinks to the shortest schedule that shows the mistake."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from judging import broken, what

from autogen_harness.contracts.schedules import Move, needed

URL = {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]}
HERE = {"schema": URL, "upstream": "yahoo/chart-nvda", "max_attempts": 4}
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

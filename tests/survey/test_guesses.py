"""What a survey found out about a tool is looked up once, and told to every process that checks its laws."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests

from autogen_harness.survey import worker
from autogen_harness.survey.crew import Crew, Job
from autogen_harness.survey.discovery import Tool
from autogen_harness.survey.guesses import guess, known
from autogen_harness.survey.verdicts import Plan, Verdict

CALLS: list[str] = []


def ask(url: str) -> str:
    CALLS.append(url)
    for _ in range(2):
        reply = requests.get(url, timeout=5)
        if reply.ok:
            return json.dumps({"status": reply.status_code})
    return json.dumps({"error": f"status {reply.status_code}"})


def quote(ticker: str) -> str:
    """A price, asked for again where there is none."""
    return ask(f"https://query1.finance.yahoo.com/v8/finance/chart/{ticker}")


def page(url: str) -> str:
    """Whatever stands there."""
    return ask(url)


def weather(city: str) -> str:
    """Asks somebody whom no cassette knows."""
    return ask(f"https://weather.example.com/{city}")


def count(text: str, on_progress=None) -> str:
    """Asks nobody."""
    CALLS.append(text)
    return json.dumps({"length": len(text)})


async def later(text: str) -> str:
    """Asks nobody, and is waited for."""
    return count(text)


TEXT = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}

LOOKED_AT = [
    (Tool("quote", quote), 3),
    (Tool("page", page), 2),
    (Tool("weather", weather), 1),
    (Tool("counter", count, {"name": "count", "parameters": TEXT}), 1),
    (Tool("later", later), 1),
]


@pytest.mark.parametrize(("tool", "calls"), LOOKED_AT, ids=[tool.name for tool, _ in LOOKED_AT])
def test_what_a_plan_says_is_what_was_found_out_and_costs_no_call(tool: Tool, calls: int, capsys: pytest.CaptureFixture[str]):
    """Pattern, upstream, strangers, arguments: whoever is told them stands where the one stands who looked."""
    CALLS.clear()
    found = guess(tool, [])
    assert calls == len(CALLS)

    worker._tell_what_is_owed(tool, found)
    (plan,) = [said for line in capsys.readouterr().out.splitlines() if isinstance(said := worker.heard(line), Plan)]

    assert known(tool, [], plan) == found
    assert calls == len(CALLS)


COUNTING = '''
import json, os

CALLS = open("calls", "ab", buffering=0)


def count(text: str) -> str:
    """Counts, and each call of itself."""
    CALLS.write(b".")
    return json.dumps({"length": len(text)})
'''


def test_a_process_that_checks_laws_makes_the_calls_of_its_laws_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """None for a law that only reads the schema, however many processes share the work."""
    (tmp_path / "counting.py").write_text(COUNTING)
    monkeypatch.chdir(tmp_path)
    heard: list[Verdict] = []
    crew = Crew([], 10, 60, heard.append)
    ((job, plan),) = crew.plans([Job("counting", "count")], 2)
    looked = (tmp_path / "calls").stat().st_size
    crew.work([Job(job.target, job.tool, ("schema-is-well-formed",), plan)] * 2, 2)

    assert looked > 0
    assert looked == (tmp_path / "calls").stat().st_size
    assert ["held", "held"] == [one.state for one in heard if one.law == "schema-is-well-formed"]

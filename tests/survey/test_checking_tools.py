"""``autogen-harness check TARGET``: the tools of a target held to their contracts, without a test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

TOOLS = '''
"""Three tools: one that is sound, one that crashes on some text, one that asks Yahoo."""
import json
import requests

SCHEMA = {"name": "quote", "description": "A price.", "parameters": {
    "type": "object", "properties": {"ticker": {"type": "string", "description": "Such as NVDA.", "examples": ["NVDA"]}},
    "required": ["ticker"], "additionalProperties": False}}


def quote(ticker=None, **unknown):
    if unknown or not isinstance(ticker, str):
        return json.dumps({"error": f"{next(iter(unknown), 'ticker')} is not what it should be"})
    try:
        reply = requests.get("https://query1.finance.yahoo.com/v8/finance/chart/" + ticker, timeout=5)
        return json.dumps({"price": reply.json()["chart"]["result"][0]["meta"]["regularMarketPrice"]})
    except Exception as error:
        return json.dumps({"error": type(error).__name__})
'''

HINTED = '''
import json, os, time


def crash(text: str) -> str:
    """Counts."""
    return json.dumps({"length": 100 // (len(text) - 5)})


def hang(text: str) -> str:
    """Never ends where the text is long."""
    while len(text) > 200:
        pass
    return json.dumps({"text": text[:9]})


def leave(text: str) -> str:
    """Ends the process where the text is long."""
    if len(text) > 200:
        print("going", flush=True)
        os._exit(3)
    return json.dumps({"text": text[:9]})


def helper(thing):
    return thing
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "quotes.py").write_text(TOOLS)
    (tmp_path / "hinted.py").write_text(HINTED)
    (tmp_path / "empty.py").write_text("x = 1\n")
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("from shop.tools import count\n")
    (package / "tools.py").write_text(
        'def count(text: str) -> str:\n    """Counts."""\n    return "1"\n\nTOOLS = {"counter": count}\n'
    )
    (package / "__main__.py").write_text("raise SystemExit('ran')\n")
    return tmp_path


def check(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autogen_harness", "check", "--examples", "10", *arguments]
    surroundings = {**os.environ, "COLUMNS": "120"}
    return subprocess.run(command, cwd=project, capture_output=True, check=False, encoding="utf-8", env=surroundings)


def verdicts(project: Path, *arguments: str) -> dict[tuple[str, str], dict]:
    data = json.loads(check(project, "--format", "json", *arguments).stdout)
    return {(one["tool"], one["law"]): one for one in data["verdicts"]}


def test_a_tool_is_found_by_its_schema_and_its_cassette_by_the_host_that_it_asks(project: Path):
    """Nobody said what its patterns are, nor what answers it."""
    result = check(project, "quotes")

    assert " 1  quote (sync; upstream yahoo/chart-nvda)" in result.stdout
    assert "the-upstream-is-called" in result.stdout
    assert "without success: success-exactly-for-2xx" in result.stdout
    assert result.stderr == ""  # no progress where nobody looks on


def test_what_is_broken_is_told_as_a_test_would(project: Path):
    """And the exit code says that something is."""
    result = check(project, "hinted:crash")
    assert result.returncode == 1
    assert "result     raised ZeroDivisionError: integer division or modulo by zero, at" in result.stdout
    assert "every-valid-call-returns-json       X" in result.stdout


def test_every_law_of_every_tool_has_one_verdict(project: Path):
    """Also where several processes share the work."""
    found = verdicts(project, "hinted:crash", "quotes")
    data = json.loads(check(project, "--format", "json", "hinted:crash", "quotes").stdout)

    owed = {(plan["tool"], law) for plan in data["tools"] for law in plan["owed"]}
    assert owed <= set(found)
    assert len(data["verdicts"]) == len(found)
    assert found["crash", "every-valid-call-returns-json"]["evidence"]["arguments"]


@pytest.mark.parametrize(("tool", "why"), [("hang", "no end within 8 seconds"), ("leave", "the process ended with 3: going")])
def test_a_tool_that_does_not_come_back_costs_its_law_alone(project: Path, tool: str, why: str):
    """The process is ended, the other laws are checked by another one, and the exit code says that not all could be judged."""
    result = check(project, "--format", "json", "--timeout", "8", f"hinted:{tool}")
    found = {one["law"]: one for one in json.loads(result.stdout)["verdicts"]}

    assert {"hung"} == {one["state"] for one in found.values() if why in one["text"]}
    assert "held" == found["same-result-in-every-process"]["state"]
    assert result.returncode in (1, 2)


def test_registries_and_packages_are_searched(project: Path):
    """A mapping of names to functions names its tools; no ``__main__`` is run."""
    assert {"counter"} == {tool for tool, _ in verdicts(project, "shop")}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["empty"], "there is no tool in empty: no function with a schema or with type hints"),
        (["hinted:crush"], "there is no crush; did you mean 'crash'?"),
        (["hinted", "--examples", "none"], "'none' is no number from 1"),
        (["nix.yaml", "hinted"], "nix.yaml is a script, and hinted is none: check one kind at a time"),
    ],
)
def test_what_cannot_be_judged_is_one_sentence(project: Path, arguments: list[str], problem: str):
    """With exit code 2."""
    result = check(project, *arguments)
    assert (2, True) == (result.returncode, problem in result.stderr)


def test_junit_says_what_the_table_says(project: Path):
    """A suite a tool, a case a law; written to a file, with the table on the screen."""
    result = check(project, "--format", "junit", "--output", "out/report.xml", "hinted:crash")
    suite = ET.parse(project / "out" / "report.xml").getroot()[0]

    assert "every-valid-call-returns-json       X" in result.stdout
    assert ("crash", suite.get("tests")) == (suite.get("name"), str(len(suite)))
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) > 0
    assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped")) > 0


def test_github_is_shown_the_line_of_the_function(project: Path):
    """In the form of its workflow commands, whole on one line each."""
    lines = check(project, "--format", "github", "hinted:crash").stdout.splitlines()
    line = HINTED.splitlines().index("def crash(text: str) -> str:") + 1

    told = [one for one in lines if one.startswith("::error")]
    assert told
    assert all(one.startswith(f"::error file=hinted.py,line={line},title=crash%3A ") for one in told)


@pytest.mark.skipif("not __import__('importlib').util.find_spec('autogen')", reason="needs AutoGen")
def test_what_agents_execute_is_checked_as_it_was_written(project: Path):
    """Not in the wrapper that the framework puts around it, which makes text of every result."""
    (project / "team.py").write_text(
        textwrap.dedent(
            """
            from typing import Annotated
            from autogen import ConversableAgent

            assistant = ConversableAgent("a", llm_config={"config_list": [{"model": "m", "api_key": "k"}]})
            user = ConversableAgent("u", llm_config=False, human_input_mode="NEVER")

            def lookup(name: Annotated[str, "A name."]) -> dict:
                return {"name": name}

            user.register_for_execution()(assistant.register_for_llm(description="Looks up.")(lookup))
            """
        )
    )
    found = verdicts(project, "team")

    assert "broken" == found["lookup", "every-valid-call-returns-json"]["state"]
    assert "it returned dict, not a string" in found["lookup", "every-valid-call-returns-json"]["text"]


def test_what_a_contract_never_reached_is_told(project: Path):
    """Put together from all processes: the branch that no valid text takes, and none that one takes."""
    pytest.importorskip("coverage")
    (project / "branching.py").write_text(
        textwrap.dedent(
            '''
            def count(text: str) -> str:
                """Counts."""
                if text == chr(0x1F986) * 3 + "never drawn":
                    return "3"
                if not text:
                    return "0"
                return "1"
            '''
        )
    )
    (found,) = json.loads(check(project, "--coverage", "--format", "json", "branching").stdout)["reached"]["count"]
    told = check(project, "--coverage", "branching").stdout

    assert ("count", 4, 3, ["5"]) == (found["name"], found["branches"], found["taken"], found["missed"])
    assert "      count never reached: 5" in told


CACHING = TOOLS.replace("SCHEMA =", "CACHE = {}\nSCHEMA =").replace(
    "    try:\n", "    if ticker in CACHE:\n        return CACHE[ticker]\n    CACHE[ticker] = '{}'\n    try:\n"
)


def test_faults_that_nothing_met_are_told(project: Path):
    """A tool that asks once and remembers is never held to what its upstream may do; one that asks each time meets all."""
    (project / "caching.py").write_text(CACHING)
    asked = json.loads(check(project, "--format", "json", "quotes").stdout)["unmet"].get("quote", [])
    cached = json.loads(check(project, "--format", "json", "caching").stdout)["unmet"].get("quote", [])

    assert asked == []
    assert "status 503" in cached
    assert "faults that no request met\n  quote: " in check(project, "caching").stdout

"""``autogen-harness check TARGET``: the tools of a target held to their contracts, without a test."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from checked_modules import FILES, TEAM


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "shop").mkdir()
    for name, text in FILES.items():
        (folder / f"{name}.py").write_text(text)
    return folder


@dataclass(frozen=True)
class Said:
    """What one run said: its exit code, the table on the screen, what it complained of, and what it wrote into the file."""

    code: int
    table: str
    errors: str
    written: str

    @property
    def data(self) -> dict:
        return json.loads(self.written)

    @property
    def verdicts(self) -> dict[tuple[str, str], dict]:
        return {(one["tool"], one["law"]): one for one in self.data["verdicts"]}


def check(project: Path, *arguments: str, how: str = "json") -> Said:
    """Check a target once, for all that is to be seen of it: every run starts many processes."""
    report = project / "out" / "report"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "autogen_harness", "check", "--examples", "10", "--format", how, "--output", "out/report"]
    surroundings = {**os.environ, "COLUMNS": "120"}
    done = subprocess.run(
        [*command, *arguments], cwd=project, capture_output=True, check=False, encoding="utf-8", env=surroundings
    )
    return Said(done.returncode, done.stdout, done.stderr, report.read_text("utf-8") if report.exists() else "")


@pytest.fixture(scope="module")
def both(project: Path) -> Said:
    """A tool that is broken, and one that is sound, at the same time."""
    return check(project, "hinted:crash", "quotes")


@pytest.fixture(scope="module")
def lost(project: Path) -> Said:
    """Two tools that do not come back from some calls."""
    return check(project, "--timeout", "8", "hinted:hang", "hinted:leave")


def test_a_tool_is_found_by_its_schema_and_its_cassette_by_the_host_that_it_asks(both: Said):
    """Nobody said what its patterns are, nor what answers it."""
    assert " 2  quote (sync; upstream yahoo/chart-nvda)" in both.table
    assert "the-upstream-is-called" in both.table
    assert "without success: success-exactly-for-2xx" in both.table
    assert both.errors == ""  # no progress where nobody looks on


def test_what_is_broken_is_told_as_a_test_would(both: Said):
    """And the exit code says that something is."""
    assert both.code == 1
    assert "result     raised ZeroDivisionError: integer division or modulo by zero, at" in both.table
    assert re.search(r"^every-valid-call-returns-json +X  ", both.table, re.MULTILINE)


def test_every_law_of_every_tool_has_one_verdict(both: Said):
    """Also where several processes share the work."""
    owed = {(plan["tool"], law) for plan in both.data["tools"] for law in plan["owed"]}

    assert owed <= set(both.verdicts)
    assert len(both.data["verdicts"]) == len(both.verdicts)
    assert both.verdicts["crash", "every-valid-call-returns-json"]["evidence"]["arguments"]


@pytest.mark.parametrize(("tool", "why"), [("hang", "no end within 8 seconds"), ("leave", "the process ended with 3: going")])
def test_a_tool_that_does_not_come_back_costs_its_law_alone(lost: Said, tool: str, why: str):
    """The process is ended, the other laws are checked by another one, and the exit code says that not all could be judged."""
    found = {law: one for (name, law), one in lost.verdicts.items() if name == tool}

    assert {"hung"} == {one["state"] for one in found.values() if why in one["text"]}
    assert "held" == found["importing-does-nothing"]["state"]  # the last of them
    assert set(*(plan["owed"] for plan in lost.data["tools"] if plan["tool"] == tool)) <= set(found)
    assert lost.code in (1, 2)


def test_registries_and_packages_are_searched(project: Path):
    """A mapping of names to functions names its tools; no ``__main__`` is run. JUnit has a suite for each, a case for a law."""
    said = check(project, "shop", how="junit")
    (suite,) = ET.fromstring(said.written)

    assert ("counter", str(len(suite))) == (suite.get("name"), suite.get("tests"))
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) > 0
    assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped")) > 0
    assert " 1  counter (sync)" in said.table


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
    said = check(project, *arguments)
    assert (2, True) == (said.code, problem in said.errors)


@pytest.mark.skipif("not __import__('importlib').util.find_spec('autogen')", reason="needs AutoGen")
def test_what_agents_execute_is_checked_as_it_was_written(project: Path):
    """Not in the wrapper that the framework puts around it, which makes text of every result.

    GitHub is shown the line of the function in the form of its workflow commands, whole on one line each.
    """
    lines = check(project, "team", how="github").written.splitlines()
    line = TEAM.splitlines().index('def lookup(name: Annotated[str, "A name."]) -> dict:') + 1

    told = [one for one in lines if one.startswith("::error")]
    assert all(one.startswith(f"::error file=team.py,line={line},title=lookup%3A ") for one in told)
    (broken,) = [one for one in told if "title=lookup%3A every-valid-call-returns-json::" in one]
    assert "it returned dict, not a string" in broken


def test_what_a_contract_never_reached_is_told(project: Path):
    """Put together from all processes: the branch that no valid text takes, and none that one takes."""
    pytest.importorskip("coverage")
    said = check(project, "--coverage", "branching")
    (found,) = said.data["reached"]["count"]

    assert ("count", 4, 3, ["5"]) == (found["name"], found["branches"], found["taken"], found["missed"])
    assert "      count never reached: 5" in said.table


def test_faults_that_nothing_met_are_told(project: Path, both: Said):
    """A tool that asks once and remembers is never held to what its upstream may do; one that asks each time meets all."""
    cached = check(project, "caching")

    assert both.data["unmet"].get("quote", []) == []
    assert "status 503" in cached.data["unmet"]["quote"]
    assert "faults that no request met\n  quote: " in cached.table

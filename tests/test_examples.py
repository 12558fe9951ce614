"""The examples hold what the README says of them: a story of every pattern, public names only, nothing left behind."""

from __future__ import annotations

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
PATTERNS = sorted(path.parent.name for path in EXAMPLES.glob("*/tool.py"))
SHOWN = [*PATTERNS, "recorded"]
"""The folders of `make demo`: every pattern, and cassettes of one's own."""

SOURCES = sorted(path for path in EXAMPLES.rglob("*.py") if "__pycache__" not in path.parts)


def demo_options() -> list[str]:
    """What `make demo` gives to pytest, without the patterns."""
    command = re.search(r"^demo:.*\n\t@\$\(RUN\) -m pytest (.*?) \$\(addprefix", makefile(), re.MULTILINE)
    assert command
    return command.group(1).split()


def makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")


def written_tests(folder: str) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The tests of a folder that are written as functions, with their node ids; contracts are none."""
    found = []
    for path in sorted((EXAMPLES / folder).glob("test_*.py")):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        functions = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        found += [(f"examples/{folder}/{path.name}::{one.name}", one) for one in functions if one.name.startswith("test_")]
    return found


def chats_of(folder: str) -> list[str]:
    """The chats of a folder, as node ids: its contracts take longer and are run by themselves."""
    return [name for name, _ in written_tests(folder)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A copy of the examples, after the command of `make demo` has run there on all chats and on two contracts."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(EXAMPLES, folder / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    before = files(folder)
    chosen = [test for shown in SHOWN for test in chats_of(shown)]
    chosen += ["examples/chained/test_chained.py::test_the_chain", "examples/synchronous/test_synchronous.py::test_search_web"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *demo_options(), *chosen],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, files(folder) - before


def files(folder: Path) -> set[str]:
    """Everything in a folder, but for what hypothesis keeps for itself in any project."""
    found = {str(path.relative_to(folder)) for path in folder.rglob("*")}
    return {name for name in found if not name.startswith(".hypothesis")}


def block(story: str, pattern: str) -> str:
    """What the story says of one pattern."""
    return story.partition(f"\nexamples/{pattern}\n")[2].partition("\n\n")[0]


@pytest.mark.parametrize("pattern", SHOWN)
def test_the_demo_tells_the_story_of_every_pattern(demo, pattern):
    """What was scripted, which tools ran, and the verdict; what was played where the pattern speaks HTTP."""
    told = block(demo[0], pattern)

    assert "  scripted  " in told
    assert "  ran       " in told
    assert f"  verdict: {pattern}: green (" in told
    assert ("  played    " in told) == (pattern != "chained")


def test_the_demo_shows_values_not_only_that_it_worked(demo):
    """The line of a tool has its arguments and its answer, with what a reference came to."""
    assert 'ran       score_lead(company_name="Larkspur Analytics", revenue="12.5M"' in block(demo[0], "chained")
    assert '-> {"ticker":"NVDA","current_price":' in block(demo[0], "synchronous")
    assert "waited    1 virtual second\n" in block(demo[0], "error_handled")


def test_the_demo_shows_where_an_answer_came_from(demo):
    """A scenario's states in their order, an outage's file, a lost answer and its duplicate."""
    told = block(demo[0], "recorded")

    assert told.index("parcels/label#2: GET") < told.index("parcels/label#3: GET") < told.index("parcels/label#4: GET")
    assert "played    outages/parcels-busy: GET" in told
    assert "-> 200, duplicate of 1" in told


def test_the_demo_lists_the_properties_checked_and_the_hints_missing(demo):
    """A law that could not be checked is shown with the keyword that would allow it."""
    counted = re.search(r"ok   test_search_web: (\d+) of (\d+) properties hold", demo[0])
    assert counted[1] == counted[2]
    assert int(counted[1]) > 13
    assert "checked   schema-is-well-formed, the-schema-tells-enough, " in block(demo[0], "synchronous")
    assert "unchecked without success: success-exactly-for-2xx" in block(demo[0], "synchronous")
    assert "unchecked without upstream: calls-stay-within-the-bound" in block(demo[0], "chained")


def test_the_demo_ends_with_totals(demo):
    """One line sums the session up."""
    total = rf"^  total: {len(SHOWN)} folders green \(\d+ passed\); \d+ turns scripted, \d+ tool calls run, "
    assert re.search(total + r"\d+ interactions played, [1-9]\d+ properties checked$", demo[0], re.MULTILINE)


def test_the_examples_leave_nothing_behind(demo):
    """No cache of AutoGen, no database, no file of a pipeline."""
    assert demo[1] == set()


def test_make_demo_runs_every_pattern():
    """The list in the Makefile is that of the folders, and cassettes come behind the patterns."""
    patterns, shown = (re.search(rf"^{name} := (.*)$", makefile(), re.MULTILINE) for name in ("PATTERNS", "SHOWN"))
    assert patterns
    assert shown
    assert sorted(patterns.group(1).split()) == PATTERNS
    assert shown.group(1).replace("$(PATTERNS)", patterns.group(1)).split() == [*patterns.group(1).split(), "recorded"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_tool_of_a_pattern_has_its_contract(pattern):
    """Who copies a tool finds the tests that it owes beside it; the combined registry has the tools of the others."""
    tools = {schema["name"] for schema in importlib.import_module(f"{pattern}.tool").SCHEMAS}
    tests = vars(importlib.import_module(f"{pattern}.test_{pattern}")).values()
    held = {test.contract.name for test in tests if hasattr(test, "contract")}

    assert tools & held if pattern == "combined" else tools <= held, tools - held


@pytest.mark.parametrize("folder", SHOWN)
def test_every_chat_says_what_must_hold(folder):
    """The docstring of a test is its sentence."""
    tests = written_tests(folder)

    assert [] == [name for name, node in tests if not ast.get_docstring(node)]
    assert len(tests) >= 2


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_examples_use_public_names_only(path):
    """Whatever a user may copy comes from the package's front door, or from that of the contracts or the cassettes."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not [alias.name for alias in node.names if alias.name.startswith("autogen_harness")]
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autogen_harness"):
            assert node.module in ("autogen_harness", "autogen_harness.cassettes", "autogen_harness.contracts")
            assert {alias.name for alias in node.names} <= set(importlib.import_module(node.module).__all__)

"""A call that broke a law is kept and tried again, replayed by its id or by a pasted test, and forgotten when mended."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from autogen_harness.contracts.crashes import FOLDER, Crash, Shelf, read
from autogen_harness.errors import DocumentError, UsageError

pytest_plugins = ["pytester"]

TOOL = """
import json

def crash(text: str) -> str:
    return json.dumps({"length": 100 // (len(text) - 5)})
"""

TESTS = """
from tools import crash
from autogen_harness.contracts import tool_contract

test_crash = tool_contract(crash, without={"forbidden-arguments-give-an-error": "another test's business"})
"""

CRASH = Crash("test_a.py::test_a[a-law]", "a-law", "a", "it raised", {"text": "é\ud800", "n": 1.5}, "status 500")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("CI", raising=False)
    pytester.makepyfile(tools=TOOL, test_tools=TESTS)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\npythonpath = .\n")
    return pytester


def run(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    seeded = ("--hypothesis-seed=7", "-p", "no:randomly")  # among calls drawn by chance there may be no text of five letters
    return project.runpytest_subprocess("-p", "no:cacheprovider", *seeded, *options)


def run_broken(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    """The law that is broken, and one that holds: others start processes, and say nothing to these tests."""
    return run(project, "-k", "every-valid-call or well-formed", *options)


def files(project: pytest.Pytester) -> list[Path]:
    return sorted((project.path / FOLDER).glob("*.json"))


def test_a_failure_says_how_to_make_its_call_again(project: pytest.Pytester):
    """By the id of its file, which holds the call; nothing else runs then, and what is red is the same."""
    failure = run(project)
    wanted = re.search(r"pytest --harness-replay (\w{8})", failure.stdout.str())[1]
    replayed = run(project, "--harness-replay", wanted)

    assert [path.stem for path in files(project)] == [wanted]
    assert json.loads(files(project)[0].read_text())["arguments"] == {"text": "00000"}
    replayed.assert_outcomes(failed=1, deselected=sum(failure.parseoutcomes().values()) - 1)
    replayed.stdout.fnmatch_lines(['*arguments  {"text": "00000"}', f"*again *{wanted}"])


def test_what_a_failure_offers_to_paste_is_red_until_the_tool_is_mended(project: pytest.Pytester):
    """It makes that one call, and says what the contract said."""
    shown = run_broken(project).stdout.str()
    pasted = re.search(r"or paste   (def .*\n) +(.*)", shown)
    with (project.path / "test_tools.py").open("a") as file:
        file.write(f"\n{pasted[1]}    {pasted[2]}\n")

    red = run(project, "-k", "test_crash_every")
    red.stdout.fnmatch_lines(["every-valid-call-returns-json: *", "*broken *ZeroDivisionError*"])
    assert red.parseoutcomes()["failed"] == 1
    mend(project)
    assert run(project, "-k", "test_crash_every").parseoutcomes()["passed"] == 1


def mend(project: pytest.Pytester) -> None:
    """By a file of another size: one of the same, written within a second, is for Python the one that it has compiled."""
    project.makepyfile(tools=TOOL.replace("- 5", "+ 500"))


def test_a_mended_law_is_forgotten(project: pytest.Pytester):
    """The file goes when the law holds, and not before."""
    run_broken(project)
    run(project, "-k", "schema-is-well-formed")
    assert len(files(project)) == 1
    mend(project)
    run_broken(project)
    assert files(project) == []


def test_a_kept_call_is_tried_before_any_is_drawn(project: pytest.Pytester):
    """So what only luck found is found again, by a run that draws hardly anything."""
    test = "test_tools.py::test_crash[every-valid-call-returns-json]"
    Shelf(project.path, closed=False).keep(Crash(test, "every-valid-call-returns-json", "crash", "", {"text": "QX-71"}))
    project.makepyfile(tools=TOOL.replace("len(text) - 5", "0 if hash(text) == hash('QX' + '-71') else 1"))

    result = run_broken(project)
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(['*arguments  {"text": "QX-71"}'])


def test_in_ci_nothing_is_kept(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """There is nobody to replay it there; what can be pasted is shown all the same."""
    monkeypatch.setenv("CI", "true")
    result = run_broken(project)

    assert files(project) == []
    assert "--harness-replay" not in result.stdout.str()
    result.stdout.fnmatch_lines(["*or paste *def test_crash_every_valid_call_returns_json():"])


def test_workers_say_the_same(project: pytest.Pytester):
    """Under pytest-xdist the message is the one of a run without it."""
    alone, together = run_broken(project).stdout.str(), run_broken(project, "-n", "2").stdout.str()
    message = re.compile(r"every-valid-call-returns-json: .*?test_crash\.holds[^\n]*", re.DOTALL)

    assert message.search(together)[0] == message.search(alone)[0]


def test_an_id_that_is_not_kept_is_an_error_with_the_nearest(project: pytest.Pytester):
    """And so is one whose test is not among those that were collected."""
    run_broken(project)
    wanted = files(project)[0].stem
    run(project, "--harness-replay", f"{wanted[:-1]}x").stderr.fnmatch_lines([f"*did you mean '{wanted}'?"])
    project.makepyfile(test_other="def test_other(): pass")
    run(project, "--harness-replay", wanted, "test_other.py").stderr.fnmatch_lines(["*was not collected*"])


@pytest.mark.parametrize(
    ("law", "arguments", "problem"),
    [
        ("every-valid-call-returns-jso", "{}", "did you mean 'every-valid-call-returns-json'"),
        ("errors-say-something", "{'text': 'never tried'}, fault='status 500'", "meets no fault 'status 500'"),
    ],
)
def test_a_pasted_test_that_would_check_nothing_is_an_error(project: pytest.Pytester, law: str, arguments: str, problem: str):
    """A law that is not owed, or a call that the law never looks at, is no green test."""
    with (project.path / "test_tools.py").open("a") as file:
        file.write(f"\ndef test_pasted():\n    test_crash.holds({law!r}, {arguments})\n")
    result = run(project, "-k", "test_pasted")

    result.stdout.fnmatch_lines([f"*UsageError: *{problem}*"])
    assert result.parseoutcomes()["failed"] == 1


def test_a_crash_is_read_back_as_it_was_written(tmp_path: Path):
    """Whatever text its arguments hold."""
    shelf = Shelf(tmp_path, closed=False)
    assert shelf.keep(CRASH)
    assert shelf.of(CRASH.test) == [CRASH]
    assert shelf.find(CRASH.id) == CRASH


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('"tool"', '"tol"', "did you mean 'tool'"),
        ("law/1", "law/2", "must be 'autogen-harness-broken-law/1'"),
        ('"a-law",\n', '"a-law"\n', "not JSON"),
        ('"a",', "7,", "must be a string, not a number"),
    ],
)
def test_a_file_that_is_no_crash_is_an_error_with_its_place(tmp_path: Path, before: str, after: str, problem: str):
    """It is not skipped: then a broken law would be forgotten."""
    Shelf(tmp_path, closed=False).keep(CRASH)
    path = tmp_path / FOLDER / f"{CRASH.id}.json"
    path.write_text(path.read_text().replace(before, after))

    with pytest.raises(DocumentError, match=re.escape(problem)) as error:
        read(path)
    assert error.value.line


def test_nothing_to_replay_says_what_to_do(tmp_path: Path):
    """In a project where no law is broken."""
    with pytest.raises(UsageError, match="run the contracts first"):
        Shelf(tmp_path, closed=False).find("abc")

"""``autogen-harness init TARGET``: a first test file for tools, which is green or shows what is wrong with them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tool_modules import BROKEN, SOUND

from autogen_harness.cli import main
from autogen_harness.contracts.hints import Hints

needs_autogen = pytest.mark.skipif("not __import__('importlib').util.find_spec('autogen')", reason="needs AutoGen")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\nasyncio_default_fixture_loop_scope = "function"\n')
    (tmp_path / "sound.py").write_text(SOUND)
    (tmp_path / "broken.py").write_text(BROKEN)
    (tmp_path / "made.py").write_text(
        "def build():\n    def inner(text: str) -> str:\n        return text\n    return {'inner': inner}\n"
    )
    return tmp_path


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=project, capture_output=True, check=False, encoding="utf-8")


def init(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(project, "autogen_harness", "init", *arguments)


def pytest_run(project: Path) -> str:
    seeded = "--hypothesis-seed=7"  # among calls drawn by chance there may be no text of five letters
    options = ["-q", seeded, "-p", "no:cacheprovider", "-p", "no:randomly", "-o", "addopts=", "tests"]
    return run(project, "pytest", *options).stdout


@needs_autogen
def test_what_is_written_runs_green_for_sound_tools(project: Path):
    """Contracts, and a chat with each: synchronous, asynchronous, one that asks a host that no cassette knows."""
    told = init(project, "sound").stdout
    out = pytest_run(project)

    assert "run it: python -m pytest" in told
    assert re.search(r"^\d+ passed", out.splitlines()[-1]), out
    text = (project / "tests" / "test_sound_contracts.py").read_text()
    assert "    # max_attempts=...,  # the most requests that one call may send for one thing" not in text
    assert "    # output_schema=...,  # what a successful result looks like: its field names, or a JSON schema" in text
    assert text.count("def test_a_model_calls_") == 3
    assert (project / "tests" / "cassettes" / "weather.json").exists()


def test_no_hint_breaks_off_in_the_middle_of_what_it_says(project: Path):
    """Each that stands as a comment goes on to a stop of its description, over lines that stay comments when it is taken in."""
    init(project, "sound")
    text = (project / "tests" / "test_sound_contracts.py").read_text()
    described = " ".join((Hints.__doc__ or "").split())
    hints = re.findall(r"^    # (\w+)=\.\.\.,  # (.+(?:\n    #     # .+)*)", text, re.MULTILINE)

    assert len(hints) > 5
    for name, said in hints:
        whole = " ".join(said.replace("\n    #     # ", " ").split())
        assert re.search(re.escape(f"{name}: {whole}") + "[;.]", described), name
    assert any("\n" in said for _, said in hints)


def test_what_is_written_shows_what_is_wrong(project: Path):
    """Red with the law that is broken, and green where only nobody said what an ordinary call is."""
    init(project, "broken")
    out = pytest_run(project)

    failed = set(re.findall(r"^FAILED tests/test_broken_contracts\.py::test_(\w+)\[([\w-]+)\]", out, re.MULTILINE))
    assert ("crash", "every-valid-call-returns-json") in failed
    assert [law for tool, law in failed if tool == "strict"] == ["forbidden-arguments-give-an-error"]
    text = (project / "tests" / "test_broken_contracts.py").read_text()
    assert '    # With these arguments it gives: {"error": "no such thing"}' in text


@needs_autogen
def test_nothing_that_is_there_is_written_over(project: Path):
    """Not one file of several: nothing is written at all."""
    script = project / "tests" / "scripts" / "weather.yaml"
    script.parent.mkdir(parents=True)
    script.write_text("mine")
    told = init(project, "sound")

    assert (2, "mine") == (told.returncode, script.read_text())
    assert "weather.yaml is there already; move it" in told.stderr
    assert [script] == [path for path in (project / "tests").rglob("*") if path.is_file()]


def test_tools_that_a_function_makes_cannot_be_imported(project: Path):
    """A test file has no name for them; the message says what to do."""
    told = init(project, "made:build")
    assert (2, True) == (told.returncode, "give a contract the functions themselves" in told.stderr)


def test_help_says_what_is_written(capsys: pytest.CaptureFixture[str]):
    """With the exit codes."""
    with pytest.raises(SystemExit):
        main(["init", "--help"])
    assert "exit code: 0 written, 2 could not" in capsys.readouterr().out

"""harness.llm.load(...): a file by its name, played as strictly as turns of Python."""

from __future__ import annotations

import pytest

from autogen_harness import Harness, HarnessFailure, UsageError, call, say
from autogen_harness.errors import ScriptExhausted
from autogen_harness.model import LlmRequest
from autogen_harness.scripts import ScriptFile, dump
from autogen_harness.settings import Settings

HELLO = dump(ScriptFile((say("hello"),)))


def ask(harness, agent="a", purpose="reply"):
    return harness.llm.answer(LlmRequest(agent, purpose, ({"role": "user", "content": "hi"},))).text


@pytest.fixture
def folders(tmp_path):
    """The folder of a test, and that of the project's scripts."""
    (tmp_path / "tests" / "unit").mkdir(parents=True)
    (tmp_path / "tests" / "scripts").mkdir()
    return tmp_path / "tests" / "unit", tmp_path


BESIDE, AMONG = "tests/unit", "tests/scripts"


@pytest.mark.parametrize(
    ("place", "name"),
    [(BESIDE, "hello"), (BESIDE, "hello.yaml"), (BESIDE, "../unit/hello"), (AMONG, "hello"), (AMONG, "hello.yaml")],
)
def test_a_file_is_found_beside_the_test_and_among_the_projects_scripts(folders, place, name):
    """With or without its suffix."""
    folder, root = folders
    (root / place / "hello.yaml").write_text(HELLO, encoding="utf-8")
    with Harness(root=root, folder=folder) as harness:
        harness.llm.load(name)
        assert ask(harness) == "hello"


def test_the_file_beside_the_test_comes_first_and_settings_name_the_folder(folders):
    """So that a project can keep its scripts anywhere."""
    folder, root = folders
    (root / "plays").mkdir()
    for place, said in {folder: "near", root / "plays": "far"}.items():
        (place / "a.yml").write_text(dump(ScriptFile((say(said),))), encoding="utf-8")
    (root / "plays" / "b.yaml").write_text(HELLO, encoding="utf-8")
    with Harness(root=root, folder=folder, settings=Settings(scripts="plays")) as harness:
        harness.llm.load("a")
        assert ask(harness) == "near"
        harness.llm.load(root / "plays" / "b.yaml")
        assert ask(harness) == "hello"


def test_a_name_that_is_nowhere_is_an_error_with_the_nearest(folders):
    """And says where was looked."""
    folder, root = folders
    (folder / "analyst_quotes.yaml").write_text(HELLO, encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"there is no script 'analyst_quote'; did you mean 'analyst_quotes'\?\n  looked in "
    ) as caught:
        Harness(root=root, folder=folder).llm.load("analyst_quote")
    assert str(folder) in str(caught.value)
    with pytest.raises(UsageError, match=r"did you mean 'examples/team'"):
        Harness(root=root, folder=folder).llm.load("example/team")


def test_a_file_sets_the_scripts_of_everybody():
    """Agents take their own turns, the selector and the summary theirs."""
    file = ScriptFile((say("all"),), {"b": (say("mine"),)}, selector=(say("b"),), summary="forbid")
    with Harness() as harness:
        harness.llm.add(file)
        assert ask(harness, "b") == "mine"
        assert ask(harness, "a") == "all"
        assert ask(harness, "m", "selection") == "b"
        harness.expect("script-exhausted", agent="a")
        with pytest.raises(ScriptExhausted, match="forbid"):
            ask(harness, "a", "summary")


def test_an_agent_without_turns_takes_no_common_one():
    """Its list is there, and empty."""
    with Harness() as harness:
        harness.llm.add(ScriptFile((), {"quiet": ()}))
        harness.expect("script-exhausted", agent="quiet")
        with pytest.raises(ScriptExhausted):
            ask(harness, "quiet")


def test_turns_that_are_left_are_a_finding_and_a_second_file_waits_for_them():
    """The same strictness as for script(...)."""
    with pytest.raises(HarnessFailure, match="turns-left"), Harness() as harness:
        harness.llm.add(ScriptFile((call("f"),)))
        with pytest.raises(UsageError, match="an earlier script"):
            harness.llm.add(ScriptFile((say("b"),)))


def test_an_error_in_a_file_ends_the_test_at_its_own_line_as_text(pytester):
    """With the place in the file, and no traceback through the harness."""
    pytester.makefile(".yaml", broken="format: autogen-harness-script/1\nturns:\n  - cal: f\n")
    pytester.makepyfile('def test_it(harness):\n    harness.llm.load("broken")\n')

    result = pytester.runpytest_subprocess("-p", "no:randomly")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            '>       harness.llm.load("broken")',
            "E       *broken.yaml:3:5: turns[[]0[]]: one of the keys call,*",
            "E*did you mean 'call'*",
        ]
    )
    assert "reading.py" not in result.stdout.str()


def test_the_ini_names_the_folder_of_the_projects_scripts(pytester):
    """harness_scripts, relative to the root."""
    pytester.makeini("[pytest]\nharness_scripts = plays")
    pytester.mkdir("plays").joinpath("hello.yaml").write_text(HELLO, encoding="utf-8")
    pytester.makepyfile('def test_it(harness):\n    harness.expect("turns-left")\n    harness.llm.load("hello")\n')

    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)


PLACED = """\
format: autogen-harness-script/1
turns:
  - say: hi
    expect: {last_message: price}
  - call: f
  - say: ${get.a}
  - say: left
selector: [nobody]
"""


def test_what_goes_wrong_with_a_turn_of_a_file_names_its_line(folders):
    """Line and column of the turn, beside its number; as data as well."""
    (folders[0] / "a.yaml").write_text(PLACED, encoding="utf-8")
    with pytest.raises(HarnessFailure) as caught, Harness(folder=folders[0]) as harness:
        harness.llm.load("a")
        for _ in range(2):
            ask(harness)
        with pytest.raises(UsageError):
            ask(harness)

    placed = {finding.rule: finding for finding in caught.value.findings if finding.fields.get("script") == ""}
    lines = {"request-unexpected": (1, 3), "tool-unknown": (2, 5), "script-broken": (3, 6), "turns-left": (4, 7)}
    for rule, (turn, line) in lines.items():
        assert f"turn {turn} ({folders[0]}/a.yaml:{line}:5)" in placed[rule].what
        assert placed[rule].fields["place"].endswith(f"a.yaml:{line}:5")
    assert "{fail: hallucinated_tool, call: f, ...}, or harness.expect(" in placed["tool-unknown"].expect
    assert "a.yaml:8:12)" in str(caught.value)

"""autogen-harness check: what a user sees of a script file and of the agents that it is written for."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from autogen_harness.cli import main

AGENTS = '''
import warnings
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import autogen

print("made")
warnings.warn("old", DeprecationWarning)


def get_price(ticker: str, days: int = 1) -> str:
    """Price."""
    return ticker


user = autogen.UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
analyst = autogen.AssistantAgent("analyst", llm_config={"config_list": [{"model": "gpt-4o"}]})
autogen.register_function(get_price, caller=analyst, executor=user, description="Price")


def pair():
    return user, analyst


def group():
    chat = autogen.GroupChat([user, analyst], [])
    return autogen.GroupChatManager(chat, llm_config={"config_list": [{"model": "gpt-4o"}]})


def needs(name):
    return name


def breaks():
    raise KeyError("no")


EMPTY = [1, {"a": None}]
CAST = {"all": [user, analyst]}
'''
SCRIPT = "format: autogen-harness-script/1\nturns:\n  - call: get_price\n    args: {ticker: NVDA}\n"

needs_autogen = pytest.mark.skipif(find_spec("autogen") is None, reason="classic AutoGen is not installed here")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The current folder, with agents and a script; what is imported in it is forgotten."""
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    (tmp_path / "cast.py").write_text(AGENTS, encoding="utf-8")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / "app" / "cast.py").write_text("from cast import *\n", encoding="utf-8")
    (tmp_path / "empty.py").write_text("def make(): ...\ndef other(): ...\n", encoding="utf-8")
    (tmp_path / "broken.py").write_text("import sys\nsys.exit('no')\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text(SCRIPT, encoding="utf-8")
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.split(".")[0] in ("cast", "app", "empty", "broken"):
            del sys.modules[name]


@needs_autogen
@pytest.mark.parametrize(
    "target",
    ["cast", "cast.py", "app.cast", "app/cast.py", "cast:pair", "cast:group", "cast:CAST", "app.cast:analyst.name.title"],
)
def test_a_script_that_fits_is_clean_wherever_the_agents_are(project, capsys, target):
    """A module or a file, and any attribute: agents, collections, a function that makes them. No key, no noise."""
    code = main(["check", "s.yaml", "--against", target])
    shown = capsys.readouterr()

    if target.endswith("title"):
        assert (code, shown.err) == (2, f"made\nautogen-harness: there is no agent in {target}\n")
        return
    assert code == 0, shown.err
    assert shown.out.startswith("s.yaml: 1 turn, nothing wrong\nheld against ")
    assert "analyst (offers get_price; executes nothing)" in shown.out
    assert shown.err == "made\n"


@needs_autogen
def test_problems_are_a_table_with_places(project, capsys):
    """In the order of the file; what is near stands under what is wrong."""
    (project / "s.yaml").write_text(
        SCRIPT.replace("NVDA", "5, day: 2") + "  - say: ${get_prise}\n    by: analyst\n", encoding="utf-8"
    )

    assert main(["check", "s.yaml", "--against", "cast"]) == 1
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "s.yaml:4:20  get_price: ticker: 5 is not of type 'string'",
        "s.yaml:4:23  get_price: 'day' is no parameter of it",
        "             did you mean 'days'?",
        's.yaml:5:5   result("get_prise"): no turn calls get_prise',
        "             did you mean 'get_price'?",
        "s.yaml: 3 problems",
    ]


def test_files_can_be_checked_alone_many_at_a_time(project, capsys):
    """A broken one is shown with its lines; the others are looked at all the same."""
    (project / "bad.yaml").write_text("format: autogen-harness-script/1\nturns:\n  - cal: f\n  - say: 5\n", encoding="utf-8")
    (project / "torn.yaml").write_bytes(b"\xff")

    assert main(["check", "bad.yaml", "torn.yaml", "s.yaml", "examples/team"]) == 1
    shown = capsys.readouterr().out
    assert "bad.yaml:3:5: turns[0]: one of the keys" in shown
    assert "  4 |   - say: 5\n    |          ^" in shown
    assert "bad.yaml: 2 problems\ntorn.yaml:1:1: not UTF-8 text\n" in shown
    assert "torn.yaml: 1 problem\ns.yaml: 1 turn, nothing wrong\n" in shown
    assert "team.yaml: 3 turns, nothing wrong" in shown


def test_scripts_are_listed_with_what_they_say_of_themselves(project, capsys):
    """Those of the project and those that are shipped; a broken one is named, and the others are listed."""
    folder = project / "tests" / "scripts" / "mine"
    folder.mkdir(parents=True)
    (folder / "short.yaml").write_text(SCRIPT, encoding="utf-8")
    assert main(["script", "ls"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert "mine/short        1 turn" in shown
    assert "examples/team     Two agents of a group chat with a script each, and who speaks when." in shown

    (folder / "torn.yml").write_text("turns: [", encoding="utf-8")
    assert main(["script", "ls"]) == 1
    assert "mine/torn         cannot be played: " in capsys.readouterr().err


UNJUDGED = {
    "no script": (["nix"], "there is no script 'nix'"),
    "no script and no module": (["nix"], "; and there is no module nix"),
    "no module": (
        ["s.yaml", "--against", "nix.mod"],
        "nix.mod cannot be imported: ModuleNotFoundError: No module named 'nix'\n  run the",
    ),
    "no file": (["s.yaml", "--against", "nix.py"], "there is no file nix.py"),
    "no agent": (
        ["s.yaml", "--against", "empty"],
        "there is no agent in empty; does a function make them? empty:make or empty:other",
    ),
    "exits": (["s.yaml", "--against", "broken"], "broken cannot be imported: SystemExit: no, at broken.py:2 (<module>)"),
    "no such attribute": (["s.yaml", "--against", "empty:mak"], "empty:mak: there is no mak; did you mean 'make'?"),
    "returns none": (["s.yaml", "--against", "empty:make"], "there is no agent in empty:make"),
}


@pytest.mark.parametrize(("arguments", "says"), UNJUDGED.values(), ids=UNJUDGED)
def test_what_cannot_be_judged_is_exit_code_two_with_one_sentence(project, capsys, arguments, says):
    """No traceback, and what to write instead."""
    assert main(["check", *arguments]) == 2
    assert says in capsys.readouterr().err


@needs_autogen
@pytest.mark.parametrize(
    ("attribute", "says"),
    [
        ("breaks", "cast:breaks cannot be called: KeyError: 'no', at cast.py:35 (breaks)"),
        ("needs", "cast:needs cannot be called: TypeError: needs() missing 1 required positional argument: 'name'"),
        ("EMPTY", "there is no agent in cast:EMPTY"),
    ],
)
def test_a_function_that_makes_no_agents_says_why(project, capsys, attribute, says):
    """With the line where it broke."""
    assert main(["check", "s.yaml", "--against", f"cast:{attribute}"]) == 2
    assert says in capsys.readouterr().err


def test_a_target_is_loaded_under_a_harness(project, capsys):
    """What it does at import reaches no network."""
    (project / "broken.py").write_text(
        "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)\n", encoding="utf-8"
    )

    assert main(["check", "s.yaml", "--against", "broken"]) == 2
    assert "broken cannot be imported: NetworkBlocked: " in capsys.readouterr().err


@needs_autogen
def test_agents_need_no_key_at_the_prompt(project):
    """In a process without pytest, whose plugin would see to it."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    command = [sys.executable, "-m", "autogen_harness", "check", "s.yaml", "--against", "cast"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "made\n")
    assert done.stdout.startswith("s.yaml: 1 turn, nothing wrong\n")


@needs_autogen
def test_the_script_of_the_examples_fits_its_agents(project, capsys):
    """A file in a package is imported from above the package, as pytest does."""
    examples = Path(__file__).parents[2] / "examples"

    assert (
        main(["check", f"{examples}/scripted/analyst.yaml", "--against", f"{examples}/synchronous/agents.py:build_agents"]) == 0
    )
    assert ": 4 turns, nothing wrong\n" in capsys.readouterr().out

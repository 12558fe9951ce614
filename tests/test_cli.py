"""The command reads what the project says, from any folder of it."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from autogen_harness.cassettes.files.formats import loads, save
from autogen_harness.cli import main
from autogen_harness.settings_search import find_project

OUTCOME = {"outcome": {"response": {"status": 200}}}
CASSETTE = {
    "format": "autogen-harness-cassette/1",
    "about": "Ticket 42.",
    "interactions": [{"request": {"method": "GET", "url": "http://a.test/"}, **OUTCOME}],
}

SETTINGS = {
    "table": ("pyproject.toml", '[tool.autogen-harness]\ncassettes = "tapes"'),
    "ini_options": ("pyproject.toml", '[tool.pytest.ini_options]\nharness_cassettes = "tapes"'),
    "tool.pytest": ("pyproject.toml", '[tool.pytest]\nharness_cassettes = "tapes"'),
    "pytest.ini": ("pytest.ini", "[pytest]\nharness_cassettes = tapes"),
    "pytest.toml": ("pytest.toml", '[pytest]\nharness_cassettes = "tapes"'),
    "tox.ini": ("tox.ini", "[pytest]\nharness_cassettes = tapes"),
    "setup.cfg": ("setup.cfg", "[tool:pytest]\nharness_cassettes = tapes"),
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with cassettes in ``tapes``; the current folder is two folders down."""
    (tmp_path / "tapes" / "mine").mkdir(parents=True)
    (tmp_path / "tapes" / "mine" / "t42.json").write_text(json.dumps(CASSETTE), encoding="utf-8")
    deep = tmp_path / "src" / "deep"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    return tmp_path


@pytest.mark.parametrize(("name", "text"), SETTINGS.values(), ids=SETTINGS)
def test_cassettes_are_listed_from_the_folder_that_the_project_names(project, capsys, name, text):
    """Wherever pytest would find it."""
    (project / name).write_text(text, encoding="utf-8")
    assert main(["cassette", "ls", "mine/"]) == 0
    assert capsys.readouterr().out == f"mine/t42  composed  1  Ticket 42. [{project}/tapes/mine/t42.json]\n"
    assert find_project(Path.cwd())[0] == project


def test_without_settings_the_root_is_where_the_project_begins(project, capsys):
    """And the folder has its usual place below it."""
    (project / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (project / "tests").mkdir()
    (project / "tapes").rename(project / "tests" / "cassettes")
    assert main(["cassette", "ls", "mine/"]) == 0
    assert "tests/cassettes/mine/t42.json" in capsys.readouterr().out


@pytest.mark.parametrize("configured", [True, False])
def test_a_folder_that_somebody_names_has_to_be_there(project, capsys, configured):
    """On the command line or in the settings; the usual one may be absent."""
    arguments = ["cassette", "ls"]
    assert main(arguments) == 0
    if configured:
        (project / "pytest.ini").write_text("[pytest]\nharness_cassettes = nowhere", encoding="utf-8")
    else:
        arguments += ["--dir", "nowhere"]
    assert main(arguments) == 2
    assert "there is no folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("pyproject.toml", "[tool.autogen-harness]\ncasettes = 'x'", "did you mean 'cassettes'?"),
        ("pytest.ini", "[pytest\n", "pytest.ini cannot be read"),
        ("pytest.ini", "[pytest]\nharness_casettes = x", "did you mean 'harness_cassettes'?"),
    ],
)
def test_wrong_settings_are_told(project, capsys, name, text, says):
    """As pytest would."""
    (project / name).write_text(text, encoding="utf-8")
    assert main(["cassette", "ls"]) == 2
    assert says in capsys.readouterr().err


def test_a_broken_cassette_is_named_and_the_others_are_listed(project, capsys):
    """One torn file is no reason to say nothing."""
    (project / "tapes" / "torn.json").write_text('{"format": ', encoding="utf-8")
    assert main(["cassette", "ls", "mine/", "--dir", str(project / "tapes")]) == 1
    shown = capsys.readouterr()
    assert shown.out.startswith("mine/t42 ")
    (line,) = shown.err.splitlines()
    assert line == f"cannot be played: {project}/tapes/torn.json:1:12: not JSON: Expecting value"


@pytest.fixture
def broken(project):
    """Two cassettes beside the good one: with two problems, and a large one with a broken line."""
    bad = {**CASSETTE, "abuot": "", "interactions": [{"request": {"method": "GET", "url": "/x"}, **OUTCOME}]}
    (project / "tapes" / "bad.json").write_text(json.dumps(bad), encoding="utf-8")
    save(loads(json.dumps(CASSETTE)), project / "tapes" / "big.jsonl")
    (project / "pytest.ini").write_text("[pytest]\nharness_cassettes = tapes", encoding="utf-8")
    return project


def test_all_cassettes_of_the_project_are_checked(broken, capsys):
    """Every problem is printed with its place."""
    assert main(["cassette", "check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    tapes = broken / "tapes"
    text = (tapes / "bad.json").read_text(encoding="utf-8")
    url, key = (text.index(piece) + 1 for piece in ('"/x"', '"abuot"'))
    places = [line for line in lines if line.startswith(str(tapes))]
    assert places == [
        f"{tapes}/bad.json:1:{url}: interactions[0].request.url: not an absolute http or https URL: '/x'",
        f"{tapes}/bad.json:1:{key}: unknown key 'abuot'",
        f"{tapes}/bad.json: 2 problems",
        f"{tapes}/big.jsonl: 1 interaction, nothing wrong",
        f"{tapes}/mine/t42.json: 1 interaction, nothing wrong",
    ]
    assert "  did you mean 'about'?" in lines


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        (["mine/t42"], 0, "1 interaction, nothing wrong"),
        (["{tapes}/mine/t42.json", "yahoo/chart-nvda"], 0, "1 interaction, nothing wrong"),
        (["bad"], 1, "2 problems"),
        (["{tapes}/mine"], 0, "1 interaction, nothing wrong"),
        (["{tapes}", "mine/t42"], 1, "2 problems"),
        (["mine/t24"], 2, "did you mean 'mine/t42'"),
    ],
)
def test_cassettes_are_checked_by_file_or_by_name(broken, capsys, asked, code, says):
    """Exit 0 is clean, 1 is a problem, 2 is that it could not be judged."""
    assert main(["cassette", "check", *(name.format(tapes=broken / "tapes") for name in asked)]) == code
    shown = capsys.readouterr()
    assert says in shown.out + shown.err


@pytest.mark.parametrize(
    "case", [("[recorded]", 0, "faults over mine/t42, nothing wrong"), ("[recored]", 1, "did you mean 'recorded'")]
)
@pytest.mark.parametrize("asked", [[], ["outage"], ["{tapes}/outage.faults.yaml"]], ids=["all", "name", "file"])
def test_files_of_faults_are_checked_too(project, capsys, case, asked):
    """They are played by a name as cassettes are."""
    faults, code, says = case
    (project / "pytest.ini").write_text("[pytest]\nharness_cassettes = tapes", encoding="utf-8")
    text = f"format: autogen-harness-faults/1\nover: mine/t42\nfaults: {faults}\n"
    (project / "tapes" / "outage.faults.yaml").write_text(text, encoding="utf-8")
    assert main(["cassette", "check", *(name.format(tapes=project / "tapes") for name in asked)]) == code
    assert says in capsys.readouterr().out


def test_where_there_is_no_cassette_that_is_said(project, capsys):
    """And is no problem."""
    assert main(["cassette", "check"]) == 0
    assert "there is no cassette in" in capsys.readouterr().out


def test_a_new_cassette_is_printed_and_loads(project, capsys):
    """On its own on stdout, for a redirection; where to save it on stderr."""
    (project / "pytest.ini").write_text("[pytest]\nharness_cassettes = new", encoding="utf-8")
    assert main(["cassette", "new", "get", "https://api.support.test/v1/tickets/43", "--status", "404"]) == 0
    shown = capsys.readouterr()
    (one,) = loads(shown.out).interactions
    assert (one.request.method, one.request.url, one.outcome.status) == ("GET", "https://api.support.test/v1/tickets/43", 404)
    assert f"{project}/new/api.support.test/v1-tickets-43.json" in shown.err
    assert main(["cassette", "new", "GET", "tickets"]) == 2


@pytest.mark.parametrize("installed", [True, False], ids=["installed", "not installed"])
def test_the_version_is_looked_up_only_where_it_is_asked_for(monkeypatch, capsys, installed):
    """So the command works from a checkout that is only on the path."""

    def version(name):
        if not installed:
            raise PackageNotFoundError(name)
        return "1.2.3"

    monkeypatch.setattr("autogen_harness.cli.version", version)
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"autogen-harness {'1.2.3' if installed else '(not installed)'}\n"
    assert main(["script", "schema"]) == 0

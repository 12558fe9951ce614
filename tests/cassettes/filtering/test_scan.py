"""The command that looks for secrets in files that are there."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from autogen_harness.cassettes import Cassette, Interaction, save
from autogen_harness.cassettes.filtering.scanning import files, scan
from autogen_harness.cli import main
from autogen_harness.documents import parse_yaml
from autogen_harness.model import HttpReply, HttpRequest

ROOT = Path(__file__).resolve().parents[3]

OURS = """{"format": "autogen-harness-cassette/1", "interactions": [
 {"request": {"method": "GET", "url": "http://a.test/?crumb=abc",
   "headers": [["authorization", "Bearer abcdefgh12345"],
    ["x-api-key", "q"]]},
  "outcome": {"response": {"status": 200,
   "body": {"json": {"é": 1,
     "token": "xyz",
     "b": "see hunter2hunter2 and sk-abcdefghijklmnopq123"}}}}}]}
"""
THEIRS = """interactions:
- request:
    headers:
      Authorization:
      - Bearer abcdefgh12345
  response:
    body: !!binary |
      SGVsbG8gaHVudGVyMmh1
      bnRlcjIgd29ybGQ=
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a cassette of ours and one of another tool, and a variable whose value is a secret."""
    folder = tmp_path / "tests" / "cassettes"
    (folder / ".hidden").mkdir(parents=True)
    (folder / "ours.json").write_text(OURS, encoding="utf-8")
    (folder / "theirs.yaml").write_text(THEIRS, encoding="utf-8")
    (folder / ".hidden" / "x.json").write_text(OURS, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.environ", {"MY_TOKEN": "hunter2hunter2", "CI": "1"})
    return tmp_path


def test_every_secret_is_told_with_its_place_and_without_its_value(project, capsys):
    """By name in cassettes of the harness, by form and value in every file."""
    assert main(["cassette", "scan"]) == 1
    shown = capsys.readouterr()
    assert [line.split(": ", 2)[:2] for line in shown.out.splitlines()] == [
        ["tests/cassettes/ours.json:2:39", "not removed"],
        ["tests/cassettes/ours.json:3:42", "looks like bearer token"],
        ["tests/cassettes/ours.json:4:19", "not removed"],
        ["tests/cassettes/ours.json:7:15", "not removed"],
        ["tests/cassettes/ours.json:8:16", "the value of MY_TOKEN"],
        ["tests/cassettes/ours.json:8:35", "looks like OpenAI or Anthropic key"],
        ["tests/cassettes/theirs.yaml:5:16", "looks like bearer token"],
        ["tests/cassettes/theirs.yaml:8:15", "the value of MY_TOKEN, in base64"],
    ]
    assert "see <removed: MY_TOKEN> and <removed: OpenAI or Anthropic key>" in shown.out
    assert not any(value in shown.out for value in ("hunter2", "abcdefgh", "xyz", "crumb=abc", "dW50ZXIyaHVudGVyMg"))
    assert shown.err == "2 files scanned, 8 secrets found\n"


def test_a_clean_file_is_clean(project, capsys):
    """And what was scanned is said."""
    (project / "a.txt").write_text("nothing here", encoding="utf-8")
    assert main(["cassette", "scan", "a.txt"]) == 0
    assert capsys.readouterr().err == "1 file scanned, 0 secrets found\n"


def test_variables_of_a_file_and_names_of_the_settings_count(project, capsys):
    """A variable that both the file and the environment set means both values."""
    (project / ".env").write_text('MY_TOKEN="other-secret1"\n', encoding="utf-8")
    (project / "pyproject.toml").write_text('[tool.autogen-harness]\nrecord_secret_names = ["é"]\n', encoding="utf-8")
    (project / "a.json").write_text(OURS.replace("1,", '"other-secret1 hunter2hunter2",'), encoding="utf-8")
    assert main(["cassette", "scan", "--env-file", ".env", "a.json"]) == 1
    told = capsys.readouterr().out
    assert "MY_TOKEN of .env" in told
    assert "the value of MY_TOKEN:" in told


@pytest.mark.parametrize("arguments", [["nowhere"], [".", "--env-file", "nowhere"]])
def test_what_is_not_there_cannot_be_judged(project, capsys, arguments):
    """Which is no clean bill."""
    assert main(["cassette", "scan", *arguments]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_a_project_without_cassettes_has_nothing_to_hide(tmp_path, monkeypatch, capsys):
    """Nothing is scanned, and that is said."""
    monkeypatch.chdir(tmp_path)
    assert main(["cassette", "scan"]) == 0
    assert capsys.readouterr().err == "0 files scanned, 0 secrets found\n"


def test_a_broken_cassette_and_a_compressed_file_are_scanned(tmp_path):
    """A file need not be readable to hold a secret."""
    (tmp_path / "torn.json").write_text(OURS[:-30], encoding="utf-8")
    (tmp_path / "x.har.gz").write_bytes(gzip.compress(b'{"a": "hunter2hunter2"}'))
    hits = [hit for path in files([tmp_path]) for hit in scan(path, {"hunter2hunter2": "it"})]
    assert [(hit.path.name, hit.kind, hit.how) for hit in hits] == [
        ("torn.json", "form", ()),
        ("torn.json", "value", ()),
        ("x.har.gz", "value", ("gzip",)),
    ]


VCRPY = """interactions:
- request:
    body: null
    headers:
      X-Api-Key: [qwerty]
    method: GET
    uri: https://a.test/?token=abc
  response:
    body: {string: '{"access_token": "q"}'}
    headers:
      Set-Cookie: ['A1=zzz; Path=/']
    status: {code: 200, message: OK}
version: 1
"""


def test_names_are_looked_at_in_cassettes_of_others(tmp_path):
    """The place is that of the name."""
    (tmp_path / "x.yaml").write_text(VCRPY, encoding="utf-8")
    hits = scan(tmp_path / "x.yaml", {})
    assert [(hit.line, hit.name, hit.excerpt) for hit in hits] == [
        (5, "x-api-key", "request header.x-api-key"),
        (7, "token", "request query.token"),
        (9, "access_token", "reply body.access_token"),
        (11, "A1", "reply header.set-cookie"),
    ]


def test_names_and_values_are_told_of_the_lines_of_a_large_cassette(tmp_path):
    """Each with its own place, though a whole interaction stands in one line."""
    asked = [HttpRequest("GET", f"https://a.test/{number}?token=abc") for number in range(3)]
    replies = [HttpReply(200, "OK", (), body) for body in (b"x", b'{"a":"hunter2hunter2"}', b"y")]
    path = tmp_path / "x.jsonl"
    save(Cassette(tuple(map(Interaction, asked, replies))), path)
    hits = scan(path, {"hunter2hunter2": "it"})
    assert [(hit.line, hit.kind) for hit in hits] == [(2, "name"), (3, "value"), (3, "name"), (4, "name")]


def test_an_excerpt_hides_a_secret_in_any_spelling(tmp_path):
    """And what stands beside it under a secret name."""
    (tmp_path / "x").write_text('{"password": "qwer", "a": "aHVudGVyMmh1bnRlcjI=", "hex": "68756e7465723268756e74657232"}')
    shown = [hit.excerpt for hit in scan(tmp_path / "x", {"hunter2hunter2": "it"})]
    assert [one for one in shown if "<removed: it>" not in one or any(raw in one for raw in ("qwer", "HVud", "756e"))] == []
    assert len(shown) == 2


def test_what_the_harness_ships_is_clean():
    """All of it: cassettes, scripts and what stands beside them."""
    paths = list(files([ROOT / "fixtures"]))
    assert len(paths) > 30
    assert [str(hit) for path in paths for hit in scan(path, {})] == []


def test_the_hook_of_pre_commit_runs_the_command():
    """It is given the files that are to be committed, behind the entry."""
    (hook,) = parse_yaml((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"), "hooks")
    assert (hook["entry"], hook["language"]) == ("autogen-harness cassette scan", "python")
    assert hook["files"] == "(^|/)cassettes/"

"""What lies in the folders of cassettes can be seen: from where it comes, how old it is, and whether a test still names it."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import freezegun
import pytest
import requests

from autogen_harness import Harness
from autogen_harness.cassettes import Cassette, load, save
from autogen_harness.cassettes.cassette import Recorded
from autogen_harness.cassettes.files.ages import days_since
from autogen_harness.cassettes.files.mentions import mentions
from autogen_harness.cli import main
from autogen_harness.clock import VirtualClock
from autogen_harness.errors import UsageError
from autogen_harness.settings import Settings


def ago(days):
    return (datetime.now(timezone.utc) - timedelta(days=days, hours=1)).isoformat()


@pytest.fixture
def folder(tmp_path, interaction, monkeypatch):
    """Three cassettes: composed, recorded 40 days ago, and one of both whose oldest recording is 3 days old."""
    composed, old, both = (interaction(url=f"http://a.test/{name}") for name in ("composed", "old", "both"))
    old, new, newest = (replace(one, recorded=Recorded(ago(days), "a.test")) for one, days in ((old, 40), (both, 3), (both, 2)))
    kept = {"mine/composed": [composed], "mine/old": [old], "mine/both": [newest, both, new]}
    for name, interactions in kept.items():
        (tmp_path / "mine").mkdir(exist_ok=True)
        save(Cassette(tuple(interactions), name.upper()), tmp_path / f"{name}.json")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            [],
            [
                "mine/both      mixed 3 days ago      3  MINE/BOTH",
                "mine/composed  composed              1  MINE/COMPOSED",
                "mine/old       recorded 40 days ago  1  MINE/OLD",
            ],
        ),
        (
            ["--composed"],
            ["mine/both      mixed 3 days ago  3  MINE/BOTH", "mine/composed  composed          1  MINE/COMPOSED"],
        ),
        (["--older-than", "30"], ["mine/old  recorded 40 days ago  1  MINE/OLD"]),
        (["--older-than", "2.5", "--composed"], ["mine/both  mixed 3 days ago  3  MINE/BOTH"]),
    ],
)
def test_the_list_shows_provenance_age_and_number(folder, capsys, arguments, lines):
    """In columns; flags narrow it."""
    assert main(["cassette", "ls", "mine/", "--dir", str(folder), *arguments]) == 0
    assert [line.rpartition(" [")[0] for line in capsys.readouterr().out.splitlines()] == lines


def test_the_list_can_be_read_by_programs(folder, capsys):
    """With all that is known of each; a list that is empty is one, and no cassette found is still exit code 1."""
    assert main(["cassette", "ls", "mine/", "--dir", str(folder), "--json"]) == 0
    both, composed, _ = json.loads(capsys.readouterr().out)
    assert (both["provenance"], both["interactions"], both["age_days"], both["shipped"]) == ("mixed", 3, 3, False)
    assert composed == {
        "name": "mine/composed",
        "about": "MINE/COMPOSED",
        "path": str(folder / "mine" / "composed.json"),
        "shipped": False,
        "interactions": 1,
        "provenance": "composed",
        "recorded_at": None,
        "age_days": None,
    }
    assert main(["cassette", "ls", "--dir", str(folder), "--older-than", "400", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("source", "used"),
    [
        ('harness.http.play("mine/old")', True),
        ('NAMES = ["mine/old.json"]', True),
        ('play("mine/old#2")', True),
        ('open("tests/cassettes/mine/old.json")', True),
        ('play(f"mine/{kind}")', True),
        ('play("mine/" + kind)', True),
        ('play("mine/{}".format(kind))', True),
        ('play("mine/%s" % kind)', True),
        ('play(f"{folder}/{kind}")', False),
        ('play(f"mine/{kind}-new")', False),
        ('play("mine/older")', False),
        ('"""mine/old"""', False),
        ("# mine/old", False),
        ("", False),
    ],
)
def test_a_cassette_is_used_where_a_text_of_the_tests_can_mean_it(folder, capsys, source, used):
    """Names, files and texts with gaps count; comments and docstrings do not, nor a text that could mean everything."""
    (folder / "tests").mkdir()
    (folder / "tests" / "test_it.py").write_text(source, encoding="utf-8")
    arguments = ["cassette", "ls", "mine/old", "--dir", str(folder), "--unused-in", "tests"]
    assert main(arguments) == (0 if used else 1)
    assert ("mine/old" in capsys.readouterr().out) is not used


def test_tests_may_lie_in_several_folders(folder, capsys):
    """What the one does not name is used where the other names it; only what neither names is left."""
    for name, source in (("unit", 'play("mine/old")'), ("whole", "")):
        (folder / name).mkdir()
        (folder / name / "test_it.py").write_text(source, encoding="utf-8")

    def listed(*folders: str) -> int:
        asked = [part for one in folders for part in ("--unused-in", one)]
        return main(["cassette", "ls", "mine/old", "--dir", str(folder), *asked])

    assert (listed("whole"), listed("unit"), listed("whole", "unit")) == (1, 0, 0)


def test_a_tests_own_cassette_is_used_as_long_as_there_is_the_test(tmp_path):
    """By module and name, with class and parameters; nothing of the file is executed."""
    (tmp_path / "unit").mkdir()
    source = "raise SystemExit\nasync def test_a(): ...\nclass TestB:\n    def test_b(self): ...\ndef helper(): ...\n"
    (tmp_path / "unit" / "test_it.py").write_text(source, encoding="utf-8")
    found = mentions(tmp_path)
    names = [
        "test_it/test_a",
        "unit/test_it/test_a-NVDA",
        "test_it/TestB.test_b",
        "test_it/test_b",
        "test_it/helper",
        "x/test_a",
    ]
    assert [found.of(name) for name in names] == [True, True, True, False, False, False]


def test_shipped_cassettes_are_never_unused(folder, capsys):
    """They are not the user's to delete."""
    assert main(["cassette", "ls", "yahoo", "--dir", str(folder), "--unused-in", str(folder)]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["tests", "broken.py"])
def test_what_cannot_be_read_cannot_be_judged(folder, capsys, name):
    """A folder that is not there, and a file that is no Python."""
    (folder / "broken.py").write_text("def", encoding="utf-8")
    assert main(["cassette", "ls", "--unused-in", name]) == 2
    assert name in capsys.readouterr().err
    with pytest.raises(UsageError):
        mentions(folder / name)


@pytest.mark.parametrize(("most", "noted"), [(0, []), (50, []), (30, ["mine/old"]), (1, ["mine/old", "mine/both"])])
def test_playing_an_old_recording_is_noted_once(folder, most, noted):
    """By the real clock, whatever time the test has; nothing fails."""
    with Harness(settings=Settings(cassettes=str(folder), max_age=most)) as harness:
        harness.clock.freeze("2001-01-01")
        harness.http.play("mine/composed", "mine/old", "mine/both", times=2, optional=True)
        for name in ("composed", "old", "old", "both", "both", "both", "both", "both"):
            assert requests.get(f"http://a.test/{name}", timeout=5).status_code == 200
        notes = [note.text for note in harness.transcript.notes if note.topic == "age"]
    assert [note.split(" ")[0] for note in notes] == noted
    assert all(f"record it again (max_age = {most})" in note for note in notes)


def test_a_large_cassette_is_listed_and_noted_as_the_others_are(folder, capsys):
    """Its lines are read for it, and a line that cannot be is told."""
    (small,) = load(folder / "mine" / "old.json").interactions
    save(Cassette((small, small)), folder / "mine" / "large.jsonl")
    arguments = ["cassette", "ls", "mine/large", "--dir", str(folder)]
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith("mine/large  recorded 40 days ago  2  ")
    with Harness(settings=Settings(cassettes=str(folder), max_age=7)) as harness:
        harness.http.play("mine/large", optional=True)
        requests.get("http://a.test/old", timeout=5)
        assert [note.text.split(" ")[0] for note in harness.transcript.notes] == ["mine/large"]
    lines = (folder / "mine" / "large.jsonl").read_bytes()
    (folder / "mine" / "large.jsonl").write_bytes(lines.replace(b'"method"', b'"methud"'))
    assert main(arguments) == 1
    assert "cannot be played" in capsys.readouterr().err


def test_each_example_notes_anew(folder):
    """What the ledger forgets is told again."""
    with Harness(settings=Settings(cassettes=str(folder), max_age=7)) as harness:
        for _ in range(2):
            with harness.example():
                harness.http.play("mine/old")
                requests.get("http://a.test/old", timeout=5)
                assert len(harness.transcript.notes) == 1


@pytest.mark.parametrize(
    "text", ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00+00:00", "2026-01-31T12:00:00", "2026-01-31T14:00:00+02:00"]
)
def test_an_age_is_real_days_since_a_moment(text):
    """In any spelling of ISO 8601; UTC where no zone is named; frozen time does not count, whoever froze it."""
    expected = (time.time() - datetime(2026, 1, 31, 12, tzinfo=timezone.utc).timestamp()) / 86_400
    with VirtualClock() as clock:
        clock.freeze("2001-01-01")
        assert days_since(text) == pytest.approx(expected, abs=0.01)
    with freezegun.freeze_time("2001-01-01"):  # a test's own, which freezes this package as well
        assert days_since(text) == pytest.approx(expected, abs=0.01)
    assert days_since("yesterday") is None


def test_max_age_is_a_number_of_days(pytester):
    """A key of the configuration as the others, checked as they are."""
    pytester.makeini("[pytest]\nharness_max_age = old")
    result = pytester.runpytest_subprocess()
    result.stderr.fnmatch_lines(["*harness_max_age = 'old': write days, such as 90; 0 switches it off*"])

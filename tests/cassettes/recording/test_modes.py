from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness.cassettes.recording.modes import MODES, Recording
from autogen_harness.cassettes.recording.naming import own_name
from autogen_harness.errors import UsageError
from autogen_harness.model import HttpReply, HttpRequest

OLD, NEW = ("x", "old"), ("y", "y 1")


@pytest.mark.parametrize(
    ("mode", "met", "kept", "findings"),
    [
        ("none", ["old", None], [OLD], ["http-unmatched"]),
        ("once", ["old", None], [OLD], ["http-unmatched"]),
        ("new_episodes", ["old", "y 1"], [OLD, NEW], []),
        ("all", ["x 1", "y 2"], [("x", "x 1"), ("y", "y 2")], []),
        ("verify", ["x 1", "y 2"], [OLD], ["http-drifted", "http-drifted"]),
    ],
)
def test_what_a_mode_does_where_there_is_a_cassette(studio, mode, met, kept, findings):
    """It is played, sent past or compared; and written only by the modes that say so."""
    studio.keep("it/a", "x")
    player = studio.test(forced=mode)
    assert [studio.ask(player, "x"), studio.ask(player, "y")] == met
    assert player.leftovers() == []
    player.recordings.finish(failed=False)
    assert studio.kept() == kept
    assert [finding.rule for finding in studio.ledger.findings] == findings


@pytest.mark.parametrize(
    ("mode", "met", "kept"),
    [
        ("none", None, []),
        ("once", "x 1", [("x", "x 1")]),
        ("new_episodes", "x 1", [("x", "x 1")]),
        ("all", "x 1", [("x", "x 1")]),
        ("verify", None, []),
    ],
)
def test_what_a_mode_does_where_there_is_none(studio, mode, met, kept):
    """The writing modes make one; what they made is played from then on."""
    player = studio.test(forced=mode)
    assert studio.ask(player, "x") == met
    player.recordings.finish(failed=False)
    assert studio.ask(player, "late") is None
    assert studio.kept() == kept
    if kept:
        assert studio.ask(studio.test(), "x") == met


@pytest.mark.parametrize(
    ("forced", "written", "marked", "holds"),
    [
        ("all", "once", "none", "all"),
        (None, "once", "none", "once"),
        (None, None, "verify", "verify"),
        (None, None, None, "none"),
    ],
)
def test_the_command_line_overrules_the_code_and_that_the_marker(forced, written, marked, holds):
    """Who is closest to this very run decides; nobody means that cassettes are played."""
    assert Recording(forced=forced, marked=marked).mode(written) == holds


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("in_ci", [False, True])
def test_in_ci_nothing_is_written_unless_somebody_says_so(studio, monkeypatch, mode, in_ci):
    """Not even where the code of a test says so; what is there is played."""
    monkeypatch.setenv("CI", "true")
    studio.keep("it/a", "x")
    player = studio.test(marked=mode, in_ci=in_ci)
    studio.ask(player, "x")
    studio.ask(player, "y")
    player.recordings.finish(failed=False)
    assert (studio.kept() != [OLD]) == (in_ci and mode in ("new_episodes", "all"))


def test_a_recording_in_ci_says_which_option_is_missing(studio, monkeypatch):
    """Where there is nothing to play either."""
    monkeypatch.setenv("CI", "1")
    player = studio.test()
    with pytest.raises(UsageError, match=r"no cassette 'it/b'(?s:.*)--harness-record-in-ci"):
        player.record("it/b", mode="once")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"mode": "onse"}, "no record mode 'onse'; did you mean 'once'"),
        ({"name": "quotes/nvda"}, "no cassette 'quotes/nvda'(?s:.*)--harness-record=once"),
        ({"name": "../x", "mode": "all"}, "a name is folder/file"),
        ({"name": "x#2", "mode": "all"}, "a whole file is recorded"),
        ({"name": "quotes/nvda", "mode": "verify"}, "no cassette 'quotes/nvda'"),
        ({"mode": "all"}, "needs the name of a cassette"),
    ],
)
def test_a_mistake_says_what_is_meant(studio, arguments, says):
    """At the call, before anything is sent."""
    with pytest.raises(UsageError, match=says):
        studio.test(own="").record(**arguments)


def test_a_cassette_that_the_test_names_takes_the_place_of_its_own(studio):
    """Also where its own was to be recorded or played; and one at a time is recorded in a scope."""
    studio.keep("it/a", "x")
    player = studio.test(forced="new_episodes")
    player.record("shared/one")
    assert studio.ask(player, "x") == "x 1"
    with pytest.raises(UsageError, match="recorded here already"):
        player.record("shared/two")
    with player.scope():
        player.record("shared/two")
        studio.ask(player, "y")
    assert player.leftovers() == []
    player.recordings.finish(failed=False)
    assert studio.kept("shared/one") == [("x", "x 1")]
    assert studio.kept("shared/two") == [("y", "y 2")]
    assert studio.kept() == [OLD]


def test_what_another_cassette_answers_is_not_sent(studio):
    """A test that plays a stand-in for one service records only the others."""
    studio.keep("stand-in", "x")
    player = studio.test(forced="all")
    player.play("stand-in")
    assert [studio.ask(player, "x"), studio.ask(player, "y")] == ["old", "y 1"]
    player.recordings.finish(failed=False)
    assert studio.kept() == [NEW]


def test_real_time_passes_while_requests_may_be_sent(studio):
    """From the opening of the tape to its end; a test that only plays stays in virtual time, and frozen time is no real one."""
    player = studio.test()
    studio.keep("it/b", "x")
    with studio.clock:
        player.record("it/b", mode="once")
        assert studio.clock._is_on()
        player.record("it/c", mode="once")
        assert not studio.clock._is_on()
        player.recordings.finish(failed=False)
        assert studio.clock._is_on()
        studio.clock.freeze()
        with pytest.raises(UsageError, match="wall time is frozen"):
            player.record("it/d", mode="once")


def test_a_host_that_may_be_reached_is_recorded_too_and_closed_to_a_test_that_replays(studio):
    """What would pass by itself must be in the cassette; a replay meets the same as the recording, and nothing else."""
    player = studio.test(forced="once")
    player._reach = lambda host, port: "allowed"
    assert not player.passes("http", "a.test", 80)
    studio.ask(player, "x")
    player.recordings.finish(failed=False)
    replay = studio.test()
    replay._reach = player._reach
    assert not replay.passes("http", "b.test", 80)
    unrecorded = studio.test(own="it/other")
    unrecorded._reach = player._reach
    assert unrecorded.passes("http", "b.test", 80)


def test_the_silence_of_a_live_service_is_no_hang(studio):
    """As long as an answer may still come."""
    player = studio.test(forced="all")
    live = player.answer(studio_request("x", timeout=60))
    assert player.recordings.are_awaiting
    live.came(HttpReply(200), 0, 0)
    assert not player.recordings.are_awaiting
    player.answer(studio_request("x", timeout=1e-9))
    assert not player.recordings.are_awaiting


def studio_request(url, **rest):
    return HttpRequest("GET", f"http://a.test/{url}", **rest)


BASE = Path("tests")


@pytest.mark.parametrize(
    ("module", "test", "name"),
    [
        ("tests/test_quotes.py", ["test_a"], "test_quotes/test_a"),
        ("tests/unit/test_quotes.py", ["TestIt", "test_a[NVDA-1.5]"], "unit/test_quotes/TestIt.test_a-NVDA-1.5"),
        ("elsewhere/test_quotes.py", ["test_a"], "test_quotes/test_a"),
    ],
)
def test_the_name_of_a_tests_own_cassette_is_readable(module, test, name):
    """Module and test, below the folder that holds the cassettes."""
    assert own_name(Path(module), BASE, test) == name


PARAMETERS = st.text(st.sampled_from("aA1.-_[]/\\:é \n") | st.characters(), max_size=90)


@given(st.lists(PARAMETERS, unique=True, min_size=2, max_size=2))
def test_parameters_of_any_kind_give_names_of_their_own_that_any_file_system_takes(two):
    """Two tests never share a cassette unless they say so."""
    names = [own_name(Path("tests/test_x.py"), BASE, [f"test_a[{one}]"]) for one in two]
    assert names[0] != names[1]
    for name in names:
        stem = name.removeprefix("test_x/")
        assert stem.isascii()
        assert not set(stem) & set('/\\:*?"<>| \n')
        assert len(stem) < 110
        assert not stem.endswith((".", ".failed"))


def test_a_misspelt_argument_is_told_the_nearest(studio):
    """As by ``play``."""
    with pytest.raises(UsageError, match=r"record\(moode=...\): there is no such argument; did you mean 'mode'\?"):
        studio.test().record("it/b", moode="once")

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from drawn_cassettes import CASSETTES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autogen_harness.cassettes import Cassette, Match, Player, load, save
from autogen_harness.cassettes.files import store
from autogen_harness.cassettes.files.lines import dump, loads
from autogen_harness.cassettes.matching import matchers
from autogen_harness.errors import DocumentError, UnmatchedRequest
from autogen_harness.model import HttpReply, HttpRequest

QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a machine may be busy


@QUIET
@given(CASSETTES)
def test_what_is_written_reads_back_equal(cassette):
    """As in the form for small cassettes."""
    text = dump(cassette)
    assert loads(text).cassette() == cassette
    assert dump(loads(text).cassette()) == text
    assert loads(text.replace("\n", "\r\n")).cassette() == cassette


@QUIET
@given(CASSETTES)
def test_an_interaction_is_found_by_its_own_request(cassette):
    """Whatever its tolerance: at each of its origins, under the key that a request has there."""
    found = loads(dump(cassette))
    for number, one in enumerate(cassette.interactions):
        asked, form = matchers.Asked(one.request), matchers.shape(one)
        if asked.origin in matchers.origins(one) and matchers.key(form, asked) == matchers.own_key(form, one):
            assert number in {place for digest in found.digests(asked) for place in found.by_key.get(digest, ())}


@QUIET
@given(CASSETTES, st.data())
def test_a_torn_file_is_an_error_at_load(cassette, data):
    """Wherever it ends, and whatever character is another: an error, never an emptier cassette."""
    text = dump(cassette)
    cut = data.draw(st.integers(0, len(text) - 1))
    behind = text.index("\n") + 1
    changed = data.draw(st.integers(behind, len(text) - 1))
    for torn in (text[:cut], text[:changed] + ("x" if text[changed] != "x" else "y") + text[changed + 1 :]):
        with pytest.raises(DocumentError):
            loads(torn)


HEAD = {"count": 1, "format": "autogen-harness-cassette-lines/1", "origins": [], "sha256": "", "shapes": [0]}
WRONG = {
    "another version": ({"format": "autogen-harness-cassette-lines/2"}, "is not known", "this release reads"),
    "the other form": ({"format": "autogen-harness-cassette/1"}, "is not known", "this release reads"),
    "misspelt key": ({"cont": 1}, "unknown key 'cont'", "did you mean 'count'?"),
    "no lines": ({"count": 0}, "must be a whole number from 1", ""),
    "a shape of no line": ({"shapes": [1]}, "must be a whole number from 0 to 0", ""),
    "an origin of no shape": ({"origins": [["GET", "http", "a", 80, [1]]]}, "must be a whole number from 0 to 0", ""),
    "an origin of another form": ({"origins": ["GET http://a"]}, "must be a method, scheme", ""),
    "torn": ({"count": 2}, "its head counts 2 interactions, and 1 follow", "restore the file"),
    "another hash": ({}, "the hash in its head is that of other lines", "convert it to .json and back"),
}


@pytest.mark.parametrize(("changes", "problem", "hint"), WRONG.values(), ids=WRONG)
def test_a_head_that_is_not_understood_is_refused(changes, problem, hint):
    """With the place and the nearest right thing."""
    with pytest.raises(DocumentError) as caught:
        loads(json.dumps(HEAD | changes) + "\n[]\n", "big.jsonl")
    assert problem in caught.value.problem
    assert hint in caught.value.hint
    assert caught.value.line == 1


def resealed(text):
    """The same lines under the head that they should have."""
    from autogen_harness.cassettes.files.lines import _sha256

    head, _, rest = text.partition("\n")
    return json.dumps(json.loads(head) | {"sha256": _sha256(rest)}) + "\n" + rest


@pytest.fixture
def big(interaction):
    """A cassette with a path for each number, in the second form."""
    return Cassette(tuple(interaction(url=f"http://a.test/{n}") for n in range(40)), "Many pages.")


def test_a_broken_line_is_told_when_it_is_used_and_by_a_full_reading(big):
    """With its place in the file; the lines beside it serve."""
    lines = dump(big).split("\n")
    for number in (7, 9):
        lines[number + 1] = lines[number + 1].replace('"status":200', '"status":"200"').replace("request", "requst")
    found = loads(resealed("\n".join(lines)), "big.jsonl")
    assert found.interaction(8) == big.interactions[8]
    with pytest.raises(DocumentError) as caught:
        found.interaction(7)
    places = [(one.path, one.line, lines[one.line - 1][one.column - 1 :][:8]) for one in (caught.value, *caught.value.others)]
    with pytest.raises(DocumentError) as every:
        found.cassette()
    assert {(path, line) for path, line, _ in places} == {("big.jsonl", 9)}
    assert {'"200"},'[:6], '"requst'[:6]} <= {shown[:6] for _, _, shown in places}
    assert {one.line for one in (every.value, *every.value.others)} == {9, 11}
    assert str(every.value).count("unknown key 'requst'") == 2


def test_keys_by_other_rules_are_made_anew(big, monkeypatch):
    """A file of another release is slower to load, and answers."""
    monkeypatch.setattr(matchers, "own_key", lambda form, one: ("other rules", one.request.url))
    old = dump(big)
    monkeypatch.undo()
    assert old != dump(big)
    assert loads(old).by_key == loads(dump(big)).by_key


def get(desk, path):
    return desk.player.answer(HttpRequest("GET", f"http://a.test/{path}")).outcome


def test_a_large_cassette_plays_as_a_small_one(desk, big):
    """By its name alone; of its lines only those are parsed that are asked for."""
    save(big, desk.root / "big.jsonl")
    desk.player.play("big")
    assert get(desk, 7) == big.interactions[7].outcome
    (shelf,) = desk.player._shelves
    assert [queued.name for queued in shelf.index.all] == ["big#8"]
    with pytest.raises(UnmatchedRequest, match="fits, and has been played as often"):
        get(desk, 7)


def test_a_place_that_a_large_cassette_speaks_of_is_not_let_through(desk, big):
    """Although a server of the test might listen there."""
    save(big, desk.root / "big.jsonl")
    player = Player(desk.ledger.record, desk.clock, [desk.root], reach=lambda *_: "own")
    assert player.passes("http", "a.test", 80)
    player.play("big")
    assert not player.passes("http", "a.test", 80)
    assert player.passes("http", "a.test", 81)


def test_what_is_left_of_a_large_cassette_is_one_finding(desk, big):
    """With a count, whether or not the line was parsed; what may stay unplayed does not count."""
    some = [replace(one, optional=number % 2 == 1, times=2) for number, one in enumerate(big.interactions)]
    save(Cassette(tuple(some)), desk.root / "big.jsonl")
    desk.player.play("big")
    get(desk, 0)
    (finding,) = desk.player.leftovers()
    assert (finding.rule, finding.fields) == ("http-unplayed", {"name": "big"})
    assert finding.what.startswith("big: 20 of 40 interactions were not asked for as often as they should be (#1, #3, #5, …)")
    get(desk, 0)
    assert desk.player.leftovers()[0].what.startswith("big: 19 of 40")


def test_options_of_play_hold_for_a_large_cassette(desk, big):
    """Optional, times, another URL, and one interaction by its number."""
    save(big, desk.root / "big.jsonl")
    desk.player.play("big", optional=True, times=2)
    assert (get(desk, 3), get(desk, 3), desk.player.leftovers()) == (
        big.interactions[3].outcome,
        big.interactions[3].outcome,
        [],
    )
    desk.player.reset()
    desk.player.play("big#4")
    assert [finding.fields for finding in desk.player.leftovers()] == [{"name": "big#4"}]
    desk.player.reset()
    desk.player.play("big", url="http://b.test/hook")
    assert desk.player.answer(HttpRequest("GET", "http://b.test/hook")).outcome.status == 200
    assert len(desk.player.leftovers()) == 39


def test_equal_requests_are_answered_in_the_order_of_the_calls(desk, interaction):
    """Among large and small cassettes, also where a line answers at several hosts and others at one of them."""

    def said(text, *hosts):
        return interaction(reply=HttpReply(200, text, (), b""), match=Match(hosts=hosts))

    save(Cassette((said("1", "b.test"), said("2", "a.test", "b.test"), said("3", "a.test"))), desk.root / "first.jsonl")
    desk.keep("second", said("4", "a.test"))
    desk.player.play("first")
    desk.player.play("second")
    asked = ["a.test", "b.test", "a.test", "a.test"]
    answers = [desk.player.answer(HttpRequest("GET", f"http://{host}/")).outcome.reason for host in asked]
    assert answers == ["2", "1", "3", "4"]


def test_a_broken_line_is_a_finding_where_it_is_asked_for(desk, big):
    """The tool may swallow what it meets."""
    lines = dump(big).split("\n")
    lines[3] = lines[3].replace('"status":200', '"status":"200"')
    (desk.root / "big.jsonl").write_text(resealed("\n".join(lines)), encoding="utf-8")
    desk.player.play("big")
    with pytest.raises(UnmatchedRequest, match=r"big\.jsonl:4:\d+: \[1\]\.outcome\.response\.status"):
        get(desk, 2)
    (finding,) = desk.ledger.findings
    assert finding.rule == "http-unmatched"
    assert get(desk, 1).status == 200


def test_a_miss_shows_the_nearest_lines(desk, interaction):
    """Those in which the path stands, wherever in the file."""
    pages = [interaction(url=f"http://a.test/{n}?page={n}") for n in range(300)]
    save(Cassette(tuple(pages)), desk.root / "big.jsonl")
    desk.player.play("big")
    with pytest.raises(UnmatchedRequest, match=r'big#251 \(played 0 of 1\) differs:\n    query\.page: cassette has "250"'):
        get(desk, "250?page=1")


def test_both_forms_have_the_same_name(desk, big):
    """It is listed once, and the plain file is meant."""
    save(big, desk.root / "one.jsonl")
    save(Cassette(big.interactions[:1]), desk.root / "one.json")
    desk.player.play("one")
    assert [finding.fields["name"] for finding in desk.player.leftovers()] == ["one"]
    assert [one.path.name for one in store.listing([desk.root]) if not one.shipped] == ["one.json"]
    assert load(desk.root / "one.jsonl") == big

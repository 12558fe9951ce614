from __future__ import annotations

import json

import pytest

from autogen_harness.cassettes import Cassette, Interaction, save
from autogen_harness.model import HttpReply, HttpRequest, Note


def reply(value, status=200):
    return HttpReply(status, "OK", (("Content-Type", "application/json"),), json.dumps(value).encode())


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        (reply({"a": 1}), None),
        (reply({"a": 2}), None),
        (reply({"a": "2"}), "shape"),
        (reply({"a": 1}, 503), "status"),
    ],
)
def test_only_what_may_break_a_program_fails_the_test(studio, now, kind):
    """Other values are a note; the client meets what really came; nothing is written."""
    save(Cassette([Interaction(HttpRequest("GET", "http://a.test/x"), reply({"a": 1}))]), studio.root / "it/a.json")
    before = (studio.root / "it/a.json").read_bytes()
    player = studio.test(forced="verify")
    assert studio.ask(player, "x", now) == now.body.decode()
    player.recordings.finish(failed=False)
    assert [finding.fields["kind"] for finding in studio.ledger.findings] == ([kind] if kind else [])
    assert bool(studio.ledger.of(Note)) == (now.body == b'{"a": 2}')
    assert (studio.root / "it/a.json").read_bytes() == before


def test_a_request_too_many_and_one_too_few_are_what_a_replay_would_find(studio):
    """The one drifted, because nothing is recorded for it; the other is an interaction that was not asked for."""
    studio.keep("it/a", "x", "y")
    player = studio.test(forced="verify")
    old = HttpReply(200, "OK", (), b"old")
    studio.ask(player, "x", old)
    studio.ask(player, "x", old)
    (finding,) = studio.ledger.findings
    assert (finding.rule, finding.fields["kind"]) == ("http-drifted", "new")
    (left,) = player.leftovers()
    assert (left.rule, left.fields) == ("http-unplayed", {"name": "it/a#2"})
    assert left.fix.endswith('write harness.http.record(mode="all") for once, which records it anew')


def test_a_shipped_cassette_can_be_held_against_the_live_service(studio):
    """Before somebody relies on what was composed."""
    player = studio.test(own="")
    player.record("duckduckgo/empty", mode="verify")
    url = "http://a.test/"
    assert player.answer(HttpRequest("GET", url)).came(HttpReply(200), 0, 0) == HttpReply(200)
    assert [finding.fields["url"] for finding in studio.ledger.findings] == [url]

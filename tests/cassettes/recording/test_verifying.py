from __future__ import annotations

import json
import re

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


def test_a_request_too_many_and_one_too_few_are_what_a_replay_would_find(studio, monkeypatch):
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
    assert re.search(r"or record it anew: pytest \S+::test_a_request_too_many\S+ --harness-record=all$", left.fix)
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    (left,) = player.leftovers()
    assert left.fix.endswith('write harness.http.record(mode="all") for once, which records it anew')


def test_a_shipped_cassette_can_be_held_against_the_live_service(studio):
    """Before somebody relies on what was composed."""
    player = studio.test(own="")
    player.record("duckduckgo/empty", mode="verify")
    url = "http://a.test/"
    assert player.answer(HttpRequest("GET", url)).came(HttpReply(200), 0, 0) == HttpReply(200)
    assert [finding.fields["url"] for finding in studio.ledger.findings] == [url]


def echo(request, **values):
    """A reply with what a service says of its own, and what it was sent."""
    return reply({"n": 1, "sent": request.url, **values})


@pytest.mark.parametrize("word", ["access_token", "x-acme-word"])
@pytest.mark.parametrize("known", [True, False], ids=["in the environment", "by name"])
def test_nothing_secret_is_told_or_taken_for_drift(studio, monkeypatch, word, known):
    """A placeholder is what is there now, too; and of what drifted no report shows a secret."""
    monkeypatch.setenv("ACME_TOKEN", "verysecret12345" if known else "another12345")
    request = HttpRequest("GET", "http://a.test/x?api_key=sent12345678")
    rules = {"secret_names": ("x-acme-*",)}
    recorder = studio.test(forced="once", **rules)
    recorder.answer(request).came(echo(request, **{word: "first12345678"}), 0, 0)
    recorder.recordings.finish(failed=False)

    player = studio.test(forced="verify", **rules)
    player.answer(request).came(echo(request, **{word: "verysecret12345"}), 0, 0)
    assert studio.ledger.findings + studio.notes == []

    player = studio.test(forced="verify", **rules)
    player.answer(request).came(echo(request, **{word: ["verysecret12345"]}, more="sent12345678"), 0, 0)
    (finding,) = studio.ledger.findings
    assert "shape body.more" in finding.what
    assert not any(one in f"{finding}" for one in ("sent12345678", "verysecret12345"))


def test_a_secret_that_a_reply_hands_out_first_is_no_drift(studio):
    """When it was recorded it was known that the next request would send it; now it is not yet."""
    requests = [HttpRequest("GET", f"http://a.test/{path}") for path in ("crumb", "x?crumb=Abc12345678")]
    for mode in ("once", "verify"):
        player = studio.test(forced=mode)
        for request in requests:
            player.answer(request).came(HttpReply(200, "OK", (("Content-Type", "text/plain"),), b"Abc12345678"), 0, 0)
        player.recordings.finish(failed=False)
    assert studio.ledger.findings + studio.notes == []


def test_what_was_not_recorded_is_told_without_secrets(studio):
    """It was refused before it was sent, and has the real ones."""
    player = studio.test(forced="once")
    player.answer(HttpRequest("GET", "http://a.test/x?api_key=sent12345678"))
    player.recordings.finish(failed=False)
    (note,) = studio.notes
    assert "http://a.test/x?api_key=" in note
    assert "sent12345678" not in note

from __future__ import annotations

import json
import shlex
from contextlib import suppress

import pytest
from conformance.origin import Origin, unused_url

from autogen_harness.cassettes import Cassette, Interaction, load, save
from autogen_harness.cli import main
from autogen_harness.model import HttpReply, HttpRequest


@pytest.fixture
def origin():
    server = Origin()
    yield server
    server.close()


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the command in a project; returns the exit code, what it printed, and what it complained of."""
    monkeypatch.chdir(tmp_path)

    def run(line):
        with suppress(SystemExit):
            return main(shlex.split(line)), *capsys.readouterr()
        return 2, *capsys.readouterr()

    return run


def kept(tmp_path, name):
    return load(tmp_path / "tests" / "cassettes" / f"{name}.json")


def test_a_url_is_recorded_with_all_of_its_redirects(run, tmp_path, origin):
    """Decoded, with provenance; under the name of the URL, or one that is given, which is then recorded anew."""
    code, out, _ = run(f"record {origin.url}/found")
    assert code == 0
    assert "127.0.0.1/found: 2 interactions recorded into" in out
    first, second = kept(tmp_path, "127.0.0.1/found").interactions
    assert (first.outcome.status, second.request.url) == (302, f"{origin.url}/json?from=found")
    assert first.recorded.host == "127.0.0.1"
    for page, body in (("/gzip", b'{"z": [1, 2]}'), ("/chunks", b"line0\nline1\nline2\n{}")):
        assert run(f"record {origin.url}{page} --name mine/page")[0] == 0
        assert [one.outcome.body for one in kept(tmp_path, "mine/page").interactions] == [body]


def test_what_is_sent_to_a_url_is_said_on_the_command_line(run, tmp_path, origin):
    """And what is secret of it does not come into the file."""
    body = shlex.quote('{"text": "hi", "token": "s3cr3t-99-s3cr3t"}')
    line = f"record {origin.url}/echo --method post --data {body} --header 'Authorization: Bearer abcdefgh123' --name e"
    code, out, err = run(line)
    assert code == 0, err
    (made,) = kept(tmp_path, "e").interactions
    assert made.request.method == "POST"
    assert made.outcome.status == 200
    text = (tmp_path / "tests" / "cassettes" / "e.json").read_text(encoding="utf-8")
    assert not [secret for secret in ("s3cr3t-99", "abcdefgh123") if secret in text + out]
    assert "removed token" in out


def test_a_shipped_cassette_is_recorded_anew_if_its_status_comes(run, tmp_path, origin):
    """Into the user's folder, with the request, rules and description of the shipped one; drift from that is told."""
    code, out, _ = run(f"record webhook slack-ok --to {origin.url}/json?key=a-key-of-mine")
    assert code == 0
    assert "webhook/slack-ok: recorded into" in out
    assert 'shape body: shipped "text", now "JSON"' in out
    made = kept(tmp_path, "webhook/slack-ok")
    (one,) = made.interactions
    assert one.request.url.startswith("https://hooks.slack.com/")
    assert one.match.path is not None
    assert one.provenance == "recorded"
    assert "a-key-of-mine" not in (tmp_path / "tests/cassettes/webhook/slack-ok.json").read_text(encoding="utf-8")
    assert origin.hits == ["POST /json?key=a-key-of-mine"]
    code, _, err = run(f"record webhook slack-ok --to {origin.url}/missing")
    assert code == 1
    assert "not written, because 404 was answered and it is about 200" in err
    assert [one.outcome.status for one in kept(tmp_path, "webhook/slack-ok").interactions] == [200]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("record {dead}/x", "nothing was recorded: 127.0.0.1 does not answer (refused); is there a network"),
        ("record yaho", "did you mean 'yahoo'"),
        ("record yahoo chart-nvd", "did you mean 'yahoo/chart-nvda'"),
        ("record webhook", "add --to URL"),
        ("record http://", "not an absolute http or https URL"),
        ("record {dead}/x --method G1", "is no method"),
        ("record {dead}/x chart-nvda", "a URL is recorded alone"),
        ("record {dead}/x --header nonsense", "write a name and a value"),
    ],
)
def test_what_cannot_be_recorded_is_one_line(run, tmp_path, line, says):
    """Exit code 2, and nothing is written."""
    code, _, err = run(line.format(dead=unused_url()))
    assert code == 2
    assert says in err
    assert not (tmp_path / "tests").exists()


def test_in_ci_nothing_is_recorded_unless_it_is_said(run, monkeypatch, origin):
    """As everywhere."""
    monkeypatch.setenv("CI", "1")
    assert run(f"record {origin.url}/json")[0] == 2
    assert run(f"record {origin.url}/json --in-ci")[0] == 0


@pytest.mark.parametrize(
    ("after", "options", "code", "says"),
    [
        ({"a": 1}, "", 0, ["nothing that may break a program"]),
        ({"a": 2}, "", 0, ["1 value differs; --values shows which", "nothing that may break a program"]),
        (
            {"a": 2},
            " --values",
            0,
            ["GET http://a.test/", "  value body.a: old.json 1, new 2", "nothing that may break a program"],
        ),
        (
            {"a": "1"},
            "",
            1,
            ["GET http://a.test/", '  shape body.a: old.json "number", new "string"', "1 difference may break a program"],
        ),
    ],
)
def test_two_cassettes_are_compared(run, tmp_path, after, options, code, says):  # noqa: PLR0917 - a table
    """By file or by name; values alone are no failure, and are shown on request."""
    for path, value in ((tmp_path / "old.json", {"a": 1}), (tmp_path / "tests/cassettes/new.json", after)):
        reply = HttpReply(200, "OK", (), json.dumps(value).encode())
        save(Cassette([Interaction(HttpRequest("GET", "http://a.test/"), reply)]), path)
    assert run(f"cassette drift old.json new{options}")[:2] == (code, "\n".join([*says, ""]))


def test_what_is_no_cassette_cannot_be_compared(run, tmp_path):
    """Exit code 2, with the place or the nearest name."""
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    assert run("cassette drift bad.json yahoo/chart-nvda")[0] == 2
    code, _, err = run("cassette drift yahoo/chart-nvda yahoo/chart-nvd")
    assert code == 2
    assert "did you mean 'yahoo/chart-nvda'" in err

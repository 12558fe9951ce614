"""Ours to theirs and back: what a client meets is the same, and what has no form there is told."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from typing import get_args

import jsonschema
import pytest
import requests
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autogen_harness.cassettes import Cassette, Interaction, Match, load, save
from autogen_harness.cassettes.cassette import Recorded, Scenario, Timing
from autogen_harness.cassettes.files import store
from autogen_harness.cassettes.foreign import converting, har_writing, loads, vcrpy_writing
from autogen_harness.cassettes.foreign.parts import MATCH
from autogen_harness.cassettes.wire.framing import framed
from autogen_harness.cli import main
from autogen_harness.errors import UsageError
from autogen_harness.model import FailureKind, HttpFailure, HttpReply, HttpRequest

TOKENS = st.text("abcXYZ019-_~", min_size=1, max_size=8)
VALUES = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n\0"), max_size=12)
CODINGS = st.sampled_from(["gzip", "deflate", "br", "identity"]).map(lambda coding: ("Content-Encoding", coding))
TYPES = st.sampled_from(["text/plain; charset=latin-1", "text/plain; charset=utf-16", "application/json"]).map(
    lambda kind: ("Content-Type", kind)
)
HEADERS = st.lists(st.tuples(TOKENS, VALUES) | CODINGS | TYPES, max_size=4).map(tuple)
BODIES = st.binary(max_size=20) | VALUES.map(str.encode) | st.sampled_from([b'{"a": 1.10}', b"\x1f\x8b\x08", b"1e3", b"null"])
REPLIES = st.builds(
    HttpReply,
    status=st.integers(100, 599),
    reason=VALUES,
    headers=HEADERS,
    body=BODIES,
    version=st.sampled_from(["1.1", "1.0", "2"]),
    coded=st.booleans(),
)
REQUESTS = st.builds(
    HttpRequest,
    method=st.sampled_from(["GET", "POST", "HEAD"]),
    url=st.sampled_from(["http://a.test/", "https://b.test:8443/x%20y?q=1&q=&r"]),
    headers=HEADERS,
    body=BODIES,
)
CASSETTES = st.lists(
    st.builds(Interaction, REQUESTS, REPLIES, timing=st.none() | st.builds(Timing, st.just(0.25), st.just(0.5))),
    min_size=1,
    max_size=3,
).map(lambda every: Cassette(tuple(every)))

QUICK = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WRITERS = {"vcrpy": (vcrpy_writing.write, "c.yaml"), "har": (har_writing.write, "c.har")}


def by_name(headers):
    """Headers in an order of names; among those of one name the order stays, since that alone means something."""
    return sorted(headers, key=lambda pair: pair[0])


def met(interaction):
    """What a client sees of the reply, and all that is kept of it."""
    reply = interaction.outcome
    headers, body = framed(reply, interaction.request.method)
    return (reply.status, reply.reason, by_name(headers), body), replace(reply, headers=tuple(by_name(reply.headers)))


@pytest.mark.parametrize("to", WRITERS)
@QUICK
@given(cassette=CASSETTES)
def test_there_and_back_a_client_meets_the_same(to, cassette):
    """Status, reason, headers and body, whatever they are; and requests are asked for as before."""
    write, path = WRITERS[to]
    exported = write(cassette)
    assert exported.lost == ()
    back = loads(exported.text, path).cassette
    assert [met(one) for one in back.interactions] == [met(one) for one in cassette.interactions]
    for one, old in zip(back.interactions, cassette.interactions, strict=True):
        assert (one.request.method, one.request.url, one.request.body) == (
            old.request.method,
            old.request.url,
            old.request.body,
        )
        assert by_name(one.request.headers) == by_name(old.request.headers)
        assert (one.match, one.timing) == (MATCH, old.timing if to == "har" else None)


@pytest.mark.parametrize("to", WRITERS)
def test_every_shipped_cassette_that_is_a_reply_goes_there_and_back(to):
    """What they lose is tolerance, and connections that fail."""
    write, path = WRITERS[to]
    every = [load(listed.path) for listed in store.listing() if listed.shipped]
    replies = [one for cassette in every for one in cassette.interactions if isinstance(one.outcome, HttpReply)]
    back = loads(write(Cassette(tuple(replies))).text, path).cassette
    assert [met(one) for one in back.interactions] == [
        met(one) for one in replies for _ in range(one.times if one.times != "any" else 1)
    ]


GET = HttpRequest("GET", "http://a.test/")
OK = HttpReply(200, "OK")
UNSAID = {
    "failure": (Interaction(GET, HttpFailure("reset")), "a connection that fails (reset)"),
    "scenario": (Interaction(GET, OK, scenario=Scenario("job")), "the scenario 'job'"),
    "any": (Interaction(GET, OK, times="any"), 'times: "any"'),
    "hosts": (Interaction(GET, OK, Match(hosts=("b.test",))), "match.hosts"),
    "query": (Interaction(GET, OK, Match(query=())), "match.query"),
    "body": (Interaction(GET, OK, Match(body="json")), "match.body: json"),
    "ignore": (Interaction(GET, OK, Match(ignore=("query.t",))), "match.ignore"),
}


@pytest.mark.parametrize("to", WRITERS)
@pytest.mark.parametrize(("interaction", "told"), UNSAID.values(), ids=UNSAID)
def test_what_has_no_form_there_is_told(to, interaction, told):
    """By the number of its interaction; never dropped without a word."""
    (lost,) = WRITERS[to][0](Cassette((Interaction(GET, OK), interaction))).lost
    assert lost.where == "interaction 2"
    assert told in lost.what


@pytest.mark.parametrize("kind", get_args(FailureKind))
def test_a_cassette_of_failures_alone_is_not_converted(tmp_path, kind):
    """There would be nothing in the file."""
    save(Cassette((Interaction(GET, HttpFailure(kind)),)), tmp_path / "c.json")
    with pytest.raises(UsageError, match="nothing of it has a form there"):
        converting.convert(tmp_path / "c.json", "vcrpy")


def test_times_are_written_out():
    """An interaction that answers three times is there three times."""
    cassette = Cassette((Interaction(GET, OK, times=3),))
    for write, path in WRITERS.values():
        assert len(loads(write(cassette).text, path).cassette.interactions) == 3


def test_header_bytes_that_are_no_text_are_told():
    """vcrpy has no form for them; HAR has."""
    cassette = Cassette((Interaction(GET, replace(OK, headers=(("x-a", "\udce9"),))),))
    exported = vcrpy_writing.write(cassette)
    assert "no text" in exported.lost[0].what
    assert loads(exported.text, "c.yaml").cassette.interactions[0].outcome.headers == (("x-a", "é"),)
    assert loads(har_writing.write(cassette).text, "c.har").cassette.interactions[0].outcome.headers == (("x-a", "\udce9"),)


def test_vcrpy_finds_the_tables_that_it_knows():
    """Plain YAML: a request with exactly its four keys, lists of header values, the body without its coding."""
    reply = HttpReply(200, "OK", (("Content-Encoding", "gzip"), ("X-A", "1"), ("X-A", "2")), b"[1]")
    text = vcrpy_writing.write(Cassette((Interaction(replace(GET, body=b"\xff"), reply),))).text
    assert yaml.safe_load(text) == {
        "version": 1,
        "interactions": [
            {
                "request": {"method": "GET", "uri": "http://a.test/", "body": b"\xff", "headers": {}},
                "response": {
                    "autogen_harness": {"decoded": [["Content-Encoding", "gzip"]]},
                    "status": {"code": 200, "message": "OK"},
                    "headers": {"X-A": ["1", "2"]},
                    "body": {"string": "[1]"},
                },
            }
        ],
    }


@pytest.mark.skipif(find_spec("vcr") is None, reason="vcrpy is not installed")
def test_vcrpy_itself_replays_what_was_written(tmp_path):
    """With requests, which vcrpy hands the body as it stands in the file."""
    import vcr

    reply = HttpReply(201, "Made", (("Content-Encoding", "gzip"), ("Set-Cookie", "a=1")), b'{"a": 1}')
    path = tmp_path / "c.yaml"
    path.write_text(vcrpy_writing.write(Cassette((Interaction(GET, reply),))).text, encoding="utf-8")
    with vcr.use_cassette(str(path), record_mode="none"):
        answer = requests.get("http://a.test/", timeout=5)
    assert (answer.status_code, answer.reason, answer.content, dict(answer.cookies)) == (201, "Made", b'{"a": 1}', {"a": "1"})


def of(kind, *required, **properties):
    """A schema of one table or list of HAR."""
    return {"type": kind, "required": list(required), "properties": properties}


TEXT, NUMBER, LIST = {"type": "string"}, {"type": "number"}, {"type": "array"}
PAIRS = {"type": "array", "items": of("object", "name", "value", name=TEXT, value=TEXT)}
COMMON = {"httpVersion": TEXT, "cookies": LIST, "headers": PAIRS, "headersSize": NUMBER, "bodySize": NUMBER}
CONTENT = of("object", "size", "mimeType", size=NUMBER, mimeType=TEXT, text=TEXT, encoding=TEXT)
TIMINGS = of("object", "send", "wait", "receive", send={"minimum": 0}, wait={"minimum": 0}, receive={"minimum": 0})
REQUEST = of("object", "method", "url", "queryString", *COMMON, **COMMON, method=TEXT, url=TEXT, queryString=PAIRS)
REPLY = of("object", "status", "statusText", "content", "redirectURL", *COMMON, **COMMON, content=CONTENT, redirectURL=TEXT)
STARTED = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
TIME = {"type": "number", "minimum": 0}
EXCHANGE = {"request": REQUEST, "response": REPLY, "cache": {"type": "object"}, "timings": TIMINGS}
ENTRY = of("object", "startedDateTime", "time", *EXCHANGE, startedDateTime=STARTED, time=TIME, **EXCHANGE)
CREATOR = of("object", "name", "version", name=TEXT, version=TEXT)
LOG = of(
    "object",
    "version",
    "creator",
    "entries",
    version={"const": "1.2"},
    creator=CREATOR,
    entries={"type": "array", "items": ENTRY},
)


@QUICK
@given(CASSETTES, st.none() | st.just(Recorded("2026-01-31T12:00:00Z", "a.test", "requests/2.32.3")))
def test_har_has_every_key_that_the_specification_requires(cassette, recorded):
    """So that viewers of HAR open it."""
    made = Cassette(tuple(replace(one, recorded=recorded) for one in cassette.interactions), about="What it is.")
    har = json.loads(har_writing.write(made).text)
    jsonschema.validate(har, of("object", "log", log=LOG))
    back = loads(json.dumps(har), "c.har").cassette.interactions
    assert {one.recorded and one.recorded.at for one in back} == {recorded and recorded.at}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a cassette of two replies, of which one is tolerant."""
    monkeypatch.chdir(tmp_path)
    save(Cassette((Interaction(GET, OK), Interaction(GET, OK, Match(query=())))), tmp_path / "ours.json")
    return tmp_path


def test_the_command_converts_there_and_back(folder, capsys):
    """The suffix says what is written."""
    assert main(["cassette", "convert", "ours.json", "theirs.yaml", "--lossy"]) == 0
    assert main(["cassette", "convert", "theirs.yaml", "again.json"]) == 0
    assert main(["cassette", "convert", "again.json", "again.har"]) == 0
    assert main(["cassette", "convert", "again.har", "last.jsonl"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "last.jsonl: 2 interactions"
    assert [one.outcome for one in load(folder / "again.json").interactions] == [OK, OK]


def test_the_command_takes_a_name_as_play_does(folder, capsys):
    """A shipped cassette, or one of the project's folder."""
    assert main(["cassette", "convert", "yahoo/chart-nvda", "nvda.har", "--lossy"]) == 0
    assert main(["cassette", "convert", "ours", "theirs.yaml", "--dir", str(folder), "--lossy"]) == 0
    assert capsys.readouterr().out == "nvda.har: 1 interaction\ntheirs.yaml: 2 interactions\n"


def test_the_command_writes_nothing_where_something_would_be_lost(folder, capsys):
    """Unless it is told to."""
    assert main(["cassette", "convert", "ours.json", "theirs.yaml"]) == 1
    assert not (folder / "theirs.yaml").exists()
    assert "lost: interaction 2: match.query" in capsys.readouterr().err


def test_the_command_tells_what_it_left_out(folder, capsys):
    """WebSockets are no HTTP; the rest is converted."""
    text = vcrpy_writing.write(Cassette((Interaction(GET, OK), Interaction(GET, OK)))).text
    (folder / "c.yaml").write_text(text.replace("http:", "ws:", 1), encoding="utf-8")
    assert main(["cassette", "convert", "c.yaml", "c.json"]) == 0
    assert "left out: interaction 1: a request over ws" in capsys.readouterr().err
    assert len(load(folder / "c.json").interactions) == 1


REFUSED = {
    "there already": (["ours.json", "ours.json"], "is there already: name another file, or add --force"),
    "suffix": (["ours.json", "ours.txt"], "the suffix '.txt' does not say what to write"),
    "toml": (["ours.json", "ours.toml"], "does not say what to write"),
    "no file": (["absent.yaml", "new.json"], "there is no cassette 'absent.yaml'"),
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("arguments", "says"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_converted_is_told(capsys, arguments, says):
    """Nothing is written over, and nothing guessed."""
    assert main(["cassette", "convert", *arguments]) == 2
    assert says in capsys.readouterr().err

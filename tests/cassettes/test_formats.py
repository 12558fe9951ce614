from __future__ import annotations

import gc
import json
import re
from pathlib import Path

import pytest
from drawn_cassettes import CASSETTES
from hypothesis import HealthCheck, given, settings

from autogen_harness.cassettes import Cassette, Interaction, Match, load, save
from autogen_harness.cassettes.files import store
from autogen_harness.cassettes.files.formats import dump, loads
from autogen_harness.documents import parse_json
from autogen_harness.errors import DocumentError, UsageError
from autogen_harness.model import HttpReply, HttpRequest

QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a machine may be busy


@QUIET
@given(CASSETTES)
def test_what_is_written_reads_back_equal(cassette):
    """Whatever the bytes of headers and bodies: no information is lost, and a second writing gives the same text."""
    text = dump(cassette)
    assert loads(text) == cassette
    assert dump(loads(text)) == text


@QUIET
@given(CASSETTES)
def test_a_file_is_readable_and_stable(cassette):
    """Envelope keys are sorted, the indent is one space, lines end in LF."""
    text = dump(cassette)
    table = parse_json(text, "f")
    assert (list(table), text[:3], "\r\n" in text, text[-2:]) == (sorted(table), "{\n ", False, "}\n")
    for one in table["interactions"]:
        assert list(one) == sorted(one)


def test_a_header_stands_on_one_line():
    """A reply has a dozen of them, and nobody reads a file of four lines each."""
    headers = (("content-type", "text/html"), ("x-odd", 'a "b", [\\n] c'))
    text = dump(Cassette((Interaction(HttpRequest("GET", "http://a.test/"), HttpReply(200, "OK", headers, b"x")),)))
    assert '["content-type", "text/html"],\n' in text
    assert loads(text).interactions[0].outcome.headers == headers


def test_numbers_stand_in_rows():
    """A chart has hundreds: few fill one line, many several, each as wide as a page; none is broken, and one may be missing."""
    huge = int("9" * 150)
    body = {"few": [181.2, None, -3e-07], "many": list(range(100, 140)), "huge": [1, huge, 2], "mixed": [1, "a"], "none": []}
    cassette = Cassette((Interaction(HttpRequest("GET", "http://a.test/"), HttpReply(200, body=json.dumps(body).encode())),))
    text = dump(cassette)
    assert '"few": [181.2, null, -3e-07],\n' in text
    assert [line.strip() for line in text.splitlines() if line.strip().startswith(("100,", "120,"))] == [
        f"{', '.join(map(str, range(100, 120)))},",
        ", ".join(map(str, range(120, 140))),
    ]
    assert f" {huge},\n" in text
    assert loads(text) == cassette


def test_a_json_body_is_structure_and_keeps_its_order():
    """A person can read and review the body; the wire order of its keys is data."""
    body = b'{"z":1,"a":[2]}'
    cassette = Cassette((Interaction(HttpRequest("GET", "http://a.test/"), HttpReply(200, "OK", (), body)),))
    response = json.loads(dump(cassette))["interactions"][0]["outcome"]["response"]
    assert response["body"] == {"json": {"z": 1, "a": [2]}, "style": "compact"}
    assert list(response["body"]["json"]) == ["z", "a"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"a": 1}', "json"),
        (b'{"a":1}', "json"),
        (b'{\n  "a": 1\n}', "json"),
        (b'{"a" :1}', "text"),
        (b'{"a":1.10}', "text"),
        (b'{"a":1,"a":2}', "text"),
        (b'{"a":NaN}', "text"),
        (b'{"a":"\\u00e9"}', "json"),
        (b'{"a":"\\u00E9"}', "text"),
        ('{"a":"é"}'.encode(), "json"),
        ("é".encode(), "text"),
        (b"\xff", "base64"),
        (b'{"a":1}\n', "json"),
        (b'\n{"a":1}', "text"),
        (b'{"a":"\\u003c\\u0026"}\n', "json"),
        (b'{"a":"http:\\/\\/b"}', "json"),
        (b'{\n    "a": 1\n}\n', "json"),
        ('{\n  "a": "é"\n}'.encode(), "json"),
        (b"", "nothing"),
    ],
)
def test_a_body_is_structure_only_where_that_gives_back_the_bytes(body, kind):
    """Signatures are made over bytes: a body that no style gives back is kept as text, or as base64."""
    cassette = Cassette((Interaction(HttpRequest("GET", "http://a.test/"), HttpReply(200, "OK", (), body)),))
    written = json.loads(dump(cassette))["interactions"][0]["outcome"]["response"].get("body", {"nothing": True})
    assert kind in written
    assert loads(dump(cassette)) == cassette


GOOD = {
    "format": "autogen-harness-cassette/1",
    "interactions": [{"request": {"method": "GET", "url": "http://a.test/"}, "outcome": {"response": {"status": 200}}}],
}


def changed(**changes):
    """The text of a good cassette with changes in its one interaction."""
    table = json.loads(json.dumps(GOOD))
    for steps, value in changes.items():
        inner = table["interactions"][0]
        *way, last = steps.split("__")
        for step in way:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return json.dumps(table, indent=1)


WRONG = {
    "misspelt key": (changed(requst={}), "unknown key 'requst'", "did you mean 'request'?"),
    "another version": (json.dumps(GOOD | {"format": "autogen-harness-cassette/2"}), "is not known", "this release reads"),
    "no format": (json.dumps({"interactions": GOOD["interactions"]}), "the key 'format' is missing", ""),
    "not an object": ("[]", "must be an object, not an array", ""),
    "no interactions": (json.dumps(GOOD | {"interactions": []}), "at least one interaction", ""),
    "interactions of another type": (json.dumps(GOOD | {"interactions": {}}), "must be an array, not an object", ""),
    "relative url": (changed(request__url="/x"), "not an absolute http or https URL: '/x'", "write it as in"),
    "bad port": (changed(request__url="http://a:b/"), "not a URL", ""),
    "small method": (changed(request__method="get"), "not in capitals", "write 'GET'"),
    "status as text": (changed(outcome__response__status="200"), "whole number from 100 to 599", ""),
    "status as true": (changed(outcome__response__status=True), "whole number from 100 to 599", ""),
    "header as object": (changed(outcome__response__headers={"a": "b"}), "must be an array", ""),
    "header with a line break": (changed(outcome__response__headers=[["a", "b\r\nc"]]), "no line breaks", ""),
    "header name": (changed(request__headers=[["a b", "c"]]), "cannot be the name of a header", ""),
    "body of two kinds": (changed(outcome__response__body={"text": "", "base64": ""}), "a body is one of", ""),
    "null for a style": (changed(outcome__response__body={"json": 1, "style": None}), "must be one of compact", ""),
    "style": (changed(outcome__response__body={"json": 1, "style": "compct"}), "must be one of", "did you mean 'compact'"),
    "style of a text": (changed(outcome__response__body={"text": "", "style": "compact"}), "unknown key 'style'", ""),
    "charset": (changed(outcome__response__body={"text": "a", "charset": "utf-99"}), "unknown encoding", ""),
    "text outside its charset": (changed(outcome__response__body={"text": "é", "charset": "ascii"}), "turned into bytes", ""),
    "base64": (changed(outcome__response__body={"base64": "?"}), "turned into bytes", ""),
    "regular expression": (changed(match__path="("), "not a regular expression", ""),
    "body rule": (changed(match__body="jsn"), "must be one of any, json", "did you mean 'json'?"),
    "query names": (changed(match__query="q"), "must be an array, not a string", ""),
    "times zero": (changed(play__times=0), 'whole number from 1, or "any"', ""),
    "times true": (changed(play__times=True), 'whole number from 1, or "any"', ""),
    "optional": (changed(play__optional="yes"), "must be true or false", ""),
    "provenance": (changed(provenance="compsed"), "must be one of", "did you mean 'composed'?"),
    "a recording without its moment": (changed(provenance="recorded"), "the key 'recorded' is missing", "write"),
    "a moment of what is composed": (changed(recorded={"at": "2026-01-31T12:00:00Z"}), "not recorded", "provenance"),
    "no moment": (changed(provenance="recorded", recorded={"at": "2026-02-31T12:00:00Z"}), "no moment in UTC", "write it as"),
    "a moment elsewhere": (
        changed(provenance="recorded", recorded={"at": "2026-01-31T12:00:00+02:00"}),
        "no moment in UTC",
        "write it as",
    ),
    "both outcomes": (changed(outcome__failure={"kind": "reset"}), "one of response or failure", ""),
    "no outcome": (changed(outcome={}), "one of response or failure", ""),
    "kind of failure": (changed(outcome={"failure": {"kind": "rest"}}), "must be one of", "did you mean 'reset'?"),
    "failure without a kind": (changed(outcome={"failure": {}}), "the key 'kind' is missing", ""),
    "beginning of a response": (
        changed(outcome={"failure": {"kind": "closed", "response": {"status": 0}}}),
        "whole number from 100 to 599",
        "",
    ),
    "version of HTTP": (changed(outcome__response__http_version="1.2"), "must be one of 1.0, 1.1, 2, 3", ""),
    "coded request": (changed(request__body={"text": "", "coded": True}), "unknown key 'coded'", ""),
    "coded as text": (changed(outcome__response__body={"text": "", "coded": "yes"}), "must be true or false", ""),
    "body as text": (changed(outcome__response__body="a"), "must be an object, not a string", ""),
    "headers as pairs of letters": (changed(outcome__response__headers=["ab"]), "a header is an array", ""),
    "headers as null": (changed(outcome__response__headers=None), "must be an array, not null", ""),
    "end of a body": (changed(outcome__response__body={"json": 1, "end": "x"}), "must be white space", ""),
    "what it is like": (changed(match__like={"body.id": "uid"}), "must be one of", "did you mean 'uuid'?"),
    "like an expression": (changed(match__like={"body.id": "/(/"}), "not a regular expression", ""),
    "likes as array": (changed(match__like=[]), "must be an object, not an array", "write it as"),
    "ignored places": (changed(match__ignore=[""]), "a string that is not empty", ""),
    "seconds": (changed(timing={"first_byte": -1, "total": 1}), "a number of seconds from 0, not -1", ""),
    "seconds as true": (changed(timing={"first_byte": True, "total": 1}), "a number of seconds from 0", ""),
    "half a timing": (changed(timing={"first_byte": 1}), "the key 'total' is missing", ""),
    "scenario without a name": (changed(play__scenario={"when": "a"}), "the key 'name' is missing", ""),
    "state without a name": (changed(play__scenario={"name": "a", "when": ""}), "must not be empty", ""),
    "another outcome": (changed(outcome__error={"kind": "timeout"}), "unknown key 'error'", ""),
    "inexact number": (
        changed(outcome__response__body={"json": 0, "style": "compact"}).replace(": 0", ": 1.10"),
        "kept",
        "text",
    ),
}


@pytest.mark.parametrize(("text", "problem", "hint"), WRONG.values(), ids=WRONG)
def test_a_file_that_is_not_understood_is_refused(text, problem, hint):
    """Whatever is wrong is an error that names the place and the nearest right thing; never an emptier cassette."""
    with pytest.raises(DocumentError) as caught:
        loads(text, "c.json")
    error = caught.value
    assert problem in error.problem
    assert hint in error.hint
    assert error.line > 0
    assert error.others == ()


def test_all_errors_of_a_file_come_at_once_with_their_places():
    """Nobody mends a file one run at a time."""
    text = changed(request__url="x", outcome__response__status=0, mtch={})
    with pytest.raises(DocumentError) as caught:
        loads(text, "c.json")
    lines = text.split("\n")
    error = caught.value
    found = [(one.problem.partition(" ")[0], lines[one.line - 1].strip()) for one in (error, *error.others)]
    assert found == [("not", '"url": "x"'), ("must", '"status": 0'), ("unknown", '"mtch": {}')]


def test_a_part_that_is_absent_is_complained_of_once():
    """What stands in for it while the rest is read has no errors of its own."""
    with pytest.raises(DocumentError) as caught:
        loads(json.dumps({"format": "autogen-harness-cassette/1", "interactions": [{}]}))
    every = [caught.value, *caught.value.others]
    assert ["the key 'request' is missing", "the key 'outcome' is missing"] == [error.problem for error in every]


def test_a_body_of_json_without_a_style_is_compact():
    """Style is ceremony in a request, which is compared by meaning, and seldom matters in a reply."""
    plain = changed(request__body={"json": {"a": 1}}, outcome__response__body={"json": {"b": [2]}})
    (one,) = loads(plain).interactions
    assert (b'{"a":1}', b'{"b":[2]}') == (one.request.body, one.outcome.body)


def test_an_error_says_which_value_is_meant():
    """By its key and the way to it, since line and column alone say little where the file is one long line."""
    text = json.dumps(json.loads(changed(outcome__response__body={"json": 1, "style": "compct"})))
    with pytest.raises(DocumentError) as caught:
        loads(text, "c.json")
    assert ": interactions[0].outcome.response.body.style: must be one of compact, " in caught.value.brief
    source, caret = str(caught.value).splitlines()[2:4]
    assert source[caret.index("^") :].startswith('"compct"')
    assert len(source) <= 110


def test_garbage_is_collected_after_a_file_was_read_and_after_one_that_could_not_be():
    """It is held back for that long only."""
    loads(json.dumps(GOOD))
    assert gc.isenabled()
    with pytest.raises(DocumentError):
        loads("{")
    assert gc.isenabled()
    gc.disable()
    try:
        loads(json.dumps(GOOD))
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_torn_file_shows_no_parser(tmp_path):
    """The error of the JSON parser has nothing to add."""
    (tmp_path / "torn.json").write_text('{"a"', encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        load(tmp_path / "torn.json")
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None


def test_a_truncated_file_is_an_error_at_every_length():
    """No prefix of a cassette is a cassette."""
    text = json.dumps(GOOD)
    for length in range(len(text)):
        with pytest.raises(DocumentError):
            loads(text[:length])


def test_every_shipped_cassette_loads_and_survives_a_rewrite():
    """What is in the wheel can be played, and converted without loss."""
    paths = [one.path for one in store.listing()]
    assert len(paths) >= 30
    for path in paths:
        assert loads(dump(load(path))) == load(path)


def test_a_changed_file_is_read_again(tmp_path):
    """Loading is remembered for the file as it is, not for its name."""
    path = tmp_path / "c.json"
    one = Interaction(HttpRequest("GET", "http://a.test/"), HttpReply(200))
    save(Cassette((one,), about="first"), path)
    assert load(path).about == "first"
    assert load(path) is load(path)
    save(Cassette((one,), about="second one"), path)
    assert load(path).about == "second one"


@pytest.mark.parametrize(
    ("one", "problem"),
    [
        (Interaction(HttpRequest("get", "http://a.test/"), HttpReply(200)), "not in capitals"),
        (Interaction(HttpRequest("GET", "/relative"), HttpReply(200)), "not an absolute"),
        (Interaction(HttpRequest("GET", "http://a.test/"), HttpReply(200, "", (("a", "b\r\nc"),))), "no line breaks"),
    ],
)
@pytest.mark.parametrize("name", ["c.json", "c.jsonl"])
def test_what_could_not_be_read_back_is_not_written(tmp_path, name, one, problem):
    """A recording is found to be unreadable when it is made, and what was there before stays."""
    (tmp_path / name).write_text("before", encoding="utf-8")
    with pytest.raises(DocumentError, match=problem):
        save(Cassette((one,)), tmp_path / name)
    assert (tmp_path / name).read_text(encoding="utf-8") == "before"


def test_what_a_file_cannot_say_is_refused(tmp_path):
    """Another ending; two rules for one place."""
    one = Interaction(HttpRequest("GET", "http://a.test/"), HttpReply(200))
    with pytest.raises(UsageError, match=r"ends in \.json or \.jsonl"):
        save(Cassette((one,)), tmp_path / "c.yaml")
    twice = Match(like=(("body.id", "uuid"), ("body.id", "any")))
    with pytest.raises(UsageError, match="stands there twice"):
        dump(Cassette((Interaction(one.request, one.outcome, twice),)))


def test_a_body_of_any_depth_is_read_back():
    """Beyond a limit it is text: a parser's stack has an end, and inside of a file it comes sooner than alone."""
    for depth in (90, *range(800, 1000), 2000):
        body = b"[" * depth + b"]" * depth
        cassette = Cassette((Interaction(HttpRequest("GET", "http://a.test/"), HttpReply(200, "", (), body)),))
        assert loads(dump(cassette)) == cassette


@pytest.mark.parametrize("page", ["cassette-files.md", "from-vcrpy.md"])
def test_the_files_shown_in_the_documentation_are_cassettes(page):
    """A reader can copy them."""
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert blocks
    for block in blocks:
        assert loads(block, page).interactions

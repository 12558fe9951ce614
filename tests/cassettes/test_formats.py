from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness.cassettes import Cassette, Interaction, Match, load, save, store
from autogen_harness.cassettes.bodies import STYLES
from autogen_harness.cassettes.cassette import Recorded, Scenario, Timing
from autogen_harness.cassettes.formats import dump, loads
from autogen_harness.documents import parse_json
from autogen_harness.errors import DocumentError
from autogen_harness.model import FailureKind, HttpFailure, HttpReply, HttpRequest

TOKENS = st.text("abcXYZ019-_", min_size=1, max_size=8)
VALUES = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n\0") | st.sampled_from("\udc80\udcff"), max_size=12
)
HEADERS = st.lists(st.tuples(TOKENS, VALUES), max_size=3).map(tuple)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
JSON_BODIES = st.builds(
    lambda value, style, end: (STYLES[style](value) + end).encode("utf-8", "surrogatepass"),
    JSON,
    st.sampled_from(sorted(STYLES)),
    st.sampled_from(["", "\n", "\r\n"]),
)
BODIES = st.binary(max_size=20) | JSON_BODIES | st.just(b'{"a": 1.10}') | st.just(b'{"a":"\\ud800"}')
PLACES = st.sampled_from(["query.t", "body.id", "body.items[*].id", "header.x"])
MATCHES = st.builds(
    Match,
    hosts=st.lists(TOKENS, max_size=2).map(tuple),
    query=st.none() | st.lists(TOKENS, max_size=2).map(tuple),
    path=st.none() | st.sampled_from(["/a/[^/]+", ".*"]),
    body=st.sampled_from([None, "any", "json", "form", "raw"]),
    headers=st.lists(TOKENS, max_size=2).map(tuple),
    ignore=st.lists(PLACES, max_size=2).map(tuple),
    like=st.lists(
        st.tuples(PLACES, st.sampled_from(["uuid", "timestamp", "/a+/"])), max_size=3, unique_by=lambda pair: pair[0]
    ).map(tuple),
)
REQUESTS = st.builds(
    HttpRequest,
    method=st.sampled_from(["GET", "POST", "PATCH"]),
    url=st.sampled_from(["http://a.test/", "https://b.test:8443/x%20y?q=1&q=&r"]),
    headers=HEADERS,
    body=BODIES,
)
REPLIES = st.builds(
    HttpReply,
    status=st.integers(100, 599),
    reason=VALUES,
    headers=HEADERS,
    body=BODIES,
    version=st.sampled_from(["1.1", "1.0", "2"]),
    coded=st.booleans(),
    chunks=st.lists(st.integers(1, 9), max_size=3).map(tuple),
)
FAILURES = st.builds(HttpFailure, kind=st.sampled_from(get_args(FailureKind)), reply=st.none() | REPLIES, text=VALUES)
SECONDS = st.floats(0, 1e6)
INTERACTIONS = st.builds(
    Interaction,
    request=REQUESTS,
    outcome=REPLIES | FAILURES,
    match=MATCHES,
    times=st.integers(1, 5) | st.just("any"),
    optional=st.booleans(),
    recorded=st.none()
    | st.builds(
        Recorded, st.sampled_from(["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.25+00:00"]), host=TOKENS, client=VALUES
    ),
    timing=st.none() | st.builds(Timing, SECONDS, SECONDS),
    scenario=st.none() | st.builds(Scenario, TOKENS, when=st.none() | TOKENS, then=st.none() | TOKENS),
)
CASSETTES = st.builds(Cassette, st.lists(INTERACTIONS, min_size=1, max_size=3).map(tuple), about=VALUES)


@given(CASSETTES)
def test_what_is_written_reads_back_equal(cassette):
    """Whatever the bytes of headers and bodies: no information is lost, and a second writing gives the same text."""
    text = dump(cassette)
    assert loads(text) == cassette
    assert dump(loads(text)) == text


@given(CASSETTES)
def test_a_file_is_readable_and_stable(cassette):
    """Envelope keys are sorted, the indent is one space, lines end in LF."""
    text = dump(cassette)
    table = parse_json(text, "f")
    assert (list(table), text[:3], "\r\n" in text, text[-2:]) == (sorted(table), "{\n ", False, "}\n")
    for one in table["interactions"]:
        assert list(one) == sorted(one)


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
    ],
)
def test_a_body_is_structure_only_where_that_gives_back_the_bytes(body, kind):
    """Signatures are made over bytes: a body that no style gives back is kept as text, or as base64."""
    cassette = Cassette((Interaction(HttpRequest("GET", "http://a.test/"), HttpReply(200, "OK", (), body)),))
    written = json.loads(dump(cassette))["interactions"][0]["outcome"]["response"]["body"]
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
    paths = sorted(store.shipped().rglob("*.json"))
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


@pytest.mark.parametrize("page", ["cassettes.md", "from-vcrpy.md"])
def test_the_files_shown_in_the_documentation_are_cassettes(page):
    """A reader can copy them."""
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert blocks
    for block in blocks:
        assert loads(block, page).interactions

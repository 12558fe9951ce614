"""Files of cassetter, betamax and browsers, composed in the shapes that cassetter 0.16.1, betamax 0.9.0 and HAR 1.2 have."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from autogen_harness.cassettes import Match
from autogen_harness.cassettes.cassette import Recorded, Timing
from autogen_harness.cassettes.foreign import loads
from autogen_harness.errors import DocumentError
from autogen_harness.model import HttpReply

CASSETTER_YAML = """\
version: 1
interactions:
- request:
    method: POST
    uri: https://api.example.test/v1
    headers:
      content-type:
      - application/json
    body:
      type: json
      content:
        t: é
  response:
    status: 201
    headers:
      set-cookie:
      - a=1
      - b=2
    body:
      type: json
      content:
        at: 2024-01-31
        no: 1:30
        n: null
        f: 1.1
  recorded_at: 2026-01-31T12:00:00.500000001Z
- request:
    method: GET
    uri: https://api.example.test/bin
    headers: {}
    body:
      type: none
  response:
    status: 200
    headers: {}
    body:
      type: binary
      content: ff00
  recorded_at: 2026-01-31T12:00:00+00:00
ws_interactions:
- uri: wss://api.example.test/
  headers: {}
  frames: []
grpc_interactions:
- request: {}
- request: {}
"""
CASSETTER_TOML = """\
version = 1

[[interactions]]
recorded_at = "2026-01-31T13:00:00+01:00"

[interactions.request]
method = "POST"
uri = "https://api.example.test/v1"
body_type = "text"
body_content = \"\"\"
one
[two]\"\"\"

[interactions.request.headers]
content-type = ["text/plain"]

[interactions.response]
status = 200
body_type = "json"
body_content = '{"a":1,"b":null}'

[interactions.response.headers]
x-a = ["1", "2"]
"""


def test_cassetter_yaml_is_read_and_the_rest_of_it_told():
    """Structures are sent as ``json.dumps`` writes them, words that only YAML 1.1 misreads are text."""
    found = loads(CASSETTER_YAML, "c.yaml")
    first, second = found.cassette.interactions
    assert (first.request.method, first.request.body, first.match) == ("POST", b'{"t": "\\u00e9"}', Match(body="any"))
    body = b'{"at": "2024-01-31", "no": "1:30", "n": null, "f": 1.1}'
    assert first.outcome == HttpReply(201, "Created", (("set-cookie", "a=1"), ("set-cookie", "b=2")), body)
    assert first.recorded == Recorded("2026-01-31T12:00:00.500000Z", "api.example.test", "cassetter")
    assert second.outcome == HttpReply(200, "OK", (), b"\xff\x00")
    assert [str(one) for one in found.lost] == [
        "grpc_interactions: 2 gRPC calls: only HTTP is replayed",
        "ws_interactions: 1 WebSockets: only HTTP is replayed",
    ]


def test_cassetter_toml_is_read():
    """Where JSON stands as text."""
    (found,) = loads(CASSETTER_TOML, "c.toml").cassette.interactions
    assert (found.request.url, found.request.body) == ("https://api.example.test/v1", b"one\n[two]")
    assert found.outcome == HttpReply(200, "OK", (("x-a", "1"), ("x-a", "2")), b'{"a": 1, "b": null}')
    assert found.recorded == Recorded("2026-01-31T12:00:00Z", "api.example.test", "cassetter")


def betamax(request=None, response=None, **rest):
    """The text of a file with one interaction."""
    asked = {
        "method": "GET",
        "uri": "http://a.test/",
        "headers": {"Accept": ["*/*"]},
        "body": {"encoding": "utf-8", "string": ""},
    }
    came = {
        "status": {"code": 200, "message": "OK"},
        "headers": {},
        "body": {"encoding": "utf-8", "string": "é"},
        "url": "http://a.test/",
    }
    one = {
        "request": {**asked, **(request or {})},
        "response": {**came, **(response or {})},
        "recorded_at": "2026-01-31T12:00:00",
    }
    return json.dumps({"http_interactions": [{**one, **rest}], "recorded_with": "betamax/0.9.0"}, indent=1)


ZIPPED = base64.b64encode(gzip.compress(b"[1]")).decode()
BETAMAX = {
    "text": ({}, (200, "OK", "é".encode())),
    "charset": ({"body": {"encoding": "ISO-8859-1", "string": "é"}}, (200, "OK", b"\xe9")),
    "no charset": ({"body": {"encoding": None, "string": "é"}}, (200, "OK", "é".encode())),
    "base64": ({"body": {"encoding": None, "base64_string": "/wA="}}, (200, "OK", b"\xff\x00")),
    "gzip": ({"headers": {"Content-Encoding": "gzip"}, "body": {"base64_string": ZIPPED}}, (200, "OK", b"[1]")),
    "old": ({"status_code": 404, "body": "gone"}, (404, "Not Found", b"gone")),
}


@pytest.mark.parametrize(("response", "expected"), BETAMAX.values(), ids=BETAMAX)
def test_every_layout_of_betamax_is_read(response, expected):
    """Text in its charset, exact bytes, and what older versions wrote."""
    (found,) = loads(betamax({"body": "sent"}, response), "c.json").cassette.interactions
    assert (found.outcome.status, found.outcome.reason, found.outcome.body) == expected
    assert (found.request.body, found.request.headers) == (b"sent", (("Accept", "*/*"),))
    assert found.recorded == Recorded("2026-01-31T12:00:00Z", "a.test", "betamax")


def entry(request=None, response=None, **rest):
    """An entry as a browser exports it."""
    asked = {
        "method": "POST",
        "url": "https://a.test/x?q=1",
        "httpVersion": "HTTP/2",
        "headers": [{"name": ":method", "value": "POST"}, {"name": "accept", "value": "*/*"}],
        "queryString": [],
        "cookies": [],
        "headersSize": -1,
        "bodySize": 3,
        "postData": {"mimeType": "text/plain", "text": "abc"},
    }
    came = {
        "status": 200,
        "statusText": "",
        "httpVersion": "h2",
        "headers": [{"name": "content-encoding", "value": "br"}, {"name": "set-cookie", "value": "a=1\nb=2"}],
        "content": {"size": 2, "mimeType": "text/plain; charset=iso-8859-1", "text": "é!"},
        "_transferSize": 100,
    }
    rest = {"startedDateTime": "2026-01-31T13:00:00.250+01:00", "timings": {"send": 1, "wait": 250.5, "receive": 249.5}, **rest}
    return {"_priority": "High", "request": {**asked, **(request or {})}, "response": {**came, **(response or {})}, **rest}


def har(*entries):
    """The text of a file."""
    creator = {"name": "WebInspector", "version": "537.36"}
    return json.dumps(
        {"log": {"version": "1.2", "creator": creator, "pages": [{"id": "page_1"}], "entries": entries}}, indent=1
    )


def test_a_har_file_is_read_as_a_browser_exports_it():
    """Text in its charset, headers of HTTP/2's frames left out, joined cookies apart, milliseconds as seconds."""
    (found,) = loads(har(entry()), "c.har").cassette.interactions
    assert (found.request.method, found.request.url, found.request.body) == ("POST", "https://a.test/x?q=1", b"abc")
    assert found.request.headers == (("accept", "*/*"),)
    headers = (("content-encoding", "br"), ("set-cookie", "a=1"), ("set-cookie", "b=2"))
    assert found.outcome == HttpReply(200, "", headers, b"\xe9!", "2")
    assert found.recorded == Recorded("2026-01-31T12:00:00.250000Z", "a.test", "WebInspector")
    assert (found.timing, found.match) == (Timing(0.2505, 0.5), Match(body="any"))


CONTENTS = {
    "base64": ({"size": 2, "mimeType": "image/png", "text": "/wA=", "encoding": "base64"}, b"\xff\x00"),
    "unknown charset": ({"size": 2, "mimeType": "text/plain; charset=what", "text": "é"}, "é".encode()),
    "text outside its charset": ({"size": 2, "mimeType": "text/plain; charset=ascii", "text": "é"}, "é".encode()),
    "nothing": ({"size": 0, "mimeType": "x-unknown"}, b""),
}


@pytest.mark.parametrize(("content", "body"), CONTENTS.values(), ids=CONTENTS)
def test_the_content_of_a_har_entry_is_the_body(content, body):
    """Bytes that are no text stand there in base64."""
    (found,) = loads(har(entry(response={"content": content, "headers": []})), "c.har").cassette.interactions
    assert found.outcome.body == body


def test_a_form_of_which_only_the_fields_are_there_is_written_again():
    """Some exports have no text beside the parameters."""
    fields = {
        "mimeType": "application/x-www-form-urlencoded",
        "params": [{"name": "a", "value": "1 2"}, {"name": "a", "value": ""}],
    }
    (found,) = loads(har(entry({"postData": fields})), "c.har").cassette.interactions
    assert found.request.body == b"a=1+2&a="


LEFT = {
    "data": (entry({"url": "data:text/plain,abc"}), "a request over data, which is neither http nor https"),
    "blocked": (entry(response={"status": 0, "_error": "net::ERR_ABORTED"}), "all of it: no answer came (net::ERR_ABORTED)"),
    "no text": (entry(response={"content": {"size": 9, "mimeType": ""}}), "all of it: the export has no text for its body"),
}


@pytest.mark.parametrize(("other", "told"), LEFT.values(), ids=LEFT)
def test_entries_that_cannot_be_replayed_are_told(other, told):
    """They are left out, by their number; a file of nothing else is refused."""
    found = loads(har(entry(), other), "c.har")
    assert len(found.cassette.interactions) == 1
    assert [str(one) for one in found.lost] == [f"entry 2: {told}"]
    with pytest.raises(DocumentError, match="nothing in it that can be replayed"):
        loads(har(other), "c.har")


WRONG = {
    "body type": (CASSETTER_YAML.replace("type: binary", "type: binry"), "c.yaml", "binry", "must be one of none, json"),
    "hex": (CASSETTER_YAML.replace("ff00", "fg00"), "c.yaml", "fg00", "cannot be turned into bytes"),
    "version": (CASSETTER_YAML.replace("version: 1", "version: 2"), "c.yaml", "2", "version 2 is not known"),
    "toml status": (CASSETTER_TOML.replace("status = 200", "status = 20"), "c.toml", "20", "whole number from 100 to 599"),
    "toml url": (CASSETTER_TOML.replace("https:", ""), "c.toml", '"//api', "not an absolute http or https URL"),
    "toml json": (CASSETTER_TOML.replace('{"a"', '{a"'), "c.toml", "'{a", "cannot be turned into bytes"),
    "toml key": (CASSETTER_TOML.replace("uri =", "url ="), "c.toml", "[interactions.request]", "the key 'uri' is missing"),
    "no toml": (CASSETTER_TOML.replace("version = 1", "version = = 1"), "c.toml", "= 1", "not TOML: Invalid value"),
    "betamax status": (betamax(response={"status": {"code": "x"}}), "c.json", '"x"', "whole number from 100 to 599"),
    "betamax charset": (betamax(response={"body": {"encoding": "utf-99", "string": "a"}}), "c.json", '"a"', "unknown encoding"),
    "betamax base64": (betamax(response={"body": {"base64_string": "?"}}), "c.json", '"?"', "cannot be turned into bytes"),
    "har url": (har(entry({"url": "/x"})), "c.har", '"/x"', "not an absolute http or https URL"),
    "har header": (har(entry({"headers": [{"name": "a b", "value": ""}]})), "c.har", "{", "cannot be the name of a header"),
    "har response": (
        har({"request": {"method": "GET", "url": "http://a.test/"}}),
        "c.har",
        "{",
        "the key 'response' is missing",
    ),
    "har without entries": ('{"log": {"entrys": []}}', "c.har", "{", "the key 'entries' is missing"),
    "torn": (har(entry())[:-20], "c.har", "", "not JSON"),
    "deep": ("[" * 100_000, "c.har", "", "not JSON that can be used"),
}


@pytest.mark.parametrize(("text", "path", "place", "problem"), WRONG.values(), ids=WRONG)
def test_what_is_not_understood_is_refused_at_its_place(text, path, place, problem):
    """In every format."""
    with pytest.raises(DocumentError) as caught:
        loads(text, path)
    (error,) = [one for one in (caught.value, *caught.value.others) if problem in one.problem]
    assert text.split("\n")[error.line - 1][max(error.column - 1, 0) :].startswith(place)


TORN = {"cassetter": (CASSETTER_YAML, "c.yaml"), "betamax": (betamax(), "c.json"), "HAR": (har(entry(), entry()), "c.har")}


@pytest.mark.parametrize(("text", "path"), TORN.values(), ids=TORN)
def test_what_is_left_of_a_torn_file_is_whole(text, path):
    """JSON is refused; YAML may end behind any interaction, but never within one."""
    whole = [(one.request, one.outcome) for one in loads(text, path).cassette.interactions]
    for end in range(0, len(text.rstrip("}\n ")), 3):
        try:
            part = [(one.request, one.outcome) for one in loads(text[:end], path).cassette.interactions]
        except DocumentError:
            continue
        assert part == whole[: len(part)]
        assert path.endswith(".yaml")

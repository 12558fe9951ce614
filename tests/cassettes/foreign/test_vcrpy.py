"""vcrpy's files, composed in the shapes that vcrpy 9.4.2 and older ones write."""

from __future__ import annotations

import base64
import gzip
import json
import zlib

import pytest

from autogen_harness.cassettes import Match
from autogen_harness.cassettes.cassette import Recorded
from autogen_harness.cassettes.foreign import codings, loads
from autogen_harness.errors import DocumentError

PLAIN = """\
interactions:
- request:
    body: '{"t": "\\u00e9"}'
    headers:
      Accept: ['*/*']
      Content-Type:
      - application/json
    method: POST
    uri: https://api.example.test/things?a=1&b=&a=2
  response:
    body:
      string: "h\\xE9llo\\n"
    headers:
      Date:
      - Sat, 31 Jan 2026 12:00:00 GMT
      Set-Cookie:
      - a=1
      - b=2
    status:
      code: 201
      message: Made here
version: 1
"""


def one(response="", request="", *, json_too=False):
    """The one interaction of a file with these lines, which begin at their own left edge."""
    request = request or "method: GET\nuri: http://a.test/\nbody: null\nheaders: {}"
    response = response or 'status: {code: 200, message: OK}\nheaders: {}\nbody: {string: ""}'
    lines = ["interactions:", "- request:", *(f"    {line}" for line in request.split("\n"))]
    lines += ["  response:", *(f"    {line}" for line in response.split("\n")), "version: 1"]
    (interaction,) = loads("\n".join(lines), "c.yaml").cassette.interactions
    return interaction


def test_a_file_is_read_whole():
    """Method, URL, bodies, repeated headers in their order, status and reason; the server's date says when."""
    (found,) = loads(PLAIN, "c.yaml").cassette.interactions
    assert (found.request.method, found.request.url) == ("POST", "https://api.example.test/things?a=1&b=&a=2")
    assert (found.request.headers[0], found.request.body) == (("Accept", "*/*"), b'{"t": "\\u00e9"}')
    assert (found.outcome.status, found.outcome.reason, found.outcome.body) == (201, "Made here", "héllo\n".encode())
    assert found.outcome.headers[1:] == (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    assert (found.match, found.times, found.optional) == (Match(body="any"), 1, False)
    assert found.recorded == Recorded("2026-01-31T12:00:00Z", "api.example.test", "vcrpy")


GZIPPED = gzip.compress(b"[1]", mtime=0)
OLD_HTTPX = "status_code: 404\nhttp_version: HTTP/1.1\nheaders: {content-type: text/plain}\ncontent: gone"
RESPONSES = {
    "string": ("status: {code: 200, message: OK}\nbody: {string: abc}", (200, "OK", b"abc")),
    "plain body": ("status: {code: 200, message: OK}\nbody: abc", (200, "OK", b"abc")),
    "nothing": ("status: {code: 204, message: No Content}\nbody: {string: null}", (204, "No Content", b"")),
    "aiohttp without a body": ("status: {code: 302, message: Found}\nbody: {}", (302, "Found", b"")),
    "no reason": ("status: {code: 200, message: null}\nbody: {string: abc}", (200, "", b"abc")),
    "bytes": ("status: {code: 200, message: OK}\nbody: {string: !!binary /wA=}", (200, "OK", b"\xff\x00")),
    "base64": ("status: {code: 200, message: OK}\nbody: {base64_string: /wA=, encoding: utf-8}", (200, "OK", b"\xff\x00")),
    "unicode": ("status: {code: 200, message: OK}\nbody: {string: !!python/unicode abc}", (200, "OK", b"abc")),
    "words that look like others": ("status: {code: 200, message: yes}\nbody: {string: 1e3}", (200, "yes", b"1e3")),
    "old httpx": (OLD_HTTPX, (404, "Not Found", b"gone")),
    "with an url": ("url: http://a.test/\nstatus: {code: 200, message: OK}\nbody: {string: a}", (200, "OK", b"a")),
}


@pytest.mark.parametrize(("response", "expected"), RESPONSES.values(), ids=RESPONSES)
def test_every_layout_of_a_response_is_read(response, expected):
    """As vcrpy and its stubs have written them through the years."""
    outcome = one(response).outcome
    assert (outcome.status, outcome.reason, outcome.body) == expected


CODED = {
    "gzip": ("gzip", GZIPPED, b"[1]", False),
    "decoded under gzip": ("gzip", b"[1]", b"[1]", False),
    "torn gzip": ("gzip", GZIPPED[:-4], GZIPPED[:-4], True),
    "deflate": ("deflate", zlib.compress(b"[1]"), b"[1]", False),
    "bare deflate": ("deflate", zlib.compress(b"[1]")[2:-4], b"[1]", False),
    "decoded under deflate": ("Deflate", b"[1]", b"[1]", False),
    "brotli": ("br", b"\x0b\x01\x80[1]\x03", b"\x0b\x01\x80[1]\x03", True),
    "decoded under brotli": ("br", b"[1]", b"[1]", False),
    "identity": ("identity", GZIPPED, GZIPPED, False),
}


@pytest.mark.parametrize(("coding", "kept", "body", "coded"), CODED.values(), ids=CODED)
def test_a_body_is_decoded_whatever_was_kept(coding, kept, body, coded):
    """Some files hold what was on the wire and some what came out; the client meets the coding that the header names."""
    content = base64.b64encode(kept).decode()
    response = (
        f"status: {{code: 200, message: OK}}\nheaders: {{Content-Encoding: [{coding}]}}\nbody: {{string: !!binary {content}}}"
    )
    outcome = one(response).outcome
    assert (outcome.body, outcome.coded, outcome.headers) == (body, coded, (("Content-Encoding", coding),))


def test_a_body_that_decodes_to_too_much_stays_coded(monkeypatch):
    """A few kilobytes may stand for gigabytes; the client has to decode them, if anybody has."""
    monkeypatch.setattr(codings, "MAX_BODY", 1000)
    headers = (("Content-Encoding", "gzip"),)
    assert codings.decoded(headers, bomb := gzip.compress(bytes(5000))) == (bomb, True)
    assert codings.decoded(headers, gzip.compress(bytes(1000))) == (bytes(1000), False)


FORM = "headers: {Content-Type: [application/x-www-form-urlencoded]}"
FILE = "body: !!python/object/new:_io.BytesIO\n  state: !!python/tuple\n  - !!binary /wA=\n  - 0\n  - null"
CHUNKS = "body: !!python/object/apply:builtins.iter\n  args:\n  - [!!binary YQ==, b]\n  state: 0"
REQUESTS = {
    "bytes": ("body: !!binary /wA=", b"\xff\x00"),
    "aiohttp json": ("body: {t: 1, u: [null, true, 1.5, 'no', x]}", b'{"t": 1, "u": [null, true, 1.5, "no", "x"]}'),
    "aiohttp json list": ("body: [1, a]", b'[1, "a"]'),
    "aiohttp form": (f"{FORM}\nbody: {{t: 'a b', u: ['1', '2']}}", b"t=a+b&u=1&u=2"),
    "an open file": (FILE, b"\xff\x00"),
    "an iterator": (CHUNKS, b"ab"),
}


@pytest.mark.parametrize(("lines", "body"), REQUESTS.values(), ids=REQUESTS)
def test_every_body_of_a_request_is_read(lines, body):
    """What aiohttp was given as ``json=`` or ``data=`` is sent as aiohttp sends it; files and iterators are their bytes."""
    assert one(request=f"method: POST\nuri: http://a.test/\n{lines}").request.body == body


HEADERS = {
    "lists": "{Accept: ['*/*'], X-A: ['1', '2']}",
    "texts": "{Accept: '*/*', X-A: ['1', 2]}",
    "pairs": "[[Accept, '*/*'], [X-A, '1'], [X-A, '2']]",
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_every_layout_of_headers_is_read(headers):
    """Tables of lists, tables of texts, and the pairs of a multidict."""
    expected = (("Accept", "*/*"), ("X-A", "1"), ("X-A", "2"))
    request = one(request=f"method: get\nurl: http://a.test/\nbody: null\nheaders: {headers}").request
    assert (request.method, request.headers) == ("GET", expected)
    assert one(f"status: {{code: 200, message: OK}}\nbody: abc\nheaders: {headers}").outcome.headers == expected


def test_json_is_read_like_yaml():
    """vcrpy writes the same tables in both."""
    table = {
        "version": 1,
        "interactions": [
            {
                "request": {"method": "POST", "uri": "http://a.test/", "body": {"t": 1.10}, "headers": {}},
                "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "é"}},
            }
        ],
    }
    (found,) = loads(json.dumps(table), "c.json").cassette.interactions
    assert (found.request.body, found.outcome.body, found.recorded) == (b'{"t": 1.1}', "é".encode(), None)


def changed(old, new):
    return PLAIN.replace(old, new)


NO_HEADERS = changed("headers:\n      Accept: ['*/*']\n      Content-Type:\n      - application/json", "headers: x")
WRONG = {
    "misspelt uri": (changed("uri:", "urri:"), "urri:", "unknown key 'urri'", "did you mean 'uri'"),
    "no uri": (changed("    uri: https://api.example.test/things?a=1&b=&a=2\n", ""), "body:", "the key 'uri' is missing", ""),
    "misspelt response": (changed("response:", "respnse:"), "request:", "the key 'response' is missing", "mean 'respnse'"),
    "relative url": (changed("https://api.example.test", ""), "/things", "not an absolute http or https URL", "write it as in"),
    "another version": (changed("version: 1", "version: 2"), "2", "version 2 is not known", "version 1"),
    "status as text": (changed("code: 201", "code: Made"), "Made", "whole number from 100 to 599", ""),
    "no status": (changed("status:", "state:"), "body:", "the key 'status' is missing", "did you mean 'state'"),
    "body of another kind": (changed("string:", "strng:"), "strng", "unknown key 'strng'", "did you mean 'string'"),
    "number for a body": (changed('"h\\xE9llo\\n"', "1.5"), "1.5", "text or bytes, not a number", ""),
    "header with a line break": (changed("- a=1", '- "a\\rb"'), '"a\\rb"', "no line breaks", ""),
    "headers as text": (NO_HEADERS, "x", "pairs, not a string", ""),
    "interactions as table": ("interactions: {a: 1}", "{a", "must be an array", ""),
    "not closed": (changed("['*/*']", "['*/*'"), "Content-Type", "not YAML", ""),
    "binary that is none": (changed('"h\\xE9llo\\n"', "!!binary 1?"), "!!binary", "not base64", ""),
    "not a cassette": ("pages: {}", "pages", "not a cassette that is known", "cassettes of vcrpy"),
    "nearly a cassette": ("interaction: []", "interaction", "not a cassette that is known", "did you mean 'interactions'"),
    "text": ("hello", "hello", "at the top stands no table", "cassettes of vcrpy"),
    "no version": (changed("version: 1\n", ""), "interactions", "the key 'version' is missing", "may be torn"),
    "nothing in it": ("interactions: []\nversion: 1", "interactions", "nothing in it that can be replayed", ""),
    "an empty file": ("", "", "at the top stands no table", ""),
    "before version 1": ("- request: {}\n  response: {}", "- request", "before version 1", "vcr.migration"),
}


@pytest.mark.parametrize(("text", "place", "problem", "hint"), WRONG.values(), ids=WRONG)
def test_what_is_not_understood_is_refused_at_its_place(text, place, problem, hint):
    """With the line, the column and the nearest right thing; never an emptier cassette."""
    with pytest.raises(DocumentError) as caught:
        loads(text, "c.yaml")
    (error,) = [one for one in (caught.value, *caught.value.others) if problem in one.problem]
    assert hint in error.hint
    assert text.split("\n")[error.line - 1][error.column - 1 :].startswith(place)


def test_a_torn_file_is_refused_at_every_length():
    """vcrpy writes the version last: where it is missing, something else may be as well."""
    for end in range(len(PLAIN.rstrip())):
        with pytest.raises(DocumentError):
            loads(PLAIN[:end], "c.yaml")


def test_all_errors_come_at_once():
    """Nobody mends a file one run at a time."""
    with pytest.raises(DocumentError) as caught:
        loads(changed("code: 201", "code: 0").replace("version: 1", "version: 3"), "c.yaml")
    pointers = [one.pointer for one in (caught.value, *caught.value.others)]
    assert pointers == ["interactions[0].response.status.code", "version"]


def test_what_cannot_be_replayed_is_left_out_and_told():
    """A call over another scheme is none of HTTP's, and a key that nobody knows is not kept."""
    other = PLAIN.replace("interactions:\n", "").replace("version: 1\n", "").replace("https:", "ws:")
    found = loads(
        PLAIN.replace("version: 1", other + "version: 1").replace("  response:", "  note: x\n  response:", 1), "c.yaml"
    )
    assert len(found.cassette.interactions) == 1
    assert [str(one) for one in found.lost] == [
        "interaction 1: the key 'note', which is not known",
        "interaction 2: a request over ws, which is neither http nor https",
    ]
    assert "2 left out" in found.cassette.about

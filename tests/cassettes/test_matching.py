from __future__ import annotations

import json
import re
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autogen_harness.cassettes import Interaction, Match
from autogen_harness.cassettes.cassette import Like, Queued
from autogen_harness.cassettes.files.formats import loads
from autogen_harness.cassettes.matching import kinds, matchers, multipart, payloads, places, shapes
from autogen_harness.cassettes.matching.index import Index
from autogen_harness.cassettes.matching.matchers import Asked
from autogen_harness.differences import Difference, render
from autogen_harness.errors import DocumentError, UsageError
from autogen_harness.model import HttpReply, HttpRequest

URLS = st.builds(
    "{}://{}{}?{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["a.test", "A.test", "b.test", "a.test:80", "a.test:8080"]),
    st.sampled_from(["", "/", "/x", "/%78", "/x/y", "/x%2Fy", "/~z", "/%7Ez"]),
    st.lists(st.sampled_from(["p=1", "p=2", "q=", "q", "r=%20", "r=+"]), max_size=3).map("&".join),
)
UUID, OTHER = "9b2c1d7e-0f3a-4c56-8d9e-0123456789ab", "0" * 32


def parts(boundary, *pieces):
    """A multipart body."""
    return "".join(f"--{boundary}\r\n{piece}\r\n" for piece in pieces).encode() + f"--{boundary}--\r\n".encode()


FIELD = 'Content-Disposition: form-data; name="a"\r\n\r\n1'
TYPED = 'content-type: Text/Plain; charset=utf-8\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'
FILE = 'Content-Disposition: form-data; name="f"; filename="x.csv"\r\nContent-Type: text/csv\r\n\r\n1,2\r\n'
BODIES = st.sampled_from(
    [
        *(b"", b'{"a":1,"b":[2]}', b'{"b": [2.0], "a": 1}', b'{"a":true,"b":[2]}', b"NaN", b"\xff", b"[]", b"5", b"<a>"),
        *(b"a=1", b"a=1&b=2", b"b=2&a=1", b"a=2&a=1", b"a=1&a=2", b"a=", b"a", b"a=%31", b"\xff=1"),
        *(f'{{"a": "{value}", "b": [{{"id": "{value}"}}]}}'.encode() for value in (UUID, OTHER, "no")),
        *(b'{"b": [{"id": 1}, {"id": 2}]}', b'{"b": [{"id": 3}, {"id": 4}]}', b'{"b": [{}]}', b'{"b": []}', b'{"b": ["NaN"]}'),
        *(parts("x", FIELD), parts("yy", FIELD, FILE), parts("x", FILE, TYPED), parts("x", FILE), parts("x", FIELD)[:-4]),
    ]
)
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE"])
HEADERS = st.lists(st.sampled_from([("X-Id", "1"), ("x-id", "2"), ("X-Id", UUID), ("Accept", "*/*")]), max_size=3).map(tuple)
REQUESTS = st.builds(HttpRequest, METHODS, URLS, HEADERS, BODIES)
PLACES = ["query.p", "query", "header.X-Id", "body", "body.a", "body.b[*].id", "body.b[0]", "body.b[*]", "body.*", 'body["a"]']
MATCHES = st.builds(
    Match,
    hosts=st.sampled_from([(), ("a.test", "b.test"), ("B.TEST",)]),
    query=st.sampled_from([None, (), ("p",), ("p", "q")]),
    path=st.sampled_from([None, "/x.*", "/~z"]),
    body=st.sampled_from([None, "any", "json", "form", "raw"]),
    headers=st.sampled_from([(), ("X-ID",), ("accept", "x-id")]),
    ignore=st.lists(st.sampled_from(PLACES), max_size=2).map(tuple),
    like=st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(["uuid", "integer", "any", "/[a-z1]+/"])), max_size=2).map(
        tuple
    ),
)


def queue(*interactions):
    index = Index()
    for order, one in enumerate(interactions):
        index.add(Queued(f"c#{order}", one, order, one.times))
    return index


@given(REQUESTS, REQUESTS, MATCHES)
def test_the_index_finds_exactly_what_the_matchers_accept(recorded, sent, match):
    """The quick way and the explaining way are one rule."""
    one = Interaction(recorded, HttpReply(200), match)
    found = queue(one).find(Asked(sent)) is not None
    assert found == (matchers.differences(one, Asked(sent)) == [])


@given(REQUESTS, MATCHES)
def test_a_request_always_fits_its_own_recording(request_, match):
    """Tolerance widens: what was recorded is answered, but for a host, path or kind that the match asks for on purpose."""
    match = Match(query=match.query, body=match.body, headers=match.headers, ignore=match.ignore)
    assert queue(Interaction(request_, HttpReply(200), match)).find(Asked(request_)) is not None


def ask(url="http://a.test/", headers=(), body=b""):
    return HttpRequest("POST", url, headers, body)


@given(REQUESTS, REQUESTS, MATCHES, st.sampled_from(PLACES))
@example(ask(), ask(headers=(("X-Id", "1"),)), Match(like=(("header.X-Id", "integer"),)), "header.X-Id")
@example(ask(), ask(headers=(("X-Id", "1"),)), Match(like=(("header.X-Id", "integer"),)), "header")
@example(ask(body=b'{"b":[2]}'), ask(body=b'{"b":[1,3]}'), Match(like=(("body.*", "integer"),)), "body.b[*]")
@example(ask(body=b'{"b":[2]}'), ask(body=b'{"b":[1,3]}'), Match(like=(("body.*", "integer"),)), "body.b[0]")
@example(ask("http://a.test/?p=1"), ask("http://a.test/?p=2"), Match(like=(("query", "/.*p.*/"),)), "query.p")
def test_what_is_ignored_only_widens(recorded, sent, match, place):
    """A request that fits still fits when one more place is not compared."""
    one = Interaction(recorded, HttpReply(200), match)
    if not matchers.differences(one, Asked(sent)):
        assert matchers.differences(shapes.widened(one, [place]), Asked(sent)) == []


@pytest.mark.parametrize(
    ("recorded", "sent", "fits"),
    [
        ("http://a.test/?a=1&b=2", "http://a.test/?b=2&a=1", True),
        ("http://a.test/?a=1&a=2", "http://a.test/?a=1", False),
        ("http://a.test/?x=1", "http://a.test/?x=1&flag=", False),
        ("http://a.test/", "http://a.test/?x=1", False),
        ("http://a.test", "http://A.test:80/#part", True),
        ("http://a.test/", "https://a.test/", False),
        ("http://a.test/%5EGSPC", "http://a.test/^GSPC", True),
        ("http://a.test/a%2Fb", "http://a.test/a/b", False),
        ("http://a.test/?q=a+b", "http://a.test/?q=a%20b", True),
    ],
)
def test_urls_are_compared_by_meaning(recorded, sent, fits):
    """Order, case of the host, default ports and spellings do not count; values, repeats and blanks do."""
    index = queue(Interaction(HttpRequest("GET", recorded), HttpReply(200)))
    assert (index.find(Asked(HttpRequest("GET", sent))) is not None) == fits


@pytest.mark.parametrize(
    ("method", "recorded", "sent", "fits"),
    [
        ("POST", b'{"a": 1, "b": 2}', b'{"b":2,"a":1}', True),
        ("POST", b'{"a": 1}', b'{"a": 2}', False),
        ("POST", b'{"a": 1}', b'{"a": 1.0}', True),
        ("POST", b'{"a": 1}', b'{"a": true}', False),
        ("PATCH", b"a=1", b"a=2", False),
        ("PUT", b"", b"x", False),
        ("GET", b"", b"x", True),
        ("DELETE", b"", b"x", True),
        ("POST", b"a=1&b=+", b"b=%20&a=1", True),
        ("POST", b"a=1&b=", b"a=1", False),
        ("POST", b"a=1&a=1", b"a=1", False),
        ("POST", b"a=1", b'{"a": "1"}', False),
        ("POST", b'"a"', b"a", False),
        ("POST", parts("x", FIELD, FILE), parts("other", FILE, TYPED), True),
        ("POST", parts("x", FILE), parts("x", FILE.replace("x.csv", "y.csv")), False),
        ("POST", parts("x", FILE), parts("x", FILE.replace("text/csv", "text/plain")), False),
        ("POST", parts("x", FIELD, FIELD), parts("x", FIELD), False),
        ("POST", b"a=2&a=1", b"a=1&a=2", True),
        ("POST", parts("x", FIELD, f"{FIELD}0"), parts("x", f"{FIELD}0", FIELD), True),
    ],
)
def test_bodies_are_compared_for_methods_that_send_one(method, recorded, sent, fits):
    """JSON, forms and parts by meaning, all else byte by byte; a wrong payload must not be answered as if it were right."""
    index = queue(Interaction(HttpRequest(method, "http://a.test/", (), recorded), HttpReply(200)))
    assert (index.find(Asked(HttpRequest(method, "http://a.test/", (), sent))) is not None) == fits


def test_differences_name_each_field():
    """A miss is data: where, what the cassette has, what the request has."""
    one = Interaction(HttpRequest("POST", "http://a.test/x?q=1", (), b'{"a": {"b": 1}}'), HttpReply(200))
    sent = Asked(HttpRequest("PUT", "http://b.test/y?q=2", (), b'{"a": {"b": 2}}'))
    assert matchers.differences(one, sent) == [
        Difference("method", "POST", "PUT"),
        Difference("host", "a.test", "b.test"),
        Difference("path", "/x", "/y"),
        Difference("query.q", "1", "2"),
        Difference("body.a.b", 1, 2),
    ]


def lookups(count, monkeypatch, match):
    """How often a key was made to replay ``count`` interactions."""
    made = []
    original = matchers.key
    monkeypatch.setattr(matchers, "key", lambda *args: made.append(1) or original(*args))
    ones = [Interaction(HttpRequest("GET", f"http://a.test/{n}"), HttpReply(200), match) for n in range(count)]
    index = queue(*ones)
    for n in reversed(range(count)):
        found = index.find(Asked(HttpRequest("GET", f"http://a.test/{n}")))
        assert found is not None
        found.played += 1
    return len(made) / count


@pytest.mark.parametrize("match", [Match(), Match(hosts=("a.test", "b.test"), query=("q",))], ids=["exact", "tolerant"])
def test_a_lookup_costs_the_same_in_a_long_cassette(match, monkeypatch):
    """One key for each kind of tolerance at the origin, whether 10 interactions are queued or 2 000."""
    assert lookups(10, monkeypatch, match) == lookups(2000, monkeypatch, match) == 1


def test_equal_keys_are_answered_in_order_and_an_exact_one_comes_first():
    """What was made for this very request answers before what also fits."""
    request = HttpRequest("GET", "http://a.test/x")
    tolerant = Interaction(request, HttpReply(500), Match(path="/.*"))
    index = queue(tolerant, Interaction(request, HttpReply(201)), Interaction(request, HttpReply(202)))
    statuses = []
    while (queued := index.find(Asked(request))) is not None:
        queued.played += 1
        statuses.append(queued.interaction.outcome.status)
    assert statuses == [201, 202, 500]


def test_canonical_json_is_one_text_for_equal_values():
    """The key of a body is the same however it was written."""
    texts = ['{"a":[1,2.0],"b":null}', '{ "b": null, "a": [1.0, 2] }']
    assert len({payloads.canonical(json.loads(text)) for text in texts}) == 1


def post(body, **headers):
    return HttpRequest("POST", "http://a.test/?t=1&t=2&k=v", tuple(headers.items()), body)


@pytest.mark.parametrize(
    ("rule", "recorded", "sent", "fits"),
    [
        ("raw", b'{"a":1}', b'{"a": 1}', False),
        ("raw", b"a=1&b=2", b"b=2&a=1", False),
        ("form", b"\xffa=1&b=2", b"b=2&\xffa=1", True),
        ("form", b"a=1", b"a=2", False),
        ("json", b"a=1&b=2", b"b=2&a=1", False),
        ("json", b"[1.0]", b"[1]", True),
        ("any", b"x", b"", True),
    ],
)
def test_a_file_may_say_how_bodies_are_compared(rule, recorded, sent, fits):
    """By meaning as JSON or as a form, byte by byte, or not at all; whatever the method."""
    one = Interaction(HttpRequest("DELETE", "http://a.test/", (), recorded), HttpReply(200), Match(body=rule))
    assert (matchers.differences(one, Asked(HttpRequest("DELETE", "http://a.test/", (), sent))) == []) == fits


@pytest.mark.parametrize(
    ("match", "recorded", "sent", "told"),
    [
        (Match(ignore=("query.t",)), post(b""), HttpRequest("POST", "http://a.test/?k=v"), []),
        (Match(ignore=("body.items[*].id",)), post(b'{"items":[{"id":1,"n":2}]}'), post(b'{"items":[{"n":2}]}'), []),
        (Match(ignore=("body.items[0]",)), post(b'{"items":[1,5]}'), post(b'{"items":[2,6]}'), ["body.items[1]"]),
        (Match(ignore=("body.items[*]",)), post(b'{"items":[1]}'), post(b'{"items":[]}'), []),
        (Match(ignore=('body["a.b"]',)), post(b'{"a.b":1}'), post(b'{"a.b":2}'), []),
        (
            Match(ignore=("body", "query", "header"), headers=("x-b",)),
            post(b"1", **{"x-b": "1"}),
            HttpRequest("POST", "http://a.test/"),
            [],
        ),
        (Match(ignore=("body.token",)), post(b"token=x&a=1"), post(b"a=2&token=y"), ["body.a"]),
        (Match(ignore=("body.f.content",)), post(parts("x", FILE)), post(parts("x", FILE + "more")), []),
        (
            Match(ignore=("header.x-a",), headers=("X-A", "X-B")),
            post(b"", **{"x-b": "1"}),
            post(b"", **{"X-A": "1"}),
            ["header.x-b"],
        ),
        (Match(like=(("body.id", "uuid"),)), post(b'{"id": "<id>"}'), post(f'{{"id": "{UUID}"}}'.encode()), []),
        (Match(like=(("body.id", "uuid"),)), post(b'{"id": "<id>"}'), post(b'{"id": "7"}'), ["body.id"]),
        (Match(like=(("body.id", "any"),)), post(b'{"id": 1}'), post(b"{}"), ["body.id"]),
        (Match(like=(("query.t", "integer"),)), post(b""), post(b""), []),
        (Match(like=(("header.X-Key", "/k-[0-9]+/"),)), post(b""), post(b"", **{"x-key": "k-1"}), []),
        (Match(like=(("header.X-Key", "/k-[0-9]+/"),)), post(b""), post(b""), ["header.x-key"]),
        (Match(like=(("body", "/<a>.*/"),)), post(b"<a>1"), post(b"<a>2"), []),
        (Match(like=(("body", "/<a>.*/"),)), post(b"<a>1"), post(b"{}"), ["body"]),
    ],
)
def test_places_may_differ_or_have_only_to_be_of_a_kind(match, recorded, sent, told):
    """What is named is not compared, or only its kind is; all else is, and is told under its own place."""
    one = Interaction(recorded, HttpReply(200), match)
    assert [found.path for found in matchers.differences(one, Asked(sent))] == told
    assert (queue(one).find(Asked(sent)) is not None) == (told == [])


def test_a_difference_of_kind_says_the_kind():
    """The reader sees what the value has to be, not the placeholder of the recording."""
    one = Interaction(post(b'{"id": "<id>"}'), HttpReply(200), Match(like=(("body.id", "uuid"),)))
    found = matchers.differences(one, Asked(post(b'{"id": 7}')))
    assert (
        render(found, expected="cassette has", actual="request has", indent="")
        == "body.id: cassette has any uuid, request has 7"
    )


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("uuid", [UUID, UUID.upper(), OTHER, [UUID, OTHER]], ["", "x", 7, None, [], [UUID, "x"], f"{UUID} "]),
        (
            "timestamp",
            ["2026-01-31", "2026-01-31T12:00:00Z", "2026-01-31 12:00:00.5+01:00", 0, 1.5, "1503435956.0002"],
            ["31.1.", -1, True],
        ),
        ("timestamp", ["2026-01-31T12:00+0100"], ["2026-13-01", "2026-01-31T25:00:00Z", None, "", {}]),
        ("integer", [0, -5, 2.0], [True, 1.5, "5", None, float("inf")]),
        ("any", [None, "", [], {}], []),
        ("/[a-z]+/", ["abc", ["a", "b"]], ["abC", 1, "", []]),
        ("/true|1/", [True, 1, 1.0], [False]),
    ],
)
def test_kinds_tell_good_values_from_bad(kind, good, bad):
    """An id has two spellings, a number in quotes is none in JSON, and an expression is for the whole value."""
    assert [kinds.fits(kind, value, text=False) for value in [*good, *bad]] == [True] * len(good) + [False] * len(bad)


def test_in_a_query_a_number_is_text():
    """There is nothing else in queries, forms and headers."""
    assert [kinds.fits("integer", value, text=True) for value in ("5", "-5", "5.0", "x")] == [True, True, False, False]


def test_the_kinds_are_those_that_a_file_may_name():
    """One list for the reader of files, one for the matchers."""
    assert sorted(kinds.KINDS) == sorted(get_args(Like))


@pytest.mark.parametrize(
    ("match", "says"),
    [
        (Match(ignore=("querry.t",)), "did you mean 'query'?"),
        (Match(ignore=("path",)), "match.path"),
        (Match(ignore=("body..a",)), "cannot be read from '..a' on"),
        (Match(ignore=("body.a[x]",)), "cannot be read from '[x]' on"),
        (Match(like=(("body.id", "uid"),)), "did you mean 'uuid'?"),
        (Match(like=(("body.id", "/(/"),)), "not a regular expression"),
    ],
)
def test_what_is_no_place_or_kind_is_an_error(match, says):
    """It would silently compare what was meant to be ignored."""
    with pytest.raises(UsageError, match=re.escape(says)):
        queue(Interaction(HttpRequest("GET", "http://a.test/"), HttpReply(200), match))


def test_a_wrong_place_in_a_file_is_told_with_its_line():
    """All of them at once, when the file is read."""
    match = '"match": {\n"ignore": ["qury.t"],\n"like": {"body.id": "uuid",\n"bdy.id": "uuid"}}'
    one = f'{{"request": {{"method": "GET", "url": "http://a.test/"}}, "outcome": {{"response": {{"status": 200}}}}, {match}}}'
    with pytest.raises(DocumentError) as refused:
        loads(f'{{"format": "autogen-harness-cassette/1", "interactions": [{one}]}}', "c.json")
    errors = [refused.value, *refused.value.others]
    assert [(one.line, "did you mean" in one.problem) for one in errors] == [(2, True), (4, True)]


@given(st.binary(max_size=40), st.sampled_from([None, "x.bin"]), st.sampled_from(["a", "b c", "ü"]))
@example(b"\r\n--", None, "a")
def test_parts_come_back_as_they_were_sent(content, filename, name):
    """Whatever the content, with the boundary that the client has chosen."""
    disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    head = f"Content-Disposition: {disposition}\r\n\r\n".encode()
    body = b"--bound\r\n" + head + content + b"\r\n--bound--\r\n"
    assert multipart.split(body) == [(name, filename, "text/plain", content)]


@given(st.from_regex(r"(body|header|query|bdy)([.\[]([a*0]|\"(a\\\\?|\n)\"|1)\]?){0,2}", fullmatch=True))
@example('body["\\u00e9"]')
@example('body["\\x"]')
@example("body.a\n")
def test_a_schema_and_the_matchers_read_the_same_places(place):
    """An editor marks what would be refused, and nothing else."""
    try:
        read = bool(places.parse(place))
    except ValueError:
        read = False
    assert read == bool(re.search(places.PATTERN, place))


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_a_place_that_is_not_there_changes_nothing(value):
    """A path into nowhere is followed as far as it goes."""
    assert places.without(value, ("\0 no such name", 3, places.EVERY)) == value

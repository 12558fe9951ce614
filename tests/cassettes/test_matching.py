from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness.cassettes import Interaction, Match, matchers
from autogen_harness.cassettes.cassette import Queued
from autogen_harness.cassettes.index import Index
from autogen_harness.cassettes.matchers import Asked
from autogen_harness.differences import Difference
from autogen_harness.model import HttpReply, HttpRequest

URLS = st.builds(
    "{}://{}{}?{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["a.test", "A.test", "b.test", "a.test:80", "a.test:8080"]),
    st.sampled_from(["", "/", "/x", "/%78", "/x/y", "/x%2Fy", "/~z", "/%7Ez"]),
    st.lists(st.sampled_from(["p=1", "p=2", "q=", "q", "r=%20", "r=+"]), max_size=3).map("&".join),
)
BODIES = st.sampled_from([b"", b'{"a":1,"b":[2]}', b'{"b": [2.0], "a": 1}', b'{"a":true,"b":[2]}', b"a=1", b"NaN", b"\xff"])
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE"])
REQUESTS = st.builds(HttpRequest, METHODS, URLS, st.just(()), BODIES)
MATCHES = st.builds(
    Match,
    hosts=st.sampled_from([(), ("a.test", "b.test"), ("B.TEST",)]),
    query=st.sampled_from([None, (), ("p",), ("p", "q")]),
    path=st.sampled_from([None, "/x.*", "/~z"]),
    body=st.sampled_from([None, "any", "json"]),
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
    """Tolerance widens: what was recorded is answered, but for a host or path that the match leaves out on purpose."""
    match = Match(query=match.query, body=match.body)
    assert queue(Interaction(request_, HttpReply(200), match)).find(Asked(request_)) is not None


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
    ],
)
def test_bodies_are_compared_for_methods_that_send_one(method, recorded, sent, fits):
    """JSON by meaning, all else byte by byte; a wrong payload must not be answered as if it were right."""
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
    assert len({matchers.canonical(json.loads(text)) for text in texts}) == 1

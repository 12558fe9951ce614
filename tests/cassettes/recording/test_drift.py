from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness.cassettes import Cassette, Interaction, Match
from autogen_harness.cassettes.recording.drift import compare_cassettes, compare_outcomes, render_drifts
from autogen_harness.differences import ABSENT
from autogen_harness.model import HttpFailure, HttpReply, HttpRequest

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab1-", max_size=3), inner, max_size=3),
    max_leaves=8,
)


def reply(value=None, *headers, status=200, body=None, media="application/json", **rest):
    raw = json.dumps(value).encode() if body is None else body
    return HttpReply(status, "OK", (("Content-Type", media), *headers), raw, **rest)


def seen(before, after):
    """Kinds and places alone."""
    return [(one.kind, one.place) for one in compare_outcomes(before, after)]


QUOTE = {"price": 1.5, "name": "NVDA", "tags": [{"id": 1, "note": "x"}, {"id": 2}]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"price": 2}, [("value", "body.price")]),
        ({"price": "2"}, [("shape", "body.price")]),
        ({"price": None}, [("shape", "body.price")]),
        ({"price": True}, [("shape", "body.price")]),
        ({"more": 1}, [("shape", "body.more")]),
        ({"tags": []}, [("value", "body.tags[0]"), ("value", "body.tags[1]")]),
        ({"tags": [{"id": 1}]}, [("value", "body.tags[0].note"), ("value", "body.tags[1]")]),
        ({"tags": [{"note": "x"}, {"id": 2}]}, [("shape", "body.tags[].id")]),
        ({"tags": [{"id": 1, "note": 3}, {"id": 2}]}, [("shape", "body.tags[].note")]),
        ({"tags": {"id": 1}}, [("shape", "body.tags")]),
    ],
    ids=json.dumps,
)
def test_shape_and_values_of_json_are_told_apart(changes, expected):
    """Another kind, a new or a lost field is shape; a value, fewer elements or an optional field is not."""
    assert seen(reply(QUOTE), reply(QUOTE | changes)) == expected


def test_keys_that_are_data_have_one_shape():
    """An object by date or by number looks the same the day after, but for what stands in it."""
    before = reply({"series": {"2026-01-05": {"close": 1}, "2026-01-06": {"close": 2}}})
    assert {kind for kind, _ in seen(before, reply({"series": {"2026-02-07": {"close": 3}}}))} == {"value"}
    assert ("shape", "body.series.*.close") in seen(before, reply({"series": {"2026-02-07": {"close": "3"}}}))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (reply({"a": 1}, ("Server", "b"), ("Date", "Tue")), [("header", "header.server")]),
        (reply({"a": 1}), [("header", "header.server")]),
        (reply({"a": 1}, ("Server", "a"), media="application/json; charset=utf-8"), [("header", "header.content-type")]),
        (reply({"a": 1}, ("server", "a"), media="text/html"), [("shape", "header.content-type")]),
        (reply({"a": 1}, ("Server", "a"), status=503), [("status", "status")]),
        (HttpFailure("reset"), [("status", "status")]),
        (reply(body=b"oops", media="application/json"), [("header", "header.server"), ("shape", "body")]),
        (reply(body=b"\xff", media="application/json"), [("header", "header.server"), ("shape", "body")]),
        (reply(body=b"", media="application/json"), [("header", "header.server"), ("shape", "body")]),
    ],
)
def test_headers_media_types_and_outcomes_drift_by_themselves(after, expected):
    """Volatile headers say nothing; another media type or kind of body is shape; of another outcome nothing else is told."""
    assert seen(reply({"a": 1}, ("Server", "a"), ("Date", "Mon")), after) == expected


def test_bodies_that_are_no_json_drift_in_value():
    """Text and bytes are compared as they are; what could not be decoded by its bytes."""
    page = {"media": "text/html"}
    assert seen(reply(body=b"<p>1", **page), reply(body=b"<p>2", **page)) == [("value", "body")]
    assert seen(reply(body=b"{}", coded=True), reply(body=b"{1", coded=True)) == [("value", "body")]


@given(JSON_VALUES)
def test_nothing_drifts_from_itself(value):
    """Whatever is recorded, an equal answer is no drift."""
    assert compare_outcomes(reply(value), reply(value)) == []


@given(JSON_VALUES, JSON_VALUES)
def test_every_difference_of_bodies_is_some_drift(before, after):
    """Bodies without drift are equal, and those with drift are not."""
    assert bool(compare_outcomes(reply(before), reply(after))) == (reply(before).body != reply(after).body)


def asked(path, outcome, **rest):
    return Interaction(HttpRequest("GET", f"http://a.test/{path}"), outcome, **rest)


def test_cassettes_are_compared_request_by_request():
    """Equal requests pair in order, within the tolerance of what was recorded; the rest is new or missing."""
    before = Cassette(
        [
            asked("poll", reply({"n": 1})),
            asked("poll", reply({"n": 2})),
            asked("gone", reply({})),
            asked("maybe", reply({}), optional=True),
            asked("t?at=1&q=x", reply({}), match=Match(query=("q",))),
        ]
    )
    after = Cassette(
        [
            asked("t?at=2&q=x", reply({})),
            asked("poll", reply({"n": 1})),
            asked("poll", reply({"n": "2"})),
            asked("more", reply({})),
        ]
    )
    found = [(one.kind, one.place, one.request) for one in compare_cassettes(before, after)]
    assert found == [
        ("shape", "body.n", "GET http://a.test/poll"),
        ("new", "interaction", "GET http://a.test/more"),
        ("missing", "interaction", "GET http://a.test/gone"),
    ]


def test_drift_is_shown_by_request_and_worst_first():
    """A reader sees what broke before what only changed."""
    drifts = compare_outcomes(reply({"a": 1, "b": 1}, ("Server", "x")), reply({"a": 2}, ("Server", "y")), "GET http://a.test/")
    assert render_drifts(drifts).splitlines() == [
        "GET http://a.test/",
        '  shape body.b: recorded "number", now (absent)',
        '  header header.server: recorded "x", now "y"',
        "  value body.a: recorded 1, now 2",
    ]
    assert [one.breaks for one in drifts] == [False, True, False]
    assert drifts[1].after is ABSENT

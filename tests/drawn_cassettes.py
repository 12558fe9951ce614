"""Cassettes of every kind, drawn for properties."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from autogen_harness.cassettes import Cassette, Interaction, Match
from autogen_harness.cassettes.cassette import Like, Recorded, Scenario, Timing
from autogen_harness.cassettes.files.bodies import STYLES
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
        st.tuples(PLACES, st.sampled_from([*get_args(Like), "/a+/"])), max_size=3, unique_by=lambda pair: pair[0]
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
    chunks=st.lists(st.integers(1, 9), max_size=2).map(tuple),
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

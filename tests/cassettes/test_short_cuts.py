"""What is done in a shorter way for most requests and files comes out as it does for all others."""

from __future__ import annotations

import gc
import io
import re
from http.client import HTTPResponse
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autogen_harness import documents
from autogen_harness.cassettes.backends.bodies import Body
from autogen_harness.cassettes.cassette import Interaction, Match
from autogen_harness.cassettes.files import fields
from autogen_harness.cassettes.files.checks import Checks
from autogen_harness.cassettes.files.collecting import MANY, held_back
from autogen_harness.cassettes.matching import asked, matchers
from autogen_harness.cassettes.matching.asked import Asked
from autogen_harness.cassettes.matching.shapes import shape
from autogen_harness.errors import DocumentError
from autogen_harness.model import HttpReply, HttpRequest

PIECES = ("name", "Name", "1", "", "=", "&", "/", ".", "..", "~", "-", "_", ";", ":", "@", "!", "$", "'", "(", "*", ",", "|")
ODD = ("%2F", "%7e", "%", "+", "#", "?", "é", " ", "[", "\\", '"', "<", "\t")
NAMES = ("host", "a.b-c.org", "127.0.0.1", "HOST", "host:80", "host:443", "host:8080", "host:0", "u:p@host", "[::1]:9")
texts = st.lists(st.sampled_from([*PIECES, *PIECES, *ODD]), max_size=8).map("".join)
urls = st.builds(
    lambda scheme, host, path, query: f"{scheme}://{host}{path}{query}",
    st.sampled_from(["http", "https", "HTTPS"]),
    st.sampled_from(NAMES),
    st.just("") | texts.map("/{}".format),
    st.just("") | texts.map("?{}".format),
)


def parts(made: Asked) -> dict[str, object]:
    return {name: getattr(made, name) for name in ("scheme", "host", "port", "raw_path", "path", "query")}


def parts_the_long_way(url: str) -> dict[str, object]:
    made = Asked(HttpRequest("GET", "http://x"))
    made._take_apart(urlsplit(url))
    return parts(made)


@given(urls)
@example("https://host")
@example("https://host?")
@example("http://host:0/")
@example("https://host/a?b&=c&&d=e=f")
def test_a_plain_url_is_taken_apart_as_any_other(url: str):
    """Where the short way is taken, it finds what the standard library finds."""
    assert parts(Asked(HttpRequest("GET", url))) == parts_the_long_way(url)


@pytest.mark.parametrize(
    "url", ["http://host/a{}b", "http://host/a?b{}c=1", "http://host/a?b=1{}c", "http://host{}", "http://a{}b.c/"]
)
def test_no_character_is_mistaken_for_a_plain_one(url: str):
    """At each place of a URL, every character of ASCII and some beyond mean what they mean in general."""
    for character in map(chr, [*range(256), 0x2028, 0xDC80]):
        filled = url.format(character)
        try:
            expected = parts_the_long_way(filled)
        except ValueError as error:
            with pytest.raises(ValueError, match=re.escape(str(error))):
                Asked(HttpRequest("GET", filled))
        else:
            assert parts(Asked(HttpRequest("GET", filled))) == expected, filled


@pytest.mark.parametrize("url", ["https://query1.host.com/v8/chart/NVDA?range=1mo&interval=1d", "http://host:8080/a/b.json"])
def test_the_short_way_is_taken(url: str):
    """The URLs of most services are plain."""
    assert asked._PLAIN.fullmatch(url)


@given(
    method=st.sampled_from(["GET", "POST", "DELETE"]),
    match=st.builds(
        Match,
        query=st.none() | st.just(("a",)),
        path=st.none() | st.just("/.*"),
        body=st.sampled_from([None, "any", "raw"]),
        headers=st.sampled_from([(), ("x-a",)]),
        ignore=st.sampled_from([(), ("query.t",), ("query",)]),
    ),
)
def test_a_simple_shape_gives_the_key_that_it_would_give(method: str, match: Match):
    """A shape is called simple only where method, path and query are all that counts."""
    request = HttpRequest(method, "https://host/a?b=1&a=2", (("X-A", "1"),), b"body")
    one = Interaction(request, HttpReply(200), match)
    form = shape(one)
    sent = Asked(request)

    assert matchers.key(form, sent) == matchers.own_key(form, one)
    assert form.simple == (matchers.own_key(form, one) == (sent.path, sent.query, None) and form.path is None and form.exact)


def test_interactions_that_say_nothing_of_matching_have_the_shapes_that_are_worked_out():
    """The shape that is at hand for them is the one of an equal rule that was made elsewhere."""
    for method in ("GET", "POST"):
        request = HttpRequest(method, "https://host/")
        assert shape(Interaction(request, HttpReply(200))) == shape(Interaction(request, HttpReply(200), Match()))


@pytest.mark.parametrize("text", ["[1.10, 1.10]", "[1.5, 1.5, 1.50]", "[1e3, 1000.0]", "[NaN, NaN]"])
def test_a_number_that_stands_there_twice_is_looked_at(text: str):
    """Floats are remembered by how they are written, and an inexact one is refused wherever it stands."""
    with pytest.raises(DocumentError):
        documents.parse_json(text, "x.json")


@pytest.mark.parametrize("keys", [("to", "about"), ("about",), ("first_byte",), ("first_byte", "total", "totl")])
def test_keys_that_were_right_before_make_no_others_right(keys: tuple[str, ...]):
    """A table of a file is held against its keys, whatever tables came before it."""
    checks = Checks()
    checks.keyed({"first_byte": 1, "total": 2}, (), fields.TIMING)
    checks.keyed({"total": 1, "first_byte": 2}, (), fields.TIMING)
    assert not checks.problems

    checks.keyed(dict.fromkeys(keys, 1), (), fields.TIMING)
    assert checks.problems


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_as_it_was(was_on: bool):  # noqa: FBT001 - a parameter of the test
    """It is held back inside of the block, nested ones included, and then on again where it was on."""
    (gc.enable if was_on else gc.disable)()
    try:
        with pytest.raises(KeyError), held_back(), held_back():
            assert not gc.isenabled()
            raise KeyError
        assert gc.isenabled() is was_on
    finally:
        gc.enable()


def test_what_was_frozen_stays_frozen():
    """Objects that the program itself keeps from the collector are not thawed by reading a large cassette."""
    gc.freeze()
    try:
        before = gc.get_freeze_count()
        with held_back():
            made = [[] for _ in range(2 * MANY)]
        assert gc.get_freeze_count() == before
        del made
    finally:
        gc.unfreeze()


def test_what_was_made_is_still_collected():
    """Garbage among what was made while the collector was held back is found by a full collection."""
    with held_back():
        made = [[] for _ in range(2 * MANY)]
        made.append(made)
        del made

    assert gc.collect() > MANY


class Wire:
    """A socket whose reply is all there."""

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef")


@given(st.lists(st.none() | st.integers(0, 7), max_size=5))
@example([3, 3, 1])
def test_a_body_is_closed_when_a_response_of_the_standard_library_is(sizes):
    """Read in any pieces, it gives the same bytes, and is closed with the last of them: urllib3 streams until it is."""
    real = HTTPResponse(Wire())  # the part of a socket that it uses
    real.begin()
    body = Body(b"abcdef")
    for size in sizes:
        assert body.read(size) == real.read(size)
        assert (body.isclosed(), body.closed) == (real.isclosed(), real.isclosed())

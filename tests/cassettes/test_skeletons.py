"""The beginning of a cassette loads, and answers the request that it was made for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness.cassettes.files.formats import loads
from autogen_harness.cassettes.files.skeletons import begin, place, skeleton
from autogen_harness.cassettes.matching import matchers
from autogen_harness.errors import UsageError
from autogen_harness.model import HttpRequest

URLS = st.sampled_from(
    ["http://a.test/", "https://b.test:8443/x%20y/é?q=1&q=&r", f"https://a.test/{'long/' * 40}?q={'z' * 80}"]
)
BODIES = st.sampled_from([b"", b'{"a": 1}', b'{"a": 1.10}', b'"text"', b"a=1", b"\xff", b'{"a": "%s"}' % (b"x" * 500)])
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])


@given(METHODS, URLS, BODIES, st.integers(100, 599))
def test_a_skeleton_loads_and_answers_its_request(method, url, body, status):
    """Whatever was sent."""
    request = HttpRequest(method, url, (), body)
    (one,) = loads(skeleton(request, status)).interactions
    assert matchers.differences(one, matchers.Asked(request)) == []
    assert one.outcome.status == status


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("https://a.test/v1?api_key=hidden12345&q=1", b""),
        ("https://a.test/v1?q=1", b'{"password": "hidden12345", "q": 1}'),
        ("https://ann:hidden12345@a.test/v1", b""),
        ("https://hooks.slack.com/services/T0123ABCD/B0123ABCD/hidden12345AbCdEfGhIjKlM", b"{}"),
    ],
    ids=["query", "body", "user", "path"],
)
def test_a_skeleton_holds_no_secret_and_answers_all_the_same(tmp_path, url, body):
    """It is pasted into a file that goes into a repository; its name is a secret no more than its text."""
    request = HttpRequest("POST", url, (("Content-Type", "application/json"),), body)
    text = skeleton(request)
    assert "hidden12345" not in text + str(place(request, [tmp_path])).lower()
    (one,) = loads(text).interactions
    assert matchers.differences(one, matchers.Asked(request)) == []


def test_a_skeleton_is_short():
    """It is read in a terminal."""
    text = skeleton(HttpRequest("POST", "https://api.support.test/v1/tickets", (), b'{"title": "Printer"}'))
    assert len(text.splitlines()) <= 6
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(
    ("method", "url", "name"),
    [
        ("GET", "https://api.support.test/v1/tickets/43?key=secret", "api.support.test/v1-tickets-43"),
        ("GET", "https://a.test", "a.test/get"),
        ("POST", "https://a.test/Hook%20me/", "a.test/post-hook-me"),
        ("GET", "https://a.test/../..", "a.test/get"),
    ],
)
def test_a_name_says_host_and_path(tmp_path, method, url, name):
    """Never the query, which may hold a key, and never a way out of the folder."""
    request = HttpRequest(method, url)
    assert place(request, [tmp_path]) == (name, tmp_path / f"{name}.json")


def test_a_file_that_is_there_is_not_named(tmp_path):
    """Following the advice must not overwrite a cassette."""
    request = HttpRequest("GET", "https://a.test/x")
    for name in ("x", "x-2"):
        path = tmp_path / "a.test" / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert place(request, [tmp_path])[0] == "a.test/x-3"


def test_a_path_below_the_current_folder_is_relative_to_it(tmp_path, monkeypatch):
    """It is to be copied."""
    monkeypatch.chdir(tmp_path)
    _, path = place(HttpRequest("GET", "https://a.test/x"), [tmp_path / "tests" / "cassettes"])
    assert str(path) == "tests/cassettes/a.test/x.json"


@pytest.mark.parametrize(
    ("method", "url", "status", "says"),
    [
        ("https://a.test/", "GET", 200, "'https://a.test/' is no method"),
        ("GET", "a.test/x", 200, "not an absolute http or https URL: 'a.test/x'"),
        ("GET", "https://a.test/", 99, "99 is no status"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(method, url, status, says):
    """A skeleton that does not load would help nobody."""
    with pytest.raises(UsageError, match=says):
        begin(method, url, status, ())

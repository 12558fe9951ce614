"""Recording as a user of pytest meets it."""

from __future__ import annotations

import json

import pytest
from conformance.origin import Origin

pytest.importorskip("requests")

ALLOWED = "harness_allow_hosts = 127.0.0.1"


@pytest.fixture
def origin(monkeypatch):
    """A real server outside of the pytest that is tried."""
    server = Origin()
    monkeypatch.setenv("ORIGIN", server.url)
    yield server
    server.close()


PREAMBLE = """\
import os
import pytest
import requests


def get(path):
    return requests.get(os.environ["ORIGIN"] + path, timeout=10).json()


"""

OWN = """
@pytest.mark.parametrize("n", range(4))
def test_own(harness, n):
    _ = harness.http
    assert get(f"/echo?n={n}")["target"] == f"/echo?n={n}"
"""


@pytest.fixture
def go(run):
    return lambda source, *arguments, ini=ALLOWED: run(source, *arguments, ini=ini, preamble=PREAMBLE)


def kept(pytester):
    """Every file of the project's folder, with the targets that it answers."""
    root = pytester.path / "tests" / "cassettes"
    files = {path.relative_to(root).as_posix(): json.loads(path.read_text("utf-8")) for path in root.rglob("*.json")}
    urls = {name: [one["request"]["url"] for one in file["interactions"]] for name, file in files.items()}
    return {name: sorted("/" + url.split("/", 3)[3] for url in found) for name, found in urls.items()}


def test_each_test_records_and_plays_a_cassette_of_its_own(go, pytester, origin):
    """With one option, and without any from then on; the report says what was written."""
    first = go(OWN, "--harness-record=once")
    first.assert_outcomes(passed=4)
    first.stdout.fnmatch_lines(["*autogen-harness: recorded*", "recording: 1 interaction recorded into *test_own-0.json"])
    assert kept(pytester) == {f"test_it/test_own-{n}.json": [f"/echo?n={n}"] for n in range(4)}
    assert len(origin.hits) == 4
    go(OWN).assert_outcomes(passed=4)
    assert len(origin.hits) == 4
    go(OWN, "--harness-record=verify").assert_outcomes(passed=4)
    assert len(origin.hits) == 8


SHARED = """
@pytest.mark.parametrize("n", range(12))
def test_shared(harness, n):
    harness.http.record("shared/echo", mode="once", optional=True)
    for part in range(3):
        assert get(f"/echo?n={n}&part={part}")["target"] == f"/echo?n={n}&part={part}"
"""


def test_processes_record_into_one_file_and_into_several(go, pytester, origin):
    """Nothing is lost; `all` puts what this run recorded in place of what another did; a replay sends nothing."""
    shared = sorted(f"/echo?n={n}&part={part}" for n in range(12) for part in range(3))
    everything = {"shared/echo.json": shared} | {f"test_it/test_own-{n}.json": [f"/echo?n={n}"] for n in range(4)}
    first = go(SHARED + OWN, "-n2", "--harness-record=once")
    first.assert_outcomes(passed=16)
    assert kept(pytester) == everything
    first.stdout.fnmatch_lines(["recording: 3 interactions recorded into *echo.json (by each of 12 tests)"])
    go(SHARED + OWN, "-n2", "--harness-record=all").assert_outcomes(passed=16)
    assert kept(pytester) == everything
    hits = len(origin.hits)
    go(SHARED + OWN).assert_outcomes(passed=16)
    assert len(origin.hits) == hits == 2 * (len(shared) + 4)


@pytest.mark.parametrize("wrong", ["assert False", "harness.expect('http-unplayed')"], ids=["body", "verdict"])
def test_the_message_of_a_failed_test_says_where_its_recording_is(go, pytester, origin, wrong):
    """Whether its own body fails or the harness finds something; the good file is as it was."""
    source = f"""
def test_it(harness):
    _ = harness.http
    get("/echo?n=1")
    {wrong}
"""
    result = go(source, "--harness-record=once")
    result.assert_outcomes(failed=1)
    assert kept(pytester) == {"test_it/test_it.failed.json": ["/echo?n=1"]}
    result.stdout.fnmatch_lines(["recording: 1 interaction recorded into *test_it.failed.json, apart from test_it.json*"])
    failure = result.stdout.str().split("= autogen-harness: recorded")[0]
    assert "test_it.failed.json" in failure


def test_a_marker_records_a_test_that_never_mentions_http(go, pytester, origin):
    """Its tools do; a mode that does not exist is an error of that test."""
    source = """
@pytest.mark.harness(record="once")
def test_marked(harness):
    get("/echo?n=1")


@pytest.mark.harness(record="onec")
def test_wrong(harness):
    pass


@pytest.mark.harness(record="once", clock="2026-01-01")
def test_frozen(harness):
    pass
"""
    result = go(source)
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(
        ["*no record mode 'onec'; did you mean 'once'*", "*wall time is frozen, and recording takes real time*"]
    )
    assert kept(pytester) == {"test_it/test_marked.json": ["/echo?n=1"]}


def test_in_ci_the_option_needs_a_second_one(go, pytester, origin, monkeypatch):
    """One line in place of a run; comparing writes nothing and needs none."""
    monkeypatch.setenv("CI", "true")
    refused = go(OWN, "--harness-record=all")
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    refused.stderr.fnmatch_lines(["*--harness-record=all: this is CI*unless you add --harness-record-in-ci*"])
    go(OWN, "--harness-record=all", "--harness-record-in-ci").assert_outcomes(passed=4)
    go(OWN, "--harness-record=verify").assert_outcomes(passed=4)
    assert len(kept(pytester)) == 4


def test_a_secret_that_would_have_been_written_fails_the_test(go, pytester, origin):
    """By its name, and the file is not there."""
    source = """
def test_it(harness, monkeypatch):
    monkeypatch.setenv("MY_API_KEY", "abcdefgh-12345678")
    _ = harness.http
    get("/echo?q=abcdefgh-12345678")
"""
    result = go(source, "--harness-record=once")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*http-unrecorded: *test_it.json was not written, because it would hold a secret*", "*MY_API_KEY"]
    )
    assert kept(pytester) == {}

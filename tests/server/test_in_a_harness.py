"""``harness.server``: the same script, ledger and clock as everything else in a test, and nothing left after it."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from autogen_harness import Harness, fail, say
from autogen_harness.errors import HarnessFailure, UsageError


@pytest.fixture
def ask(client):
    """One question to the server of a harness."""
    return lambda harness, text="hi", **options: client(harness.server).chat(text, tools=(), **options)


def ours():
    return [thread for thread in threading.enumerate() if thread.name.startswith("autogen_harness server")]


def test_the_fixture_is_the_server_of_the_harness(harness, llm_server, ask):
    """One script, one ledger."""
    harness.llm.script(say("hello"))
    assert llm_server is harness.server
    assert ask(harness).message["content"] == "hello"
    assert [turn.said for turn in harness.transcript.turns] == ['say "hello"']


def test_nothing_is_left_after_a_harness(ask):
    """No thread, and no one who listens."""
    with Harness() as harness:
        harness.llm.script(say("hello"))
        asked = ask(harness)
        assert ours()
        url = harness.server.url
    assert (asked.status, ours()) == (200, [])
    with pytest.raises(UsageError, match="not open"):
        Harness().server  # noqa: B018 - to look at it starts it
    with Harness() as harness:
        harness.expect("network-attempted")
        with pytest.raises(Exception, match=r"blocked|refused"):
            ask_again(url)


def ask_again(url):
    import urllib.request

    urllib.request.urlopen(url)


@pytest.mark.parametrize(
    ("turns", "path", "rule"),
    [((), "/v1/chat/completions", "script-exhausted"), ((), "/v1/embeddings", "http-unmatched")],
    ids=["no turn", "no such path"],
)
def test_what_goes_wrong_on_the_socket_fails_the_test(client, turns, path, rule):
    """However the client takes the error."""
    with pytest.raises(HarnessFailure) as caught, Harness() as harness:
        harness.llm.script(*turns)
        client(harness.server).send("POST", path, {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]})
    assert [finding.rule for finding in caught.value.findings] == [rule]


def test_a_key_that_names_no_script_is_a_finding_of_the_test(client):
    """A server of one harness has one script, and a wrong name is a wrong name."""
    with pytest.raises(HarnessFailure, match="no script 'tset'; the server has 'test'"), Harness() as harness:
        client(harness.server, **{"X-Harness-Script": "tset"}).chat("hi")


def test_examples_begin_anew(harness, ask):
    """Attempts and conversations too."""
    for _ in range(3):
        with harness.example():
            harness.llm.script(fail(503), say("hello"))
            assert [ask(harness).status for _ in range(2)] == [503, 200]
            assert len(harness.server.attempts) == 2


def test_time_passes_although_a_connection_is_open(harness, client):
    """Threads of the server wait for clients: the clock does not take that for work."""
    harness.llm.script(say("one"), say("two"))
    asks = client(harness.server)
    asks.chat("hi")

    async def wait():
        await asyncio.sleep(3600)

    time.sleep(3600)
    asyncio.run(wait())
    asks.chat("hi")
    assert harness.clock.elapsed == 7200


def test_requests_and_aiohttp_reach_it_too(harness):
    """No cassette is asked for what this process serves."""
    requests = pytest.importorskip("requests")
    harness.llm.script(say("hello"))
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
    told = requests.post(
        f"{harness.server.url}/chat/completions",
        json=body,
        headers={"Authorization": f"Bearer {harness.server.key}"},
        timeout=9,
    )
    assert told.json()["choices"][0]["message"]["content"] == "hello"

"""The webhook receiver is a real server: every client delivers to it, and what came can be asked."""

from __future__ import annotations

import asyncio
import hmac
import json
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from autogen_harness import Harness
from autogen_harness.cassettes import WebhookDelivery
from autogen_harness.clock.threads import others_at_work
from autogen_harness.errors import HarnessFailure, UsageError
from autogen_harness.model import HttpReply
from autogen_harness.report.telling import lines_of
from autogen_harness.settings import Settings

EVENT = {"event": "lead.scored", "score": 87, "tags": ["é"]}
RAW = json.dumps(EVENT).encode()
JSON = {"Content-Type": "application/json"}


async def by_aiohttp(url):
    async with aiohttp.ClientSession() as session, session.post(url, data=RAW, headers=JSON) as reply:
        return reply.status


def by_httpx(url):
    return pytest.importorskip("httpx").post(url, content=RAW, headers=JSON).status_code


def by_urllib(url):
    with urllib.request.urlopen(urllib.request.Request(url, RAW, JSON), timeout=5) as reply:
        return reply.status


def by_curl(url):
    if shutil.which("curl") is None:
        pytest.skip("needs curl")
    command = [
        "curl",
        "--noproxy",
        "*",
        "-s",
        "-o",
        "-",
        "-w",
        "%{http_code}",
        "-d",
        "@-",
        "-H",
        "Content-Type: application/json",
    ]
    done = subprocess.run([*command, url], input=RAW, capture_output=True, timeout=20, check=True)
    return int(done.stdout[-3:])


def by_a_worker(url):
    code = f"import urllib.request as u; print(u.urlopen(u.Request({url!r}, {RAW!r}, {JSON!r}), timeout=9).status)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=30, check=True)
    return int(done.stdout)


CLIENTS = {
    "requests": lambda url: requests.post(url, data=RAW, headers=JSON, timeout=5).status_code,
    "aiohttp": lambda url: asyncio.run(by_aiohttp(url)),
    "httpx": by_httpx,
    "urllib": by_urllib,
    "curl in a process": by_curl,
    "urllib in a process": by_a_worker,
}


@pytest.mark.parametrize("deliver", CLIENTS.values(), ids=CLIENTS)
def test_every_client_delivers(harness, deliver):
    """The bytes that were sent, the headers, path and query, and the answer of the service whose name the address has."""
    hook = harness.http.webhook

    assert deliver(hook.url_for("discord") + "/42?wait=true") == 204

    (one,) = hook.deliveries
    assert (one.number, one.method, one.path, one.query, one.body) == (1, "POST", "/discord/42", {"wait": "true"}, RAW)
    assert (one.json, one.header("content-TYPE"), one.verified, one.answered) == (EVENT, "application/json", None, "204")
    assert hook.at("discord").deliveries == (one,)
    hook.assert_delivered(EVENT, times=1, headers={"Content-Type": "application/json"})
    assert [(exchange.source, exchange.outcome) for exchange in harness.transcript.http] == [("webhook/discord", "204")]
    assert lines_of(harness.ledger)[-1].startswith("played    webhook/discord: POST http://127.0.0.1:")


@pytest.mark.parametrize("backend", ["responses", "aioresponses"])
def test_a_mock_library_as_backend_lets_deliveries_pass(backend):
    """They go to a server of this process, of which no cassette speaks."""
    with Harness(settings=Settings(backend=(backend,))) as harness:
        assert CLIENTS["requests"](harness.http.webhook.url) == asyncio.run(by_aiohttp(harness.http.webhook.url)) == 200
        harness.http.webhook.assert_delivered(EVENT, times=2)


@pytest.mark.parametrize(
    ("name", "status", "kind", "body"),
    [
        ("slack", 200, "text/html", "ok"),
        ("github", 204, None, ""),
        ("discord", 204, None, ""),
        ("created", 201, "application/json; charset=utf-8", '{"id":"evt-2026-0001","created_at":"2026-03-12T08:43:20Z"}'),
        ("slack-rollup-error", 500, "text/html", "rollup_error"),
        ("webhook/accepted", 202, "application/json; charset=utf-8", "{}"),
    ],
)
def test_a_cassette_says_what_is_answered(harness, name, status, kind, body):
    """By the name of a service or of a file; in the service's own content type."""
    harness.http.webhook.answers(name)
    reply = requests.post(harness.http.webhook.url, json={}, timeout=5)
    assert (reply.status_code, reply.headers.get("content-type"), reply.text) == (status, kind, body)


def test_a_reply_or_a_function_says_what_is_answered(harness):
    """A status with JSON, a reply as it is, or what a function makes of the delivery; each address can have its own."""
    hook = harness.http.webhook
    hook.answers(status=202, json={"queued": True}, headers={"X-Queue": "a"})
    hook.at("a").answers(HttpReply(410, "Gone", (), b"gone"))
    hook.at("a/b").answers(lambda came: HttpReply(200, "OK", (), came.path.encode()))
    replies = [requests.post(f"{hook.url}{path}", json={}, timeout=5) for path in ("", "a", "ab", "a/b", "a/b/c")]
    assert [(reply.status_code, reply.text) for reply in replies] == [
        (202, '{"queued": true}'),
        (410, "gone"),
        (202, '{"queued": true}'),
        (200, "/a/b"),
        (200, "/a/b/c"),
    ]
    assert replies[0].headers["X-Queue"] == "a"
    assert [one.accepted for one in hook.deliveries] == [True, False, True, True, True]


def test_an_address_without_settings_has_those_of_the_receiver(harness):
    """Also those that are set after the address was named; its own come before them, as does a failure planned for it."""
    hook = harness.http.webhook
    plain, own = hook.url_for("plain"), hook.url_for("own")
    hook.answers(status=202)
    hook.secret("s")
    hook.deduplicates(header="X-Id")
    hook.fails(status=500)
    hook.at("own").answers(status=201)
    hook.at("own").fails(status=502)
    signed = {"X-Hub-Signature-256": f"sha256={hmac.new(b's', RAW, 'sha256').hexdigest()}", "X-Id": "1"}
    urls = [own, plain, plain, plain, own]
    replies = [requests.post(url, data=RAW, headers=signed, timeout=5) for url in urls]
    assert [reply.status_code for reply in replies] == [502, 500, 202, 202, 201]
    assert requests.post(plain, data=RAW, timeout=5).status_code == 401
    assert [one.duplicate_of for one in hook.deliveries] == [None, None, None, 3, None, None]


@pytest.mark.parametrize(("answer", "says"), [(lambda _: 1 / 0, "raised ZeroDivisionError"), (lambda _: "ok", "returned 'ok'")])
def test_a_mistake_in_the_tests_own_function_is_a_finding(harness, answer, says):
    """A tool would take the 500 for the service's."""
    harness.http.webhook.answers(answer)
    assert CLIENTS["requests"](harness.http.webhook.url) == 500
    assert says in harness.ledger.findings[0].what
    harness.expect("script-broken")


def test_a_lost_answer_leads_to_a_duplicate_that_counts_once(harness):
    """The delivery was accepted, the sender cannot know and tries again with the same id: a success, and no second delivery."""
    hook = harness.http.webhook
    hook.drops()

    def deliver(key):
        return requests.post(hook.url, data=RAW, headers={"Idempotency-Key": key}, timeout=5).status_code

    with pytest.raises(requests.ConnectionError):
        deliver("k1")
    assert [deliver("k1"), deliver("k2")] == [200, 200]
    assert [(one.accepted, one.duplicate_of, one.answered) for one in hook.deliveries] == [
        (True, None, "dropped"),
        (True, 1, "200"),
        (True, None, "200"),
    ]
    assert [one.number for one in hook.accepted] == [1, 3]
    hook.assert_delivered(EVENT, times=2)


@pytest.mark.parametrize(
    ("where", "headers", "body", "again"),
    [
        ({}, {"webhook-id": "m1"}, {}, True),
        ({}, {"X-GitHub-Delivery": "m1"}, {}, True),
        ({}, {}, {"id": "m1"}, False),
        ({"header": "X-Mine"}, {"x-mine": "m1"}, {}, True),
        ({"header": "X-Mine"}, {"Idempotency-Key": "m1"}, {}, False),
        ({"field": "event.id"}, {}, {"event": {"id": "m1"}}, True),
        ({"field": "event.id"}, {}, {"event": "m1"}, False),
    ],
)
def test_an_id_stands_where_the_test_says(harness, where, headers, body, again):
    """In one of the usual headers, in another, or in a field; without an id nothing is a duplicate."""
    if where:
        harness.http.webhook.deduplicates(**where)
    for _ in range(2):
        requests.post(harness.http.webhook.url, json=body, headers=headers, timeout=5)
    assert [one.duplicate_of for one in harness.http.webhook.deliveries] == [None, 1 if again else None]


def test_what_was_refused_is_no_duplicate_when_it_comes_again(harness):
    """A failure accepts nothing, so that the next attempt is the first."""
    hook = harness.http.webhook
    hook.fails(times=2, status=429, retry_after=7, body="slow down")
    send = {"url": hook.url, "json": {}, "headers": {"Idempotency-Key": "k"}, "timeout": 5}
    replies = [requests.post(**send) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [429, 429, 200]
    assert (replies[0].headers["Retry-After"], replies[0].text) == ("7", "slow down")
    assert hook.deliveries[2].duplicate_of is None
    hook.assert_delivered(times=1)


def test_a_client_that_retries_waits_in_virtual_time(harness):
    """urllib3's own Retry obeys the Retry-After of a real answer; two hours pass in no time."""
    hook = harness.http.webhook
    hook.fails(times=2, retry_after=3600)
    retry = Retry(total=3, status_forcelist=[503], allowed_methods=None)
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=retry))
        assert session.post(hook.url, json={}, timeout=5).status_code == 200
    assert harness.clock.elapsed == 7200
    hook.assert_delivered(times=1)


def test_limits_of_asyncio_do_not_strike_while_a_delivery_is_on_its_way(harness):
    """The loop waits for its socket in real time, and only then skips what the tool waits for by itself."""
    hook = harness.http.webhook
    hook.fails(status=500)

    async def deliver():
        statuses = []
        for wait in (0, 600):
            await asyncio.sleep(wait)
            statuses.append(await asyncio.wait_for(by_aiohttp(hook.url), 1))
        return statuses

    assert asyncio.run(deliver()) == [500, 200]
    assert harness.clock.sleeps == [600]


def test_failures_that_are_never_met_are_findings():
    """A test that plans a failure and sees none has tried nothing."""
    with pytest.raises(HarnessFailure) as failed, Harness() as harness:
        harness.http.webhook.fails(times=2)
        harness.http.webhook.at("slack").drops()
        requests.post(harness.http.webhook.url, json={}, timeout=5)
    assert [finding.fields["name"] for finding in failed.value.findings] == [
        "webhook.fails(status=503)",
        "webhook/slack.drops()",
    ]
    assert "was planned 2 times, and was met 1 times" in str(failed.value)


def test_assertions_show_what_came_and_where_the_nearest_differs(harness):
    """Fields that are not named may be anything; refused deliveries and duplicates do not count."""
    hook = harness.http.webhook
    with pytest.raises(AssertionError, match="it was not delivered\nnothing was delivered"):
        hook.assert_delivered({"event": "x"})
    hook.fails()
    for score in (1, 87):
        requests.post(hook.url, json={"event": "lead.scored", "score": score}, timeout=5)
    hook.assert_delivered({"score": 87}, times=1)
    hook.assert_delivered(body='{"event": "lead.scored", "score": 87}')
    hook.assert_not_delivered({"score": 1})
    with pytest.raises(AssertionError) as differs:
        hook.assert_delivered({"event": "lead.scored", "score": 88})
    assert str(differs.value).splitlines() == [
        "it was not delivered",
        "what was delivered:",
        '   1. POST / {"event": "lead.scored", "score": 1} -> 503',
        '   2. POST / {"event": "lead.scored", "score": 87} -> 200',
        "closest is 1:",
        "  json.score: wanted 88, got 1",
    ]
    with pytest.raises(AssertionError, match="it was delivered once, not 2 times"):
        hook.assert_delivered({"score": 87}, times=2)
    with pytest.raises(AssertionError, match=r"it was delivered once\n.*\n.*\n>  2. POST"):
        hook.assert_not_delivered()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda hook: hook.answers("slak"), "did you mean 'webhook/slack"),
        (lambda hook: hook.answers(status=99), "from 200 to 599"),
        (lambda hook: hook.fails(status=200), "a status from 400 to 599"),
        (lambda hook: hook.fails(times=0), 'a whole number from 1, or "any"'),
        (lambda hook: hook.secret("x", style="gihub"), "did you mean 'github'"),
        (lambda hook: hook.secret(""), "write the secret"),
        (lambda hook: hook.secret("whsec_%", style="standard-webhooks"), "stands base64"),
        (lambda hook: hook.deduplicates(), 'write header="Idempotency-Key"'),
        (lambda hook: hook.at("a?b"), "write the path of an address"),
        (lambda hook: hook.assert_delivered(times=0), "assert_not_delivered"),
    ],
)
def test_what_cannot_be_meant_is_told(harness, wrong, says):
    """At the call, with what to write."""
    with pytest.raises(UsageError, match=says):
        wrong(harness.http.webhook)


@pytest.mark.parametrize(
    ("sent", "answered", "body"),
    [
        (b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: 1\r\n\r\n", 200, b"abcde"),
        (b"Content-Length: 3\r\n\r\nabc", 200, b"abc"),
        (b"Content-Length: three\r\n\r\nabc", 400, None),
        (b"Content-Length: 9\r\n\r\nabc", 400, None),
        (b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, None),
    ],
)
def test_bodies_come_with_a_length_or_in_chunks_and_torn_ones_are_no_deliveries(harness, sent, answered, body):
    """What ends too early did not arrive."""
    hook = harness.http.webhook
    host, port = hook.url.removeprefix("http://").strip("/").split(":")
    with socket.create_connection((host, int(port)), 5) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n" + sent)
        connection.shutdown(socket.SHUT_WR)
        line = connection.makefile("rb").readline()
    assert line.startswith(b"HTTP/1.1 %d " % answered)
    assert [one.body for one in hook.deliveries] == ([] if body is None else [body])


def test_a_form_with_a_payload_reads_as_json():
    """As Slack takes it; a body that is neither has no JSON."""
    form = (("content-type", "application/x-www-form-urlencoded"),)
    assert WebhookDelivery(1, "POST", "/", form, b"payload=%7B%22text%22%3A%22hi%22%7D").json == {"text": "hi"}
    assert WebhookDelivery(1, "POST", "/", (), b"hi").json is None
    assert WebhookDelivery(1, "POST", "/", (), b"\xff").json is None


def test_concurrent_deliveries_are_all_taken_down(harness):
    """Each once, under a number of its own."""
    url = harness.http.webhook.url
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda number: requests.post(url, json=number, timeout=5).status_code, range(40))) == {200}
    assert [one.number for one in harness.http.webhook.deliveries] == [*range(1, 41)]
    assert sorted(one.json for one in harness.http.webhook.deliveries) == [*range(40)]


def test_its_threads_are_no_work_of_the_test_and_none_is_left():
    """The virtual clock does not wait for them, even with a connection open; closing ends them all."""
    with Harness() as harness, requests.Session() as session:
        session.post(harness.http.webhook.url, json={}, timeout=5)
        assert others_at_work() == []
        assert any(thread.name.startswith("autogen_harness") for thread in threading.enumerate())
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("autogen_harness")] == []


def test_each_example_begins_with_nothing(harness):
    """At the same address: nothing came, nothing is planned, nothing is set."""
    hook = harness.http.webhook
    url = hook.url
    for _ in range(2):
        with harness.example():
            assert (hook.deliveries, hook.url) == ((), url)
            hook.secret("s")
            hook.at("own").answers(status=201)
            assert [requests.post(url, json={}, timeout=5).status_code, len(hook.deliveries)] == [401, 1]
        assert requests.post(hook.url_for("own"), json={}, timeout=5).status_code == 200
        hook.reset()

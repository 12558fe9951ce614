from __future__ import annotations

import gzip
import re
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness.cassettes import fault
from autogen_harness.cassettes.cassette import Timing
from autogen_harness.cassettes.failing.fault_effects import EFFECTS
from autogen_harness.cassettes.failing.faults import settle
from autogen_harness.cassettes.matching.payloads import NOT_JSON, as_json
from autogen_harness.cassettes.wire.framing import broken_off
from autogen_harness.errors import UnmatchedRequest, UsageError
from autogen_harness.model import Delivery, HttpExchange, HttpFailure, HttpReply, HttpRequest, Note

NVDA = HttpRequest("GET", "https://query2.finance.yahoo.com/v8/finance/chart/NVDA?range=1d&interval=1d", timeout=5.0)
GET = HttpRequest("GET", "http://a.test/")
JSON = (("content-type", "application/json"), ("DATE", "Thu, 15 Jan 2026 23:00:01 GMT"), ("content-length", "10"))
REPLY = HttpReply(200, "OK", JSON, b'{"a": [1]}')


def now():
    return datetime(2026, 1, 5, 9, 0, 0, 500, tzinfo=timezone.utc)


def outcomes(desk, count):
    return [desk.player.answer(GET).outcome for _ in range(count)]


def statuses(desk, count):
    return [one.status if isinstance(one, HttpReply) else one.kind for one in outcomes(desk, count)]


@pytest.mark.parametrize(
    ("met", "outcome", "status"),
    [
        (fault.status(503), "503", 503),
        (fault.status(429, retry_after=2), "429, Retry-After 2", 429),
        (fault.not_json(), "not JSON", 200),
        (fault.timeout(), "read timeout", None),
        (fault.timeout("connect"), "connect timeout", None),
        (fault.connection_reset(), "connection reset", None),
        (fault.truncated(), "truncated body", None),
        (fault.slow(2.5), "slow, 2.5 s", None),
        (fault.connection_refused(), "connection refused", None),
        (fault.dns_failure(), "DNS failure", None),
        (fault.tls_failure(), "TLS failure", None),
        (fault.connection_reset(after=9), "connection reset after 9 bytes", None),
        (fault.connection_closed(), "connection closed", None),
        (fault.lost_reply(), "lost reply", None),
        (fault.truncated(part=0.25), "truncated body, 0.25 of it came", None),
        (fault.stalled(0), "stalled body after 0 bytes", None),
        (fault.content_type("text/html"), "content type text/html", 200),
        (fault.malformed_json(), "malformed JSON", 200),
        (fault.stale(60), "stale, 60 s old", 200),
        (fault.status(429, retry_after=1000000, as_date=True), "429, Retry-After 1000000 s from then, as a date", 429),
        (fault.recorded(), "200", 200),
    ],
)
def test_a_fault_stands_beside_the_cassette(desk, met, outcome, status):
    """Meeting it counts as played; the ledger says in one line what was met."""
    desk.player.play("yahoo/chart-nvda", fault=met)
    answer = desk.player.answer(NVDA).outcome
    assert getattr(answer, "status", None) == status or status is None
    assert desk.ledger.of(HttpExchange) == [HttpExchange(NVDA, "yahoo/chart-nvda", outcome)]
    assert desk.player.leftovers() == []


def test_a_page_instead_of_json_keeps_status_and_content_type(desk):
    """The usual lie of a proxy: the header says JSON, the body is HTML."""
    desk.player.play("yahoo/chart-nvda", fault=fault.not_json())
    reply = desk.player.answer(NVDA).outcome
    assert dict(reply.headers)["content-type"] == "application/json;charset=utf-8"
    assert reply.body.startswith(b"<!DOCTYPE html>")


def test_a_status_fault_carries_retry_after_and_body(desk):
    """Retry-After as a number or as a date, and a body of one's own."""
    answers = [
        fault.status(503, retry_after=1.5, body='{"error": "busy"}'),
        fault.status(429, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"),
    ]
    desk.player.serve("a.test", lambda request: answers.pop(0))
    first, second = (desk.player.answer(GET).outcome for _ in range(2))
    assert (first.status, first.reason, first.body) == (503, "Service Unavailable", b'{"error": "busy"}')
    assert dict(first.headers)["Retry-After"] == "1.5"
    assert dict(second.headers)["Retry-After"] == "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: fault.timeout("write"), "'read' or 'connect'"),
        (lambda: fault.status(99), "from 100 to 599"),
        (lambda: fault.slow(-1), "cannot be negative"),
        (lambda: fault.slow("3"), "write seconds, as in fault.slow(3)"),
        (lambda: fault.stale(float("inf")), "nor without end"),
        (lambda: fault.connection_reset(-1), "whole number of bytes"),
        (lambda: fault.connection_reset(True), "whole number of bytes"),
        (lambda: fault.stalled("x"), "whole number of bytes"),
        (lambda: fault.truncated(part=1), "from 0 to below 1"),
        (lambda: fault.truncated(3, part=0.5), "after=... alone"),
        (lambda: fault.content_type("html"), "a media type"),
        (lambda: fault.content_type("text/html\r\nx: y"), "text of one line"),
        (lambda: fault.tls_failure(""), "text of one line"),
        (lambda: fault.status(503, as_date=True), "needs the seconds"),
        (lambda: fault.status(503, as_date=1, retry_after=3), "true or false"),
        (lambda: fault.status(503, as_date=True, retry_after="soon"), "write seconds"),
        (lambda: fault.status(503, body=3), "text or bytes"),
        (lambda: fault.status(503).times(0), "a whole number from 1"),
    ],
)
def test_a_fault_that_there_is_not_is_an_error(make, says):
    """Faults are checked where they are made."""
    with pytest.raises(UsageError, match=re.escape(says)):
        make()


@pytest.mark.parametrize(
    ("met", "failure"),
    [
        (fault.timeout(), HttpFailure("read-timeout")),
        (fault.timeout("connect"), HttpFailure("connect-timeout")),
        (fault.connection_refused(), HttpFailure("refused")),
        (fault.dns_failure(), HttpFailure("unresolved")),
        (fault.tls_failure("old"), HttpFailure("tls", text="[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: old")),
        (fault.connection_reset(), HttpFailure("reset")),
        (fault.connection_reset(0), HttpFailure("reset", broken_off(REPLY, 0))),
        (fault.connection_reset(3), HttpFailure("reset", broken_off(REPLY, 3))),
        (fault.connection_closed(), HttpFailure("closed")),
        (fault.lost_reply(), HttpFailure("closed")),
        (fault.truncated(), HttpFailure("closed", broken_off(REPLY, 5))),
        (fault.truncated(2), HttpFailure("closed", broken_off(REPLY, 2))),
        (fault.truncated(part=0.3), HttpFailure("closed", broken_off(REPLY, 3))),
        (fault.stalled(4), HttpFailure("read-timeout", broken_off(REPLY, 4))),
    ],
    ids=str,
)
def test_a_connection_fails_in_one_of_the_ways_that_backends_know(met, failure):
    """Every driver is written against these kinds; one that no request gets through stands for a client's own repeat too."""
    stands = met in (fault.connection_reset(), fault.connection_closed())
    assert settle(met.over(REPLY)) == Delivery(failure, stands=stands)


@given(st.binary(max_size=30), st.none() | st.integers(0, 40), st.sampled_from([(), (("Content-Encoding", "gzip"),)]))
def test_what_breaks_off_never_looks_complete(body, after, headers):
    """However many bytes come, one more is promised; they are the first of those on the wire."""
    begun = broken_off(HttpReply(200, "OK", headers, body), after)
    wire = gzip.compress(body, mtime=0) if headers and body else body
    assert wire.startswith(begun.body)
    assert int(dict(begun.headers)["Content-Length"]) >= max(len(wire), len(begun.body) + 1)
    assert after is None or len(begun.body) == min(after, len(wire))


@given(st.sampled_from([b"", b"1", b"12", b"{}", b"[1, 2]", b'"text"', b"<html>", b'{"a": {"b": 1}}']))
def test_malformed_json_is_none_and_all_that_was_promised_comes(body):
    """The client gets a complete reply and cannot read it."""
    reply = settle(fault.malformed_json().over(HttpReply(200, "OK", JSON, body))).outcome
    assert as_json(reply.body) is NOT_JSON
    assert dict(reply.headers)["Content-Length"] == str(len(reply.body))


def test_another_content_type_and_an_old_date_replace_what_was_there():
    """In the place where the header stood, in its spelling; the body stays."""
    typed = settle(fault.content_type("text/html").over(REPLY)).outcome
    assert (typed.headers[0], typed.body) == (("content-type", "text/html"), REPLY.body)
    old = settle(fault.stale(3600).over(REPLY), now).outcome
    then = "Mon, 05 Jan 2026 08:00:01 GMT"
    assert old.headers == (JSON[0], ("DATE", then), JSON[2], ("Age", "3600"), ("Expires", then))


@pytest.mark.parametrize(
    ("options", "header"),
    [
        ({"retry_after": 30}, "30"),
        ({"retry_after": 1_000_000}, "1000000"),
        ({"retry_after": 0.5}, "0.5"),
        ({"retry_after": "Mon, 05 Jan 2026 09:00:31 GMT"}, "Mon, 05 Jan 2026 09:00:31 GMT"),
        ({"retry_after": 30, "as_date": True}, "Mon, 05 Jan 2026 09:00:31 GMT"),
    ],
)
def test_retry_after_is_seconds_or_a_date(options, header):
    """A date has no fractions: it is the next whole second, so that who waits for it is not early."""
    assert dict(settle(fault.status(503, **options), now).outcome.headers)["Retry-After"] == header


def test_dates_count_from_the_time_that_the_test_sees(opened, interaction):
    """Frozen wall time moves with waits, and so does the date of a fault."""
    opened.keep("c", interaction())
    opened.player.play("c", fault=fault.status(503, retry_after=30, as_date=True), times=2)
    opened.clock.freeze("2026-03-01")
    dates = []
    for _ in range(2):
        dates.append(dict(opened.player.answer(GET).outcome.headers)["Retry-After"])
        opened.clock.advance(10)
    assert dates == ["Sun, 01 Mar 2026 00:00:30 GMT", "Sun, 01 Mar 2026 00:00:40 GMT"]


def test_a_recorded_failure_meets_faults_too(desk, interaction):
    """A slow failure is that failure, later; a fault of the connection stands in its place."""
    failed = interaction(reply=HttpFailure("reset"))
    desk.keep("c", failed)
    desk.player.play("c", fault=fault.slow(3))
    desk.player.play("c", fault=fault.timeout())
    assert [desk.player.answer(GET) for _ in range(2)] == [
        Delivery(HttpFailure("reset"), 3),
        Delivery(HttpFailure("read-timeout")),
    ]


def test_an_answer_can_be_as_slow_as_it_was(desk, interaction):
    """The first byte comes when it came; of a composed answer nobody knows."""
    desk.keep("c", interaction(timing=Timing(0.25, 2.0)), interaction())
    desk.player.play("c#1", fault=fault.recorded_latency())
    assert desk.player.answer(GET).seconds == 0.25
    assert desk.ledger.of(HttpExchange)[0].outcome == "slow as recorded, 0.25 s"
    with pytest.raises(UsageError, match=re.escape("c#2 says nothing of its timing: write fault.slow(seconds)")):
        desk.player.play("c#2", fault=[fault.recorded_latency()])


@pytest.mark.parametrize(
    ("faults", "times", "met"),
    [
        ([fault.status(503)] * 2, None, [503, 503, 200]),
        (fault.status(503).times(2), None, [503, 503, 200]),
        ([fault.status(503).times(2), fault.timeout("connect")], None, [503, 503, "connect-timeout", 200]),
        ([fault.status(503), fault.recorded(), fault.status(500)], 2, [503, 200, 500, 200]),
        ([fault.status(503)], 2, [503, 200, 200]),
        ([fault.recorded(), fault.status(500)], None, [200, 500]),
        ([fault.lost_reply()], None, ["closed", 200]),
        (fault.status(503), 2, [503, 503]),
        ([], None, [200]),
    ],
    ids=str,
)
def test_several_faults_are_met_one_by_one_before_the_answer(desk, interaction, faults, times, met):
    """Each by one attempt; then what is recorded, which alone counts. One fault by itself is met in its place."""
    desk.keep("c", interaction())
    desk.player.play("c", fault=faults, times=times)
    assert len(desk.player.leftovers()) == 1
    assert statuses(desk, len(met)) == met
    assert desk.player.leftovers() == []
    with pytest.raises(UnmatchedRequest):
        desk.player.answer(GET)


def test_who_gives_up_after_a_fault_has_not_asked_for_the_answer(desk, interaction):
    """The finding counts the attempts; a miss counts them too."""
    desk.keep("c", interaction())
    desk.player.play("c", fault=[fault.status(503)] * 3)
    statuses(desk, 2)
    (left,) = desk.player.leftovers()
    assert left.what == "c (GET http://a.test/) was not asked for again, after 2 attempts that met a fault"
    with pytest.raises(UnmatchedRequest, match=re.escape("c (played 0 of 1, 2 of 3 faults met) differs")):
        desk.player.answer(HttpRequest("GET", "http://a.test/other"))


def test_a_lost_reply_counts_as_played_and_what_is_sent_again_is_a_duplicate(desk, interaction):
    """The server did what it was asked to: a tool that gives up loses nothing, one that goes on does it twice."""
    desk.keep("c", interaction())
    desk.player.play("c", fault=[fault.lost_reply()])
    assert statuses(desk, 1) == ["closed"]
    assert desk.player.leftovers() == []
    assert desk.ledger.of(Note) == []
    assert statuses(desk, 1) == [200]
    (note,) = desk.ledger.of(Note)
    assert note == Note(
        "duplicate delivery", "GET http://a.test/ was sent again after its reply was lost: the server does it twice (c)"
    )


def test_a_duplicate_that_nothing_answers_is_told_as_one(desk, interaction):
    """Where the test does not say that it may be sent again, it may not."""
    desk.keep("c", interaction())
    desk.player.play("c", fault=fault.lost_reply())
    statuses(desk, 1)
    with pytest.raises(UnmatchedRequest, match=re.escape("the server now does it twice; if it may, write")):
        desk.player.answer(GET)


def test_every_fault_has_an_effect_and_words():
    """None is left out of the table, and none is told by its kind alone where it has a number."""
    makers = {name for name in dir(fault) if not name.startswith("_")}
    assert makers == set(EFFECTS)

from __future__ import annotations

import pytest

from autogen_harness.cassettes import Player
from autogen_harness.clock import VirtualClock
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.ledger import Ledger
from autogen_harness.model import HttpReply, HttpRequest

CHART = "https://query1.finance.yahoo.com/v8/finance/chart/NVDA"


def missed(player, ledger, request):
    """The finding of a request that is not answered."""
    with pytest.raises(UnmatchedRequest):
        player.answer(request)
    return ledger.findings[-1]


@pytest.mark.parametrize(
    ("queries", "places"),
    [
        (("range=1d", "range=1mo"), ["query.range"]),
        (("a=1&b=2", "a=3&b=4"), ["query.a", "query.b"]),
        (("a=1", "a=1&b=2"), ["query.b"]),
        (("a=1&b=2", "a=1"), ["query.b"]),
        (("a=1&a=2", "a=1&a=3"), ["query.a"]),
    ],
)
def test_where_only_the_query_differs_a_miss_says_how_to_leave_it_out(desk, interaction, queries, places):
    """The line that is told is one that works."""
    kept, sent = (f"http://a.test/x?{query}" for query in queries)
    desk.keep("c", interaction(url=kept))
    desk.player.play("c")
    fix = missed(desk.player, desk.ledger, HttpRequest("GET", sent)).fix
    call = next(part for part in fix.split("write harness.http.")[1:])
    eval(f"player.{call.splitlines()[0]}", {"player": desk.player})
    assert desk.player.answer(HttpRequest("GET", sent)).outcome.status == 200
    assert all(place in fix for place in places)


def test_a_name_that_is_no_place_as_it_stands_is_not_offered(desk, interaction):
    """A line that does not work is worse than none."""
    desk.keep("c", interaction(url="http://a.test/x?a.b=1"))
    desk.player.play("c")
    assert "ignore" not in missed(desk.player, desk.ledger, HttpRequest("GET", "http://a.test/x?a.b=2")).fix


def test_a_failure_that_answers_everything_is_not_offered(desk):
    """It would make the miss go away, and the test about something else."""
    desk.player.play("yahoo/chart-nvda")
    fix = missed(desk.player, desk.ledger, HttpRequest("GET", f"{CHART}?range=1mo&interval=1d")).fix
    assert 'harness.http.play("yahoo/chart-nvda", ignore=["query.range"])' in fix
    assert "bad-request" not in fix


def test_a_failure_that_was_made_for_the_url_is_offered(desk, interaction):
    """It is what the service says there."""
    desk.keep("gone", interaction(url="http://a.test/gone", reply=HttpReply(404)))
    assert missed(desk.player, desk.ledger, HttpRequest("GET", "http://a.test/gone")).fix == 'write harness.http.play("gone")'


@pytest.mark.parametrize(
    "body",
    [b"\x00\x01\x1b[2J", b"--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--", b"\xff\xfe", "a\u202eb".encode()],
    ids=["control", "multipart", "no utf-8", "bidirectional"],
)
def test_a_body_is_shown_in_one_line_that_a_terminal_can_print(desk, body):
    """What was sent may be anything; the report is read in a terminal."""
    shown = missed(desk.player, desk.ledger, HttpRequest("POST", "http://a.test/", (), body)).what.split("\n")
    assert len(shown) == 2
    assert shown[0].isprintable()


@pytest.mark.parametrize(
    ("allowed", "option"),
    [
        ((), " -o harness_allow_hosts=a.test"),
        (("b.test",), " -o 'harness_allow_hosts=b.test a.test'"),
        (("a.test", "b.test"), ""),
    ],
)
def test_the_command_that_records_allows_the_host(tmp_path, monkeypatch, allowed, option):
    """Else the first thing that it records is that nothing may be sent; the option takes the place of what the project says."""
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "test_x.py::test_x (call)")
    ledger = Ledger()
    reach = lambda host, _port: "allowed" if host in allowed else ""  # noqa: E731 - one line of a table
    player = Player(ledger.record, VirtualClock(), [tmp_path], reach=reach, allowed=allowed)
    fix = missed(player, ledger, HttpRequest("GET", "http://a.test/")).fix
    assert fix.endswith(f"\nor record it: pytest test_x.py::test_x --harness-record=new_episodes{option}")


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("http://a.test/x?api_key=hidden12345", b""),
        ("http://ann:hidden12345@a.test/x", b""),
        ("http://a.test/x", b'{"password": "hidden12345"}'),
        ("http://a.test/x", b"client_secret=hidden12345&a=1"),
    ],
    ids=["query", "user", "JSON", "form"],
)
def test_a_miss_tells_no_secret(desk, url, body):
    """Neither in the report nor in the exception, which tools put into what they answer."""
    with pytest.raises(UnmatchedRequest) as caught:
        desk.player.answer(HttpRequest("POST", url, (), body))
    (finding,) = desk.ledger.findings
    assert "hidden12345" not in f"{caught.value} {finding.what} {finding.fix} {finding.expect}"

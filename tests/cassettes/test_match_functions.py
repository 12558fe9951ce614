from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from autogen_harness.cassettes.cassette import Scenario
from autogen_harness.differences import Difference, compare
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.model import HttpReply, HttpRequest


def ask(user, method="POST", url="http://a.test:8080/elsewhere"):
    return HttpRequest(method, url, (), json.dumps({"user": user}).encode())


def same_user(recorded, asked):
    return json.loads(recorded.body)["user"] == json.loads(asked.body)["user"]


def told(recorded, asked):
    yield from compare(json.loads(recorded.body)["user"], json.loads(asked.body)["user"], "body.user")


@pytest.fixture
def users(desk, interaction):
    """Two answers that differ by who asks."""
    ones = [
        interaction("POST", "http://a.test/", ask(user).body, HttpReply(status))
        for user, status in (("ann", 201), ("bob", 202))
    ]
    desk.keep("users", *ones)
    return desk


def finding_of(desk, request):
    with pytest.raises(UnmatchedRequest):
        desk.player.answer(request)
    return desk.ledger.findings[-1]


@pytest.mark.parametrize("function", [same_user, told, lambda recorded, asked: list(told(recorded, asked))])
def test_a_function_decides_which_request_is_answered(users, function):
    """By a bool or by differences; it is asked about requests of the same method and host, whatever port and path they have."""
    users.player.play("users", match=function)
    assert [users.player.answer(ask(user)).outcome.status for user in ("bob", "ann")] == [202, 201]
    assert users.player.leftovers() == []


@pytest.mark.parametrize("request_", [ask("ann", method="PUT"), ask("ann", url="http://b.test/")])
def test_a_function_is_not_asked_about_other_methods_and_hosts(users, request_):
    """It may rely on that; the miss says which of them differs."""
    asked = []
    users.player.play("users", match=lambda *pair: bool(asked.append(pair)))
    what = finding_of(users, request_).what
    assert asked == []
    assert "method: cassette has" in what or "host: cassette has" in what


def test_the_first_that_is_accepted_answers_and_each_once(users):
    """In the order in which they were queued, as with all other matching."""
    users.player.play("users", match=lambda *_: True)
    assert [users.player.answer(ask("eve")).outcome.status for _ in range(2)] == [201, 202]
    assert "fits, and has been played as often as it was asked to" in finding_of(users, ask("eve")).what


def test_what_fits_exactly_answers_before_what_a_function_accepts(users):
    """What was made for this very request comes first; among the others the order of the calls counts."""
    users.player.play("users#1", match=lambda *_: True)
    users.player.play("users#2")
    exact = HttpRequest("POST", "http://a.test/", (), ask("bob").body)
    assert [users.player.answer(exact).outcome.status for _ in range(2)] == [202, 201]


def test_among_tolerant_ones_the_order_of_the_calls_counts(users):
    """A function is one more kind of tolerance."""
    users.player.play("users#2", ignore=["body.user"])
    users.player.play("users#1", match=lambda *_: True)
    sent = HttpRequest("POST", "http://a.test/", (), ask("eve").body)
    assert [users.player.answer(sent).outcome.status for _ in range(2)] == [202, 201]


def test_a_function_is_not_asked_while_its_scenario_is_elsewhere(desk, interaction):
    """The state comes first."""
    desk.keep("late", interaction("POST", "http://a.test/", scenario=Scenario("job", "done")))
    desk.player.play("late", match=lambda *_: True)
    assert "but only in the state 'done'" in finding_of(desk, ask("ann")).what


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (same_user, "match: cassette has a request that same_user accepts, request has another"),
        (told, 'body.user: cassette has "ann", request has "eve"'),
        (lambda *_: [Difference("x", 1, 2)], "x: cassette has 1, request has 2"),
        (lambda *_: ["x"], "a request that <lambda> (line"),
        (lambda *_: ["x"], "request has 'x', which is no Difference"),
        (lambda *_: "no", "request has the text 'no': let it return a bool, or differences"),
        (lambda *_: None, "request has TypeError: 'NoneType' object is not iterable"),
        (lambda recorded, asked: json.loads(asked.body)["name"] == 1, "request has KeyError: 'name' at tests"),
    ],
)
def test_a_miss_says_what_the_function_said(users, function, says):
    """Its differences, its name where it said only no, and what it raised and where."""
    users.player.play("users#1", match=function)
    assert says in finding_of(users, ask("eve")).what


def test_an_error_in_a_function_is_told_where_another_answered(users):
    """Else it would look as if nobody had asked."""
    users.player.play("users#1", match=lambda *_: 1 / 0)
    users.player.play("users#2", match=lambda *_: True)
    assert users.player.answer(ask("bob")).outcome.status == 202
    (left,) = users.player.leftovers()
    assert "never asked for; <lambda> (line" in left.what
    assert "raised ZeroDivisionError: division by zero at tests" in left.what


def test_a_function_may_ask_for_something_itself(users):
    """No deadlock: it runs in the thread of the request, while the account is held."""

    def curious(_recorded, asked):
        return asked.url.endswith("outer") and users.player.answer(ask("ann", url="http://a.test/")).outcome.status == 201

    users.player.play("users#1")
    users.player.play("users#2", match=curious)
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(users.player.answer, ask("bob", url="http://a.test/outer"))
        assert done.result(timeout=10).outcome.status == 202


def test_places_can_be_let_go_from_python(users):
    """`ignore` and `like` widen what the file says, for this call alone."""
    users.player.play("users#1", ignore=["body.user"], url="http://a.test/?t=0")
    users.player.play("users#2", like={"body.user": "/[a-z]+/", "query.t": "timestamp"}, url="http://a.test/?t=0")
    asked = [ask("eve", url=f"http://a.test/?t={t}") for t in ("0", "2026-01-01")]
    assert [users.player.answer(request).outcome.status for request in asked] == [201, 202]

from __future__ import annotations

import pytest

from autogen_harness.cassettes.cassette import Scenario
from autogen_harness.cassettes.matching.index import Index
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.model import HttpReply, HttpRequest

STATUS, START, STOP = (
    HttpRequest(method, f"http://jobs.test/{path}") for method, path in [("GET", ""), ("POST", "run"), ("POST", "stop")]
)


@pytest.fixture
def jobs(desk, interaction):
    """A job that is asked for until it is done: the same request, another answer in each state."""
    desk.keep(
        "jobs",
        interaction(url=STATUS.url, reply=HttpReply(201), times="any", scenario=Scenario("job", "start")),
        interaction("POST", START.url, scenario=Scenario("job", then="running")),
        interaction(url=STATUS.url, reply=HttpReply(202), scenario=Scenario("job", "running", "done")),
        interaction(url=STATUS.url, reply=HttpReply(203), times="any", scenario=Scenario("job", "done")),
        interaction("POST", STOP.url, scenario=Scenario("job", "running")),
    )
    desk.player.play("jobs")
    return desk


def status(desk, request=STATUS):
    return desk.player.answer(request).outcome.status


def test_a_poller_gets_the_answer_of_the_state(jobs):
    """In each state its own answers, as often as the file says; some of them lead on to another state."""
    assert [status(jobs), status(jobs), jobs.player.states["job"]] == [201, 201, "start"]
    status(jobs, START)
    assert [status(jobs), status(jobs), status(jobs), jobs.player.states["job"]] == [202, 203, 203, "done"]


def test_a_miss_says_in_which_state_the_scenario_is(jobs):
    """Too early or too late is another mistake than a request that nobody recorded."""
    with pytest.raises(UnmatchedRequest):
        jobs.player.answer(STOP)
    (finding,) = jobs.ledger.findings
    assert (
        "jobs#5 (played 0 of 1): fits, but only in the state 'running' of the scenario 'job', which is in 'start'"
        in finding.what
    )
    assert finding.fix.startswith("find out why it was sent in this state")


def test_what_waits_for_a_state_says_so_when_it_is_left(jobs):
    """The reader looks for what should have changed the state, not for the request."""
    status(jobs, START)
    status(jobs)
    texts = {finding.fields["name"]: finding.what for finding in jobs.player.leftovers()}
    assert "waits for the state 'running' of the scenario 'job', which is in 'done'" in texts["jobs#5"]
    assert sorted(texts) == ["jobs#1", "jobs#4", "jobs#5"]


def test_reset_brings_every_scenario_back_to_its_start(jobs):
    """For the next example of a property-based test."""
    status(jobs, START)
    jobs.player.reset()
    assert dict(jobs.player.states) == {}
    jobs.player.play("jobs")
    assert [status(jobs), dict(jobs.player.states)] == [201, {"job": "start"}]


def test_the_states_can_only_be_read(jobs):
    """They are what the requests made of them."""
    with pytest.raises(TypeError):
        jobs.player.states["job"] = "done"


def test_scopes_have_states_of_their_own(jobs):
    """Two agents that play the same scenario do not move each other on."""
    with jobs.player.scope():
        jobs.player.play("jobs")
        status(jobs, START)
        assert [jobs.player.states["job"], status(jobs)] == ["running", 202]
    assert [jobs.player.states["job"], status(jobs)] == ["start", 201]


def test_a_fault_before_the_answer_does_not_move_the_scenario(desk, interaction):
    """The state changes with the answer, not with an attempt that failed."""
    from autogen_harness.cassettes import fault

    desk.keep("run", interaction("POST", START.url, scenario=Scenario("job", then="running")))
    desk.player.play("run", fault=[fault.status(503)])
    assert [status(desk, START), desk.player.states["job"]] == [503, "start"]
    assert [status(desk, START), desk.player.states["job"]] == [200, "running"]


def test_where_no_states_are_held_scenarios_do_not_count(interaction):
    """To compare two cassettes nobody plays them."""
    from autogen_harness.cassettes.cassette import Queued
    from autogen_harness.cassettes.matching.matchers import Asked

    index = Index()
    index.add(Queued("late", interaction(url=STATUS.url, scenario=Scenario("job", "done")), 0))
    assert index.find(Asked(STATUS)) is not None


def test_a_lookup_makes_one_key_however_many_states_there_are(desk, interaction, monkeypatch):
    """States of one shape share the key of the request."""
    from autogen_harness.cassettes.matching import matchers

    ones = [interaction(url=STATUS.url, scenario=Scenario("job", f"{n}" if n else "start", f"{n + 1}")) for n in range(50)]
    desk.keep("many", *ones)
    desk.player.play("many")
    made, original = [], matchers.key
    monkeypatch.setattr(matchers, "key", lambda *args: made.append(1) or original(*args))
    for _ in ones:
        status(desk)
    assert [len(made), desk.player.states["job"]] == [50, "50"]

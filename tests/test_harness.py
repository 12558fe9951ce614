"""The life of a harness: what it takes hold of is given back, whatever happens."""

from __future__ import annotations

import socket
import time

import pytest

from autogen_harness import adapters
from autogen_harness.errors import HarnessFailure, UsageError
from autogen_harness.harness import Harness
from autogen_harness.model import Finding

FOUND = Finding("tool-raised", "boom raised")


@pytest.fixture(autouse=True)
def _the_world_is_given_back():
    """After each of these tests the clock, the resolver and the sockets are the real ones, and another harness can open."""

    def world():
        return time.sleep, time.monotonic, socket.getaddrinfo, dict(vars(socket.socket))

    before = world()
    yield
    assert before == world()
    with Harness():
        pass


def test_an_adapter_that_fails_leaves_nothing_held(monkeypatch):
    """A framework of an unknown version must not take the other tests with it."""

    def hold(_):
        raise AttributeError("no such seam")

    monkeypatch.setattr(adapters, "hold", hold)
    harness = Harness()
    with pytest.raises(AttributeError, match="no such seam"):
        harness.open()
    assert not harness.is_open


def test_a_part_that_fails_to_close_does_not_keep_the_others(monkeypatch):
    """The error is told, and the rest is given back."""

    def hold(_):
        def release():
            raise RuntimeError("cannot release")

        return release

    with monkeypatch.context() as patched:
        patched.setattr(adapters, "hold", hold)
        harness = Harness()
        harness.open()
    with pytest.raises(RuntimeError, match="cannot release"):
        harness.close()
    assert not harness.is_open


def test_a_second_harness_is_refused_and_the_first_goes_on():
    """There is one world to hold."""
    with Harness() as first:
        with pytest.raises(UsageError, match="a harness is open already"):
            Harness().open()
        assert first.is_open


def test_closing_twice_does_nothing():
    """A fixture and a block may both do it."""
    harness = Harness()
    harness.open()
    harness.close()
    harness.close()


def test_what_is_found_after_the_verdict_is_told_when_it_closes():
    """Once, and without what was judged before."""
    harness = Harness()
    harness.open()
    harness.judge()
    harness.ledger.record(FOUND)
    with pytest.raises(HarnessFailure) as caught:
        harness.close()
    assert caught.value.findings == (FOUND,)


def test_cassettes_need_an_open_harness():
    """Else clients would be held, and never let go."""
    with pytest.raises(UsageError, match="this harness is not open"):
        _ = Harness().http


def test_an_example_starts_with_nothing():
    """Findings, expectations, waits and scripts of one example are not those of the next."""
    from autogen_harness import say

    with Harness() as harness:
        with pytest.raises(HarnessFailure), harness.example():
            harness.expect("tool-unknown")
            harness.llm.script(say("never"))
            time.sleep(5)
        with harness.example():
            assert not harness.ledger.findings
            assert harness.clock.sleeps == []


def test_what_is_expected_before_the_first_example_is_expected_of_each():
    """The marker speaks for the whole test."""
    with Harness() as harness:
        harness.expect("human-asked")
        with pytest.raises(HarnessFailure, match="expectation-unmet"), harness.example():
            pass
        for _ in range(2):
            with harness.example():
                harness.ask_human("why?")


def test_answers_that_nobody_asked_for_are_left_over():
    """As turns are, and they can be meant."""
    with pytest.raises(HarnessFailure) as caught, Harness() as harness:
        harness.human.says("go on", "yes", "exit")
        harness.ask_human("what now?")
    assert "turns-left: the chat ended, and nobody asked the person for 'yes', 'exit'" in str(caught.value)
    with Harness() as harness:
        harness.expect("turns-left", script="human")
        harness.human.says("exit")

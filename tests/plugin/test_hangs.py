"""A chat that hangs fails its test, says what was said last, and does not take the session with it."""

from __future__ import annotations

import pytest

INI = "harness_hang_seconds = 0.3"


def test_a_hang_is_a_finding_with_the_last_turn(run):
    """Raised, swallowed, in an event loop, with frozen wall time: one finding, and the other tests run."""
    result = run(
        """
        import asyncio, threading
        from autogen_harness.model import TurnPlayed

        def wait(): threading.Event().wait()

        def test_raised(harness):
            harness.ledger.record(TurnPlayed(3, "analyst", "reply", "call search()"))
            wait()

        def test_swallowed(harness):
            for _ in range(2):
                with suppress(Exception):
                    wait()

        def test_loop(harness): asyncio.run(asyncio.Event().wait())

        def test_frozen(virtual_clock): wait()

        @pytest.mark.harness(expect="chat-hung")
        def test_meant(harness):
            with suppress(Exception):
                wait()

        def test_other(harness): ...
        """,
        ini=INI,
    )
    result.assert_outcomes(passed=2, failed=4)
    first = "chat-hung: nothing happened for 0.3 s of real time"
    result.stdout.fnmatch_lines([f"{first}; the last turn was 3, call search(), for analyst; *"])
    result.stdout.fnmatch_lines_random([f"*; the test waits at test_it.py:* ({name})" for name in ("wait", "test_loop")])
    assert result.stdout.str().count(f"\n{first}") == 4
    assert "2 findings" not in result.stdout.str()


TIMED = """
    import signal, threading

    @pytest.mark.timeout(60)
    def test_hangs(harness): threading.Event().wait()

    @pytest.mark.timeout(60)
    def test_fine(harness):
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 10
"""


@pytest.mark.parametrize("method", ["signal", "thread"])
def test_both_watch_beside_pytest_timeout(run, method):
    """Whichever way it watches: ours is earlier here, and says what hung."""
    result = run(TIMED, "--timeout-method", method, ini="harness_hang_seconds = 0.5")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["chat-hung: *"])


def test_the_deadline_of_pytest_timeout_is_kept(run):
    """It is earlier here, so it ends the test, and the alarms after it work."""
    result = run(
        """
        import threading

        def test_first(harness): pass  # what a first harness imports is no part of the deadline

        @pytest.mark.timeout(1)
        def test_hangs(harness): threading.Event().wait()

        @pytest.mark.timeout(1)
        def test_hangs_without(): threading.Event().wait()

        def test_hangs_with_us_alone(harness): threading.Event().wait()
        """,
        ini="harness_hang_seconds = 3",
    )
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines_random(["*Timeout*>1*", "chat-hung: *"])
    assert result.stdout.str().count("\nchat-hung") == 1


def test_a_hang_ends_although_the_test_froze_time_by_itself(run):
    """freezegun stops every clock that a module holds; the watchdog's is real."""
    result = run(
        """
        import threading, time
        from freezegun import freeze_time

        @pytest.mark.timeout(20)
        def test_hangs(harness):
            with freeze_time("2026-01-01"):
                time.sleep(1)
                threading.Event().wait()
        """,
        ini="harness_hang_seconds = 0.5",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["chat-hung: *"])


def test_without_alarms_the_last_words_come_through_the_capture(run):
    """The process ends, after it said which test hung, what was last heard, and where each thread is."""
    result = run(
        """
        import signal, threading

        if hasattr(signal, "SIGALRM"):
            del signal.SIGALRM

        def test_hangs(harness): threading.Event().wait()
        """,
        "-p",
        "no:timeout",
        ini=INI,
    )
    assert result.ret == 1
    result.stderr.fnmatch_lines(
        ["autogen-harness: chat-hung: test_it.py::test_hangs: nothing*; no turn was played; *at test_it.py:* (test_hangs)"]
    )
    result.stderr.fnmatch_lines(["*test_it.py* in test_hangs"])

"""The watchdog ends what waits for ever, and gives the timer of the process back as it found it."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from contextlib import suppress

import pytest

from autogen_harness import watchdog as module
from autogen_harness.errors import ChatHung
from autogen_harness.watchdog import watchdog

SOON = 0.05


def quiet_for_ever():
    return 1000.0


def text():
    return "it hangs"


@pytest.fixture(autouse=True)
def _clean_timer():
    yield
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


def wait_for_ever():
    threading.Event().wait(60)


def wait_in_asyncio():
    async def never():
        await asyncio.Event().wait()

    asyncio.run(never())


def wait_for_a_thread():
    over = threading.Event()
    thread = threading.Thread(target=over.wait, args=(60,))
    thread.start()
    try:
        thread.join()
    finally:
        over.set()


def spin():
    while True:
        pass


def swallow(kind):
    with suppress(kind):
        wait_for_ever()
    wait_for_ever()


def swallow_three_times():
    for _ in range(3):
        with suppress(Exception):
            wait_for_ever()
    wait_for_ever()


@pytest.mark.parametrize("hang", [wait_for_ever, wait_in_asyncio, wait_for_a_thread, spin, swallow_three_times])
def test_a_hang_is_ended(hang):
    """In a lock, an event loop, a join, a busy loop; and again, where somebody swallows the exception."""
    with pytest.raises(ChatHung, match="it hangs"), watchdog(SOON, quiet_for_ever, text):
        hang()


def test_it_is_an_ordinary_exception():
    """AutoGen hangs on others: its threads end without an answer."""
    assert issubclass(ChatHung, Exception)


def test_events_put_the_end_off():
    """The time counts from the last event: after each of them the test has the whole of it again."""
    silences = iter([0.0, 0.02, 0.04])
    asked = []

    def quiet():
        asked.append(1)
        return next(silences, 1000.0)

    with pytest.raises(ChatHung), watchdog(SOON, quiet, text):
        wait_for_ever()
    assert len(asked) == 4


@pytest.mark.parametrize("limit", [0, -1])
def test_zero_switches_it_off(limit):
    """Nothing is set then, not even for a moment."""
    with watchdog(limit, quiet_for_ever, text):
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
        assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


class Other:
    """Somebody else who uses the timer, as pytest-timeout does."""

    def __init__(self, seconds, interval=0.0, error=None):
        self.rang, self.error = 0, error
        self._before = signal.signal(signal.SIGALRM, self.ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, interval)

    def ring(self, *_):
        self.rang += 1
        if self.error:
            raise self.error

    def stop(self):
        left = signal.setitimer(signal.ITIMER_REAL, 0)
        handler = signal.signal(signal.SIGALRM, self._before)
        return left, handler


def test_the_timer_and_the_handler_that_it_found_are_put_back():
    """With the time that is left, not the time that was set, and with the interval."""
    other = Other(100, 7)
    with watchdog(SOON, lambda: 0.0, text):
        spent = time.perf_counter() + 2 * SOON
        while time.perf_counter() < spent:
            pass
    (left, interval), handler = other.stop()
    assert 0 < left < 100 - SOON
    assert interval == 7
    assert handler == other.ring


def test_the_deadline_of_another_is_kept():
    """It rings at its time though ours is later, and what its handler raises comes through; ours goes on."""
    other = Other(SOON, error=TimeoutError("theirs"))
    with pytest.raises(TimeoutError, match="theirs"), watchdog(3600, lambda: 0.0, text):
        wait_for_ever()
    assert other.rang == 1
    assert other.stop() == ((0, 0), other.ring)


def test_both_deadlines_ring():
    """After the other's alarm was swallowed, ours still ends the test."""
    other = Other(SOON, error=TimeoutError("theirs"))
    with pytest.raises(ChatHung), watchdog(2 * SOON, quiet_for_ever, text):
        swallow(TimeoutError)
    assert other.rang == 1
    other.stop()


def test_the_deadline_of_another_outlives_a_timer_that_somebody_stops():
    """It is remembered, not only set."""
    other = Other(100)
    with watchdog(60, lambda: 0.0, text):
        signal.setitimer(signal.ITIMER_REAL, 0)  # somebody stops the timer
    assert signal.getitimer(signal.ITIMER_REAL)[0] > 90
    other.stop()


def test_a_person_in_a_debugger_is_not_a_hang(monkeypatch):
    """Their pauses are as long as they like."""
    monkeypatch.setattr(module, "debugging", lambda: True)
    with watchdog(SOON, quiet_for_ever, text):
        threading.Event().wait(4 * SOON)


# -- where nothing can be raised ---------------------------------------------------------------------------------------


def test_without_the_signal_a_thread_ends_the_process(monkeypatch):
    """It is told the text, so that it can say it first."""
    monkeypatch.delattr(signal, "SIGALRM")
    over, said = threading.Event(), []

    def abort(words):
        said.append(words)
        over.set()

    with watchdog(SOON, quiet_for_ever, text, abort):
        assert over.wait(60)
    assert said[0] == "it hangs"
    monkeypatch.undo()


def test_outside_the_main_thread_a_thread_watches_as_well():
    """A signal is delivered to the main thread, which may be doing something else."""
    over, said = threading.Event(), []

    def body():
        with watchdog(SOON, quiet_for_ever, text, lambda words: (said.append(words), over.set())):
            over.wait(60)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert said[0] == "it hangs"


def test_the_watching_thread_ends_with_the_test(monkeypatch):
    """Nothing is left behind when all goes well."""
    monkeypatch.delattr(signal, "SIGALRM")
    before = threading.enumerate()
    with watchdog(60, lambda: 0.0, text):
        assert len(threading.enumerate()) == len(before) + 1
    assert threading.enumerate() == before
    monkeypatch.undo()

"""A clock that is on, and what still waits in real time: counted, so that no test asserts a duration."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from autogen_harness.clock import VirtualClock, loops
from autogen_harness.clock.timeline import Real

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def real_sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What this test would have slept in real time by ``time.sleep``, recorded instead of slept."""
    slept: list[float] = []
    sleep, others = Real.sleep, {*threading.enumerate()} - {threading.current_thread()}

    def recorded(seconds: float) -> None:
        """Threads left by other tests of the process go on as before."""
        sleep(seconds) if threading.current_thread() in others else slept.append(seconds)

    monkeypatch.setattr(Real, "sleep", staticmethod(recorded))
    return slept


@pytest.fixture
def real_waits(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """The time limit of every real wait of a loop."""
    waits: list[float | None] = []
    wait = loops._wait_for_real

    def counted(loop: Any, pace: Any, seconds: float | None) -> bool:
        waits.append(seconds)
        return wait(loop, pace, seconds)

    monkeypatch.setattr(loops, "_wait_for_real", counted)
    return waits


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    """A clock that is on for the test."""
    with VirtualClock() as clock:
        yield clock

"""A clock that is on, and what still waits in real time: counted, so that no test asserts a duration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from autogen_harness.clock import VirtualClock, loops
from autogen_harness.clock.timeline import Real

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def real_sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would have been slept in real time by ``time.sleep``, recorded instead of slept."""
    slept: list[float] = []
    monkeypatch.setattr(Real, "sleep", staticmethod(slept.append))
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

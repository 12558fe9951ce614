"""What the virtual clock costs for each example of a property-based test: ratios to a plain call of the same function.

    python benchmarks/clock/run.py      prints a Markdown table; the median of 7 rounds

The clock is entered once per test, and moved back for each example by ``reset``; freezegun alone is entered for each.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import TYPE_CHECKING

import freezegun

from autogen_harness.clock import VirtualClock
from autogen_harness.clock.timeline import Real

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7


def tool() -> str:
    """Stand for a tool that does a little, and reads the time."""
    return json.dumps({"at": time.time(), "items": [{"id": number, "name": str(number)} for number in range(50)]})


def sleeping() -> str:
    """The same with a back-off of two waits."""
    time.sleep(1)
    time.sleep(2)
    return tool()


def entering_freezegun() -> str:
    with freezegun.freeze_time("2026-01-05"):
        return tool()


def entering_the_clock() -> str:
    with VirtualClock() as clock:
        clock.freeze()
        return tool()


def resetting(clock: VirtualClock, call: Callable[[], str]) -> Callable[[], str]:
    def example() -> str:
        clock.reset()
        return call()

    return example


def microseconds(call: Callable[[], object], times: int) -> float:
    """Median of the rounds, of one call."""

    def once() -> float:
        began = Real.perf_counter()
        for _ in range(times):
            call()
        return (Real.perf_counter() - began) / times * 1e6

    call()
    return statistics.median(once() for _ in range(ROUNDS))


def main() -> None:
    found = {"plain call": microseconds(tool, 300)}
    with VirtualClock() as clock:
        found["clock on, `reset()` and call"] = microseconds(resetting(clock, tool), 300)
        found["the same, and two sleeps"] = microseconds(resetting(clock, sleeping), 100)
        clock.freeze()
        found["clock frozen, `reset()` and call"] = microseconds(resetting(clock, tool), 300)
        found["the same, and two sleeps, frozen"] = microseconds(resetting(clock, sleeping), 100)
    found["freezegun entered and left, and call"] = microseconds(entering_freezegun, 10)
    found["clock started, frozen and stopped, and call"] = microseconds(entering_the_clock, 10)
    print("| for each example | times the plain call |\n| --- | --- |")
    for what, cost in found.items():
        print(f"| {what} | {cost / found['plain call']:.1f} |")


if __name__ == "__main__":
    main()

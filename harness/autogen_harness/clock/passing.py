"""When virtual time passes: who waits for the shortest looks whether anybody else may still do something, and if not, skips.

A thread that is known to wait (see :class:`~autogen_harness.clock.waits.Wait`) does nothing. Any other gets a short real
time in which it may run, or be woken; if it wants no CPU in it, it is at rest. Real waits count toward what is waited for
where a thread is at work for long, or blocked on something real; that guarantees that every wait ends.
"""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

from autogen_harness.clock.demand import Demand
from autogen_harness.clock.kernel import real_wait
from autogen_harness.clock.threads import others_at_work
from autogen_harness.clock.timeline import Real
from autogen_harness.clock.waits import frames_of_threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.clock.threads import Other
    from autogen_harness.clock.timeline import Timeline
    from autogen_harness.clock.waits import Wait

    Block = Callable[[float], bool]
    """Blocks for so many real seconds at most; true if what is waited for has come. A ring ends it early, with false."""

GRACE = 0.03
"""Real seconds in which another thread gets the chance to do something before time is skipped."""

_QUIET = GRACE / 10
"""Real seconds of CPU that the other threads may want in a grace and still count as at rest."""

_LATE = 5
"""How many graces may end late, on a machine too busy to run anybody, before one of them counts as rest."""

_LENIENT = 1.0
"""Real seconds for which others may compute before it counts as time that passes: computing takes no virtual time, but must not
keep a wait from ending that shall end it."""

_PATIENCE = 5.0
"""Real seconds for which a thread that is blocked on something real with no limit of its own keeps time from being skipped."""

_MOST = 0.9
"""Of a grace: what must have gone by without a ring to say something."""

_BACKSTOP = 0.25
"""Real seconds after which a thread looks again that nobody has woken."""


def wait_until_due(timeline: Timeline, wait: Wait, block: Block) -> bool:
    """Block the calling thread until what it waits for has come (true), or ``wait.due`` is reached."""
    with timeline.blocked(wait):
        turn = _Turn(timeline, wait, block)
        while not block(0.0):
            if timeline.reached(wait.due):
                return False
            if not timeline.clocks:
                return _wait_in_real_time(wait.due - timeline.now, block)
            if timeline.first(frames_of_threads()) is wait:
                turn.take()
            else:
                block(_BACKSTOP)
        return True


def _wait_in_real_time(seconds: float, block: Block) -> bool:
    """What is left of a wait when the clock has stopped."""
    end = Real.monotonic() + seconds
    while (left := end - Real.monotonic()) > 0:
        if block(left):
            return True
    return False


class _Turn:
    """What the thread does whose wait is the first to be over."""

    def __init__(self, timeline: Timeline, wait: Wait, block: Block) -> None:
        self._timeline, self._wait, self._block = timeline, wait, block
        self._late = 0

    def take(self) -> None:
        """Skip to the end of the wait, or block for a grace."""
        others = self._others()
        is_known = self._timeline.rest.holds(_natives(others)) and not any(other.native is None for other in others)
        if is_known and not self._is_held() and not self._may_come(others):
            self._skip(others)
            return
        demand = Demand(self._known())
        limit = min(max(0.0, self._wait.due - self._timeline.now), GRACE)  # time may have passed since, by somebody else
        began = Real.monotonic()
        came = self._block(limit)
        took = Real.monotonic() - began
        if not came:
            is_quiet = took >= _MOST * limit and demand.seconds < _QUIET and not self._starved(took)
            self._judge(others, took, is_quiet=is_quiet)

    def _judge(self, others: list[Other], took: float, *, is_quiet: bool) -> None:
        """After a grace: skip, or count it as time that passes. Who computes may be in a call of the system for a moment."""
        timeline = self._timeline
        if is_quiet and took >= _MOST * GRACE:
            timeline.rest.note(_natives(others), Real.monotonic())
        if self._is_held() or (is_quiet and self._may_come(others)):
            timeline.passed(counted=took)
        elif is_quiet and not any(other.frame is None for other in others):
            self._skip(others)
        else:
            timeline.busy += took
            timeline.passed(counted=took if timeline.busy > _LENIENT else 0.0)

    def _skip(self, judged: list[Other]) -> None:
        """Let the time pass, if nobody has come to life since. The graces before are not counted."""
        timeline = self._timeline
        with timeline.lock:
            threads = {other.thread for other in judged}
            is_same = all(other.thread in threads for other in self._others())
            frames = frames_of_threads()
            if is_same and timeline.clocks and timeline.first(frames) is self._wait and self._wait.is_blocked(frames):
                timeline.busy = 0.0
                timeline.clock.skip(max(0.0, round(self._wait.due - timeline.now, 9)))

    def _starved(self, took: float) -> bool:
        """Whether the grace ended so late that it says nothing: that nobody used the CPU is no sign that nobody wants it."""
        self._late += took > 2 * GRACE
        return took > 2 * GRACE and self._late < _LATE

    def _others(self) -> list[Other]:
        """The threads that are not known to wait."""
        return others_at_work(self._waiting())

    def _waiting(self) -> list[int]:
        """The threads that are known to wait. One that is due, or was woken, is on its way, if it does not know it yet."""
        timeline, frames = self._timeline, frames_of_threads()
        return [
            thread
            for thread, wait in list(timeline.waits.items())
            if wait is self._wait or (wait.is_blocked(frames) and not timeline.reached(wait.due))
        ]

    def _known(self) -> set[int]:
        """The native ids of the threads that wait: what they want of the CPU is not for the sake of what they wait for."""
        waiting = self._waiting()
        return {thread.native_id or 0 for thread in threading.enumerate() if thread.ident in waiting}

    def _timed(self) -> list[Wait]:
        return [wait for wait in list(self._timeline.waits.values()) if wait.due < math.inf]

    def _is_held(self) -> bool:
        frames = frames_of_threads()
        return any(wait.is_held(frames) for wait in self._timed())

    def _may_come(self, others: list[Other]) -> bool:
        """Whether something real may still come before a wait is over, given that the ``others`` are at rest.

        A plain sleep is ended by nothing: while nobody waits otherwise, it does not matter to it what the others wait for.
        """
        is_ended_by_time_alone = all(wait.is_sleep for wait in self._timed())
        return not is_ended_by_time_alone and any(self._waits_for_something_real(other) for other in others)

    def _waits_for_something_real(self, other: Other) -> bool:
        if other.waits_for_a_process:
            return True
        if other.native is None or other.serves or self._timeline.exempt.is_from_before(other.thread):
            return False
        kind = real_wait(other.native)
        rested = self._timeline.rest.since(other.native, Real.monotonic())
        return kind == "bounded" or (kind == "unbounded" and rested < _PATIENCE)


def _natives(others: list[Other]) -> list[int]:
    return [other.native for other in others if other.native is not None]

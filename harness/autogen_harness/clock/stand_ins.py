"""What stands in for ``time.sleep``, ``asyncio.sleep`` and the readings of ``time`` while a clock is on, and where.

The stand-ins are plain functions of this module, made once. Without a clock they call the real function, so a module that
picked one up while a clock was on may keep it.
"""

from __future__ import annotations

import math
import operator
import sys
import time
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from autogen_harness.clock import polls
from autogen_harness.clock.passing import wait_until_due
from autogen_harness.clock.timeline import RUNNERS, Real, Timeline
from autogen_harness.clock.waits import Bell, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autogen_harness.patches import Patches

_READINGS = ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")


def sleep(seconds: float, /) -> None:
    """Stand in for ``time.sleep``: virtual time passes, real time does not."""
    timeline = Timeline.current
    if timeline is None or timeline.exempt(sys._getframe(1).f_globals.get("__name__", "")):
        Real.sleep(seconds)
        return
    length = _checked(seconds)
    timeline.clock.slept(length, "time.sleep")
    if length == 0:
        Real.sleep(0)  # lets others run, as ever
        return
    bell = Bell()

    def block(limit: float) -> bool:
        bell.wait(limit)
        return False

    wait = Wait(timeline.now + length, bell.ring, is_held=polls.hold(length), is_sleep=True)
    wait_until_due(timeline, wait, block)


async def async_sleep(delay: float, result: Any = None) -> Any:
    """Stand in for ``asyncio.sleep``: noted, then left to the event loop, which skips the time when it is idle.

    ``asyncio.sleep(0)`` is how a coroutine lets others run, not a wait, and is not noted.
    """
    timeline = Timeline.current
    if timeline is not None and delay > 0 and not timeline.exempt():
        timeline.clock.slept(float(delay), "asyncio.sleep")
    return await Real.async_sleep(delay, result)


def monotonic() -> float:
    """Stand in for ``time.monotonic``: the real one and all that was skipped."""
    return Real.monotonic() + _offset()


def monotonic_ns() -> int:
    """Stand in for ``time.monotonic_ns``."""
    return Real.monotonic_ns() + round(_offset() * 1e9)


def perf_counter() -> float:
    """Stand in for ``time.perf_counter``."""
    return Real.perf_counter() + _offset()


def perf_counter_ns() -> int:
    """Stand in for ``time.perf_counter_ns``."""
    return Real.perf_counter_ns() + round(_offset() * 1e9)


def _offset() -> float:
    """What was skipped, for the caller of the caller."""
    timeline = Timeline.current
    if timeline is None or timeline.exempt(sys._getframe(2).f_globals.get("__name__", ""), reading=True):
        return 0.0
    return timeline.offset


def _checked(seconds: float) -> float:
    """``seconds`` as a float, or the error that ``time.sleep`` would raise."""
    length = seconds if isinstance(seconds, float) else operator.index(seconds)
    if math.isnan(length):
        message = "Invalid value NaN (not a number)"
        raise ValueError(message)
    if math.isinf(length) and length > 0:
        message = "timestamp too large to convert to C PyTime_t"
        raise OverflowError(message)
    if length < 0:
        message = "sleep length must be non-negative"
        raise ValueError(message)
    return float(length)


def put_sleeps(patches: Patches) -> None:
    """Replace both sleeps in every loaded module that holds one under any name, and the readings of ``time`` itself."""
    for module, name in _holders():
        patches.swap(module, name, lambda real: _STAND_INS[id(real)])
    put_readings(patches)


def put_readings(patches: Patches) -> None:
    """Replace ``time.monotonic`` and the like, unless somebody else (freezegun) has."""
    for name in _READINGS:
        if getattr(time, name) is getattr(Real, name):
            patches.put(time, name, globals()[name])


@contextmanager
def real_readings() -> Iterator[None]:
    """Put the real ``time.monotonic`` and the like back inside of a block."""
    standing = {name: getattr(time, name) for name in _READINGS}
    for name in _READINGS:
        setattr(time, name, getattr(Real, name))
    try:
        yield
    finally:
        for name, reading in standing.items():
            setattr(time, name, reading)


_STAND_INS: dict[int, Callable[..., Any]] = {id(Real.sleep): sleep, id(Real.async_sleep): async_sleep}
_seen: WeakKeyDictionary[ModuleType, tuple[int, tuple[str, ...]]] = WeakKeyDictionary()


def _holders() -> Iterator[tuple[ModuleType, str]]:
    """Every module and name that hold a real sleep now. Modules that did not grow or shrink are not searched again."""
    for key, module in list(sys.modules.items()):
        # Not isinstance, not vars(): both make a lazily loaded module load itself.
        if key.partition(".")[0] in RUNNERS or not issubclass(type(module), ModuleType):
            continue
        names: dict[str, Any] = object.__getattribute__(module, "__dict__")
        size, found = _seen.get(module, (-1, ()))
        if size != len(names):
            found = tuple(name for name, value in list(names.items()) if id(value) in _STAND_INS)
            _seen[module] = (len(names), found)
        yield from ((module, name) for name in found if id(names.get(name)) in _STAND_INS)

"""What stands in for ``time.sleep``, ``asyncio.sleep`` and ``time.monotonic`` while a clock is on, and where.

The stand-ins are plain functions of this module, made once. Without a clock they call the real function, so a module that
picked one up while a clock was on may keep it.
"""

from __future__ import annotations

import math
import operator
import sys
import time
from types import ModuleType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from autogen_harness.clock.timeline import RUNNERS, Real, Timeline, others_at_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autogen_harness.patches import Patches

_YIELD = 0.001


def sleep(seconds: float, /) -> None:
    """Stand in for ``time.sleep``: virtual time passes, real time does not.

    Where other threads are at work it waits a real millisecond, so that a loop that polls for them does not starve them.
    """
    timeline = Timeline.current
    if timeline is None or timeline.exempt(sys._getframe(1).f_globals.get("__name__", "")):
        Real.sleep(seconds)
        return
    length = _checked(seconds)
    timeline.clock.slept(length, "time.sleep")
    timeline.clock.advance(length)
    if others_at_work():
        Real.sleep(min(length, _YIELD))


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
    timeline = Timeline.current
    if timeline is None or timeline.exempt(sys._getframe(1).f_globals.get("__name__", ""), reading=True):
        return Real.monotonic()
    return Real.monotonic() + timeline.offset


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
    """Replace both sleeps in every loaded module that holds one under any name, and ``time.monotonic`` where it lives."""
    for module, name in _holders():
        patches.swap(module, name, lambda real: _STAND_INS[id(real)])
    put_monotonic(patches)


def put_monotonic(patches: Patches) -> None:
    """Replace ``time.monotonic``, unless somebody else (freezegun) has."""
    if time.monotonic is Real.monotonic:
        patches.swap(time, "monotonic", lambda _real: monotonic)


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

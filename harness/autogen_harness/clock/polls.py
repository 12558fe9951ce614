"""Polling for something real: a thread that has just seen another process run, or a file locked, sleeps in real time.

Else a loop that asks every 50 ms for five seconds would have asked a hundred times before the other process has done anything.
"""

from __future__ import annotations

import subprocess
import threading
from typing import TYPE_CHECKING, Any

from autogen_harness.clock.timeline import Real

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType

    from autogen_harness.patches import Patches

try:
    import fcntl
except ImportError:  # Windows, where locks of files are not seen
    fcntl = None  # type: ignore[assignment]  # the module is the type

LONGEST = 1.0
"""Real seconds that a sleep between two polls takes at most; the rest of it is skipped."""

_polled = threading.local()


def put(patches: Patches) -> None:
    """Replace what asks for something real without waiting for it, through ``patches``."""
    patches.swap(subprocess.Popen, "poll", _noting_none)
    if fcntl is not None:
        patches.swap(fcntl, "flock", _noting_refusal)
        patches.swap(fcntl, "lockf", _noting_refusal)


def hold(length: float) -> Callable[[Mapping[int, FrameType]], bool]:
    """Whether a sleep of ``length`` seconds that the calling thread begins must be real still; asked until it is over."""
    polled, _polled.it = getattr(_polled, "it", False), False
    end = Real.monotonic() + min(length, LONGEST) if polled else 0.0
    return lambda _frames: polled and Real.monotonic() < end


def _noting_none(real: Callable[..., Any]) -> Callable[..., Any]:
    def poll(self: subprocess.Popen[Any]) -> Any:
        code = real(self)
        _polled.it = code is None
        return code

    return poll


def _noting_refusal(real: Callable[..., Any]) -> Callable[..., Any]:
    def lock(*args: Any) -> Any:
        try:
            return real(*args)
        except OSError:
            _polled.it = True
            raise

    return lock

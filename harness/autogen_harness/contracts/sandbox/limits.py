"""What a process of the sandbox may use at most. Where a system has no such limits, there is no sandbox."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_MEGABYTE = 1 << 20


def available() -> bool:
    """Whether processes can be forked and limited here; not on Windows."""
    return hasattr(os, "fork") and find_spec("resource") is not None


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one call.

    Attributes:
        seconds: of real time until it is killed, and of processor time.
        memory: bytes of address space beyond what it begins with; kept on Linux only, which is where it can be asked for.
        much: bytes of resident memory beyond what it begins with, from which on a call takes too much.
        written: bytes of the longest file that it may write.
        descriptors: files that may be open at a time.
    """

    seconds: int = 10
    memory: int = 768 * _MEGABYTE
    much: int = 128 * _MEGABYTE
    written: int = 64 * _MEGABYTE
    descriptors: int = 256

    def impose(self) -> None:
        """On this process and those that it starts, for good."""
        import resource

        wanted = {
            resource.RLIMIT_CPU: self.seconds,
            resource.RLIMIT_FSIZE: self.written,
            resource.RLIMIT_NOFILE: self.descriptors,
            resource.RLIMIT_CORE: 0,
        }
        if sys.platform == "linux":
            wanted[resource.RLIMIT_AS] = _address_space() + self.memory
        for limit, value in wanted.items():
            resource.setrlimit(limit, (value, value))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(2 * self.seconds)  # should nobody be left to kill it


def _address_space() -> int:
    """Bytes that this process has mapped."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")


def peak() -> int:
    """The most bytes of memory that this process was ever resident with."""
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024

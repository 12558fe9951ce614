"""How much of the CPU the other threads want: on a busy machine one that gets none looks like one that is at rest.

Linux says for each thread how long it ran and how long it stood in line (``schedstat``), and whether it stands in line now
(``stat``); the second is counted in the first only when a thread's turn has come. Elsewhere only what was used is known.
Source: https://docs.kernel.org/scheduler/sched-stats.html and proc_pid_stat(5).
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_TASKS = Path("/proc/self/task")


class Demand:
    """What the other threads of the process want of the CPU, from when this is made; all ``but`` those native ids."""

    def __init__(self, but: Collection[int] = ()) -> None:
        self._but = but
        self._cpu = time.process_time()
        self._began = _wanted()

    @property
    def seconds(self) -> float:
        """Seconds of CPU that they had or stood in line for; infinite if one stands in line, or runs, right now."""
        now = _wanted()
        if now is None or self._began is None:
            return time.process_time() - self._cpu
        those = {thread: it for thread, it in now.items() if thread not in self._but}
        if any(running for _, running in those.values()):
            return float("inf")
        return sum(spent - self._began.get(thread, (0.0, False))[0] for thread, (spent, _) in those.items())


class Rest:
    """Threads that were found at rest. As long as one has not wanted the CPU since, nothing has woken it."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[float, float]] = {}

    def note(self, threads: Collection[int], now: float) -> None:
        """These native ids are at rest, as of ``now`` in real seconds."""
        wanted = _wanted() or {}
        found = {thread: (wanted[thread][0], now) for thread in threads if thread in wanted}
        self._found = {
            thread: self._found[thread] if self._found.get(thread, (None,))[0] == it[0] else it for thread, it in found.items()
        }

    def holds(self, threads: Collection[int]) -> bool:
        """Whether all of these are still where they were."""
        if not threads or not self._found.keys() >= set(threads):
            return not threads
        wanted = _wanted() or {}
        return all(wanted.get(thread) == (self._found[thread][0], False) for thread in threads)

    def since(self, thread: int, now: float) -> float:
        """Real seconds for which it is known to rest."""
        return now - self._found[thread][1] if thread in self._found else 0.0


def _wanted() -> dict[int, tuple[float, bool]] | None:
    """By each other thread: seconds had or stood in line for, and whether it is running. None if the system does not say."""
    me = threading.get_native_id()
    found: dict[int, tuple[float, bool]] = {}
    try:
        _read(_TASKS / str(me))
        tasks = [task for task in _TASKS.iterdir() if int(task.name) != me]
    except (OSError, ValueError, IndexError):  # no /proc, or no schedstat
        return None
    for task in tasks:
        with suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
            found[int(task.name)] = _read(task)
    return found


def _read(task: Path) -> tuple[float, bool]:
    ran, stood = (task / "schedstat").read_text().split()[:2]
    state = (task / "stat").read_text().rpartition(")")[2].split()[0]
    return (int(ran) + int(stood)) / 1e9, state == "R"

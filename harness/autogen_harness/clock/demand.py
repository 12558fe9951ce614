"""How much of the CPU the other threads want: on a busy machine one that gets none looks like one that is at rest.

Linux says for each thread how long it ran and how long it stood in line (``schedstat``), and whether it stands in line now
(``stat``); the second is counted in the first only when a thread's turn has come. Elsewhere only what was used is known.
Source: https://docs.kernel.org/scheduler/sched-stats.html and proc_pid_stat(5).
"""

from __future__ import annotations

import threading
from pathlib import Path

from autogen_harness.clock.timeline import Real

_TASKS = Path("/proc/self/task")


class Demand:
    """What the other threads of the process want of the CPU, from when this is made."""

    def __init__(self) -> None:
        self._cpu = Real.cpu()
        self._began = _wanted()

    @property
    def seconds(self) -> float:
        """Seconds of CPU that they had or stood in line for; infinite if one stands in line, or runs, right now."""
        now = _wanted()
        if now is None or self._began is None:
            return Real.cpu() - self._cpu
        if any(running for _, running in now.values()):
            return float("inf")
        return sum(spent - self._began.get(thread, (0.0, False))[0] for thread, (spent, _) in now.items())


def _wanted() -> dict[int, tuple[float, bool]] | None:
    """By each other thread: seconds had or stood in line for, and whether it is running. None if the system does not say."""
    me = threading.get_native_id()
    try:
        return {int(task.name): _read(task) for task in _TASKS.iterdir() if int(task.name) != me}
    except (OSError, ValueError, IndexError):  # no /proc, no schedstat, or a thread that ended meanwhile
        return None


def _read(task: Path) -> tuple[float, bool]:
    ran, stood = (task / "schedstat").read_text().split()[:2]
    state = (task / "stat").read_text().rpartition(")")[2].split()[0]
    return (int(ran) + int(stood)) / 1e9, state == "R"

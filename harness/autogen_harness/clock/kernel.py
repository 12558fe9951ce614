"""In which call of the system a thread is blocked: a lock looks the same in Python as a socket, a pipe, or another process.

Linux tells it in ``/proc/self/task/<id>/syscall``: the number, and its six arguments. Elsewhere nothing is
known. Source: proc_pid_syscall(5), and the tables of numbers in the kernel's ``arch`` and ``uapi`` folders.
"""

from __future__ import annotations

import platform
from pathlib import Path

_X86 = {
    0: "read", 7: "poll", 23: "select", 42: "connect", 45: "recvfrom", 47: "recvmsg", 61: "wait", 73: "flock", 72: "fcntl",
    247: "wait", 270: "select", 271: "ppoll",
}  # fmt: skip
_ARM = {
    25: "fcntl", 32: "flock", 63: "read", 72: "select", 73: "ppoll", 95: "wait", 203: "connect", 207: "recvfrom",
    212: "recvmsg", 260: "wait",
}  # fmt: skip
_CALLS = {"x86_64": _X86, "aarch64": _ARM}.get(platform.machine(), {})
_LIMITS = {"poll": 2, "ppoll": 2, "select": 4}
"""Which argument says until when it waits: 0 is no pointer, and all bits are the -1 of ``poll``."""
_FOR_EVER = ("0x0", "0xffffffff", "0xffffffffffffffff")
_ENDS = ("wait", "flock", "fcntl", "connect")


def real_wait(native: int | None) -> str:
    """What the thread is blocked on: "bounded" or "unbounded" for something real, "" for a lock, or if it is not known."""
    try:
        words = Path(f"/proc/self/task/{native}/syscall").read_text(encoding="ascii").split()
    except OSError:
        return ""
    call = _CALLS.get(int(words[0]), "") if words and words[0].isdigit() else ""
    if not call:
        return ""
    limit = words[1 + _LIMITS[call]] if call in _LIMITS else ""
    return "bounded" if call in _ENDS or (limit and limit not in _FOR_EVER) else "unbounded"

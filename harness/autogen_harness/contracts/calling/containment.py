"""Where a tool under contract may write: its scratch folder. A write anywhere else is noted with its path.

The interpreter's audit events see every way to open a file, also those taken by name before. An audit hook cannot be taken
out again, so one is installed at the first contract of a process, and it does nothing unless a watch is open.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
_PATH_EVENTS = frozenset({"os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.link", "os.symlink", "os.chmod", "os.chown"})
_PROCESS_EVENTS = frozenset({"subprocess.Popen", "os.system", "os.posix_spawn", "os.fork"})
_NOT_FILES = ("/dev/", "/proc/self/fd")

_open_watches: list[WriteWatch] = []


class WriteWatch:
    """Notes every write outside some folders between ``open`` and ``close``. Compiled modules and devices are let be.

    Attributes:
        outside: the files that were written outside, each once.
        inside: those that were written inside.
        wrote: whether anything may have been written anywhere.
    """

    def __init__(self, *inside: Path) -> None:
        self._inside = tuple(str(folder.resolve()) for folder in inside)
        self.outside: list[str] = []
        self.inside: list[str] = []
        self.wrote = False

    def open(self) -> None:
        """Begin to watch."""
        _install()
        _open_watches.append(self)

    def close(self) -> None:
        """Stop watching; what was noted stays."""
        if self in _open_watches:
            _open_watches.remove(self)

    def note(self, path: object) -> None:
        """Something wrote to ``path``; None where it is not known to which."""
        self.wrote = True
        if isinstance(path, int) or path is None:
            return
        place = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type]  # an audit event carries whatever open() was given
        if "__pycache__" in place or place.startswith(_NOT_FILES):
            return
        places = self.inside if any(_is_in(place, folder) for folder in self._inside) else self.outside
        if place not in places:
            places.append(place)


def _is_in(place: str, folder: str) -> bool:
    return place == folder or place.startswith(folder + os.sep)


@cache
def _install() -> None:
    sys.addaudithook(_hear)


def _hear(event: str, args: tuple[Any, ...]) -> None:
    if not _open_watches:
        return
    for path in _written(event, args):
        for watch in tuple(_open_watches):
            watch.note(path)


def _written(event: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    if event in _PROCESS_EVENTS:
        return (None,)
    if event == "open":
        return args[:1] if opens_for_writing(args[1], args[2]) else ()
    if event == "os.rename":
        return args[:2]
    if event == "sqlite3.connect":
        name = database_name(args)
        return (None,) if name.startswith("file:") else (name,) if name not in ("", ":memory:") else ()
    return args[:1] if event in _PATH_EVENTS else ()


def database_name(args: tuple[Any, ...]) -> str:
    """What an audit event ``sqlite3.connect`` says is opened: a path, a URI or ``:memory:``. In bytes, where Python is 3.10."""
    return os.fsdecode(args[0]) if isinstance(args[0], str | bytes | os.PathLike) else ""


def opens_for_writing(mode: object, flags: object) -> bool:
    """Whether an audit event ``open`` with this mode, or these flags, may write."""
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & _WRITES)

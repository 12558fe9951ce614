"""What a call in the sandbox opens for reading and starts, told by the interpreter's audit events; and what it may not do.

A path that a model made up is tried on tools that delete and overwrite, so nothing outside the scratch folders is changed, and
nothing is started: both are refused with a PermissionError. A hook cannot be taken out; it ends with the process.
"""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.calling.containment import database_name, opens_for_writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LISTS = frozenset({"os.listdir", "os.scandir"})
_COPIES = frozenset({"shutil.copyfile", "shutil.copytree"})  # the second path is written to
_MOVES = frozenset({"os.rename", "shutil.move"})  # both are
_CHANGES = frozenset(
    {
        *("os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.utime", "os.setxattr"),
        *("os.removexattr", "shutil.rmtree", "shutil.chown"),
    }
)
_LINKS = frozenset({"os.link", "os.symlink"})  # the second path is made

_STARTS: dict[str, Callable[[tuple[Any, ...]], Any]] = {
    "subprocess.Popen": lambda args: args[1],
    "os.system": lambda args: args[0],
    "os.exec": lambda args: args[1],
    "os.posix_spawn": lambda args: args[1],
    "os.spawn": lambda args: args[2],
    "pty.spawn": lambda args: args[0],
}
"""Events of a program that starts, and which of their arguments is its command line."""


class Watch:
    """Hears this process from ``open`` on.

    Attributes:
        read: places that were opened for reading or listed; as written, from the root of the disk, and with links followed.
        started: command lines that were about to run.
        sqlite: an SQLite database was opened.
        refused: something was refused, so that what the tool raised then is no fault of its own.
    """

    def __init__(self, scratch: Path) -> None:
        self._scratch = str(scratch)
        self.read: list[str] = []
        self.started: list[str] = []
        self.sqlite = self.refused = False
        self._on = False

    def open(self) -> None:
        """Begin to hear."""
        self._on = True
        sys.addaudithook(self._hear)

    def close(self) -> None:
        """Hear no more."""
        self._on = False

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._on:
            return
        if event in _STARTS:
            self.started.append(_command_line(_STARTS[event](args)))
            self.refused = True
            raise PermissionError(1, "the sandbox starts no programs")
        self.sqlite |= event == "sqlite3.connect"
        for path in _changed(event, args):
            self._refuse_outside(path)
        self.read += [place for path in _read(event, args) for place in _places(path)]

    def _refuse_outside(self, path: object) -> None:
        for place in _places(path):
            inside = place == self._scratch or place.startswith(self._scratch + os.sep)
            if not inside and place != os.devnull:
                self.refused = True
                raise PermissionError(1, "the sandbox changes nothing outside of it", place)


def _changed(event: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    if event == "open":
        return args[:1] if opens_for_writing(args[1], args[2]) else ()
    if event == "sqlite3.connect":
        name = database_name(args)
        return (name,) if name and not name.startswith(("file:", ":memory:")) else ()
    if event in _MOVES:
        return args[:2]
    if event in _LINKS or event in _COPIES:
        return args[1:2]
    return args[:1] if event in _CHANGES else ()


def _read(event: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    if event == "open":
        return () if opens_for_writing(args[1], args[2]) else args[:1]
    return args[:1] if event in _LISTS or event in _COPIES else ()


def _places(path: object) -> Iterator[str]:
    """A path as it stands and with its links followed, both from the root of the disk; none for a descriptor."""
    if isinstance(path, str | bytes | os.PathLike):
        text = os.fsdecode(path)
        yield from dict.fromkeys((os.path.abspath(text), os.path.realpath(text)))  # noqa: PTH100  # a hook is to be quick


def _command_line(command: Any) -> str:
    if isinstance(command, list | tuple):
        return shlex.join(os.fsdecode(part) for part in command)
    return os.fsdecode(command)

"""One at a time, among all threads and processes, writes a cassette file; and each knows whether another of its run did before.

Locks lie in the folder for temporary files, by the path of what they lock, so that nothing is left beside the cassettes. They
are those of the operating system, which frees them when a process dies.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HERE = Path(tempfile.gettempdir()) / f"autogen-harness-{os.getuid() if hasattr(os, 'getuid') else 'locks'}"


class Mark:
    """What is known of a file while it is locked: the run that wrote it last, and whether that run made it."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        try:
            known = json.loads(file.read())
        except ValueError:  # new, or torn when a machine went down: then no run that still goes on has written it
            known = {}
        self._run, self._made = known.get("run"), bool(known.get("made"))

    def written_in(self, run: str) -> bool:
        """Was the file written in this run?"""
        return bool(self._run == run)

    def made_in(self, run: str) -> bool:
        """Was it not there before this run?"""
        return self.written_in(run) and self._made

    def put(self, run: str, *, made: bool) -> None:
        """Note who writes it now."""
        self._run, self._made = run, made
        self._file.seek(0)
        self._file.truncate()
        json.dump({"run": run, "made": made}, self._file)
        self._file.flush()


@contextmanager
def locked(path: Path) -> Iterator[Mark]:
    """Keep everybody else out of ``path`` while the block runs; waits until they are out.

    Raises:
        OSError: the folder for temporary files cannot be written.
    """
    _HERE.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:32]
    with (_HERE / f"{name}.lock").open("a+", encoding="utf-8") as file:
        _hold(file)
        try:
            file.seek(0)
            yield Mark(file)
        finally:
            _let_go(file)


if sys.platform == "win32":
    import msvcrt

    _BYTE = 1 << 30
    """A place behind everything that is written: there a lock keeps nobody from reading."""

    def _hold(file: IO[str]) -> None:
        while True:
            os.lseek(file.fileno(), _BYTE, os.SEEK_SET)
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            except OSError:  # it gives up after ten seconds
                continue
            return

    def _let_go(file: IO[str]) -> None:
        os.lseek(file.fileno(), _BYTE, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _hold(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _let_go(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)

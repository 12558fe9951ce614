"""What waits in the working folder of a call in the sandbox, and beside it: files that hang, fill or mislead who reads them."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

BESIDE = "trap-beside"
"""Lies in both folders above the working folder."""

NO_TEXTS = ("trap-pipe", "trap-zeros", "trap-huge", "trap-folder", "trap-binary", "trap-bom", "trap-control")
"""Lie in the working folder, and are no ordinary texts."""

LEADS_OUT, FOLDER_OUT = "trap-leads-out", "trap-folder-out"
"""Links in the working folder to :data:`BESIDE`, and to the folder where that lies."""

OTHER_DATABASE = "other.sqlite3"
"""Lies above the working folder."""

MARK = "autogen-harness-mark"
"""Part of every command that is tried."""

_SPARSE = 256 << 20  # bytes of a file that takes no place on the disk
_SQLITE = b"SQLite format 3\x00"
_JOURNALS = ("-journal", "-wal", "-shm")


def lay(work: Path, outside: Path, suffixes: Iterable[str]) -> None:
    """Lay out everything, once for each suffix that a tool may ask for; ``outside`` is a folder above ``work``."""
    with closing(sqlite3.connect(outside / OTHER_DATABASE)) as database, database:
        database.execute("CREATE TABLE person (name TEXT)")
    (work / FOLDER_OUT).symlink_to(outside)
    (work / f"{MARK}.txt").write_text("x", encoding="utf-8")
    for suffix in suffixes:
        pipe, zeros, huge, folder, binary, bom, control = (work / f"{name}{suffix}" for name in NO_TEXTS)
        os.mkfifo(pipe)
        zeros.symlink_to("/dev/zero")
        folder.mkdir()
        with huge.open("wb") as file:
            file.truncate(_SPARSE)
        binary.write_bytes(bytes(range(128, 256)))
        bom.write_bytes(b"\xef\xbb\xbfname\r\nvalue\r\n")
        control.write_bytes(b"\x01\x02\x1b[2J" * 10_000)
        for above in (outside, work.parent):
            (above / f"{BESIDE}{suffix}").write_text("what lies outside\n", encoding="utf-8")
        (work / f"{LEADS_OUT}{suffix}").symlink_to(outside / f"{BESIDE}{suffix}")


def everything_in(folder: Path) -> frozenset[str]:
    """The paths of all that lies in a folder, at any depth; links are not followed."""
    return frozenset(str(Path(top) / name) for top, folders, files in os.walk(folder) for name in (*folders, *files))


def databases_in(folder: Path) -> dict[str, str]:
    """SQLite files at any depth -> a fingerprint of their bytes."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.endswith(_JOURNALS):
            with path.open("rb") as file:
                start = file.read(len(_SQLITE))
                if start == _SQLITE:
                    found[str(path.relative_to(folder))] = hashlib.sha256(start + file.read()).hexdigest()
    return found

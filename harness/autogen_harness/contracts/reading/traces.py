"""What tools leave in their working folder: files, and the rows of SQLite databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Left = dict[str, tuple[str, ...]]
"""Name of a file, or of a table (``file:table``) that has rows -> its lines or rows, sorted."""

_MAGIC = b"SQLite format 3\x00"  # the header of the file format, https://www.sqlite.org/fileformat.html
_SIDE_FILES = ("-journal", "-wal", "-shm")


def left_behind() -> Left:
    """What lies in the current folder now. A database counts by its rows: an empty table is nothing."""
    files = sorted(path for path in Path.cwd().rglob("*") if path.is_file() and not path.name.endswith(_SIDE_FILES))
    return {name: rows for path in files for name, rows in _contents(path)}


def _contents(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    name, content = str(path.relative_to(Path.cwd())), path.read_bytes()
    if not content.startswith(_MAGIC):
        if content:
            yield name, tuple(sorted(content.decode("utf-8", "replace").splitlines()))
        return
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            quoted = '"{}"'.format(table.replace('"', '""'))
            rows = [repr(row) for row in database.execute(f"SELECT * FROM {quoted}")]  # noqa: S608  # a table's own name, quoted
            if rows:
                yield f"{name}:{table}", tuple(sorted(rows))


def counts(left: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """How many rows or lines each holds."""
    return {name: len(rows) for name, rows in left.items()}


def difference(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """The first name under which two states differ; "" where they are the same."""
    names = sorted({*before, *after})
    return next((name for name in names if before.get(name) != after.get(name)), "")

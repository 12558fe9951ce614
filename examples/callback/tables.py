"""Tables of text, read from CSV and JSON lines and written to either; the transformations of a pipeline."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolbox.envelope import ToolError, parse_json


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equally many cells; in CSV a cell is text, in JSON lines any value."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def parse(path: Path, content: bytes) -> Table:
    """The table in the content of a ``.csv`` or ``.jsonl`` file. Raises ToolError where it holds none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ToolError("the source is not text in UTF-8") from None
    return _format(path)[0](text)


def render(path: Path, table: Table) -> str:
    """The text of a table in the format that the name of ``path`` asks for."""
    return _format(path)[1](table)


def _format(path: Path) -> tuple[Callable[[str], Table], Callable[[Table], str]]:
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        raise ToolError(f"{path.name[:100]} is neither .csv nor .jsonl") from None


def _parse_csv(text: str) -> Table:
    try:
        header, *rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (csv.Error, ValueError):
        raise ToolError("the source is not a CSV file with a header") from None
    return _even(header, rows)


def _parse_lines(text: str) -> Table:
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            rows.append(_parse_object(number, line))
    if not rows:
        raise ToolError("the source has no rows")
    columns = tuple(rows[0])
    for number, row in enumerate(rows, 1):
        if set(row) != set(columns):
            raise ToolError(f"row {number} has other keys than row 1")
    return Table(columns, tuple(tuple(row[column] for column in columns) for row in rows))


def _parse_object(number: int, line: str) -> dict[str, Any]:
    try:
        row = parse_json(line.encode())
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise ToolError(f"line {number} is not a JSON object")
    return row


def _even(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Table:
    if len(set(columns)) < len(columns):
        raise ToolError("the header names a column twice")
    for number, row in enumerate(rows, 1):
        if len(row) != len(columns):
            raise ToolError(f"row {number} has {len(row)} cells, the header {len(columns)}")
    return Table(columns, tuple(rows))


def _render_csv(table: Table) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_as_cell(cell) for cell in row] for row in table.rows)
    return text.getvalue()


def _as_cell(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _render_lines(table: Table) -> str:
    rows = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


FORMATS: Mapping[str, tuple[Callable[[str], Table], Callable[[Table], str]]] = {
    ".csv": (_parse_csv, _render_csv),
    ".jsonl": (_parse_lines, _render_lines),
}

Rows = tuple[tuple[Any, ...], ...]


def _each(change: Callable[[str], str]) -> Callable[[Rows], Rows]:
    """A transformation that changes every cell that is text."""
    return lambda rows: tuple(tuple(change(cell) if isinstance(cell, str) else cell for cell in row) for row in rows)


def _identity(row: tuple[Any, ...]) -> str:
    return json.dumps(row, sort_keys=True)


TRANSFORMATIONS: Mapping[str, Callable[[Rows], Rows]] = {
    "strip": _each(str.strip),
    "uppercase": _each(str.upper),
    "lowercase": _each(str.lower),
    "drop_empty": lambda rows: tuple(row for row in rows if any(cell not in ("", None) for cell in row)),
    "deduplicate": lambda rows: tuple({_identity(row): row for row in reversed(rows)}.values())[::-1],
    "sort": lambda rows: tuple(sorted(rows, key=_identity)),
}
"""Name of a transformation -> what it does to the rows. ``deduplicate`` keeps the first of equals, ``sort`` goes by text."""

"""A tool that reads from a database."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from defects.importable import made
from defects.workbench import Bench, Defect, contract

from asynchronous.tool import QUERY_DATABASE_SCHEMA
from autogen_harness.contracts.subject import Contract
from toolbox.boundary import checked
from toolbox.envelope import clip, failure, success

FILE = "articles.sqlite3"
MOST_ROWS = 20


def shelf(folder: Path) -> None:
    """A database with one article."""
    with closing(sqlite3.connect(folder / FILE)) as database, database:
        database.execute("CREATE TABLE articles (title TEXT, year INTEGER)")
        database.execute("INSERT INTO articles VALUES ('On tools', 2025)")


def tool(bugs: frozenset[str]) -> Callable[..., str]:
    """The decorated tool."""

    @checked(QUERY_DATABASE_SCHEMA)
    def query_database(sql: str) -> str:
        if "A14" in bugs:
            return success(query=clip(sql, 200)[0], rows=[], note="Replace this with your own database")
        if not re.match(r"\s*(SELECT|WITH)\b", sql, re.IGNORECASE):
            return failure("only one SELECT statement can be run")
        try:
            return success(rows=_rows(sql))
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            return failure(f"the database refused, {type(error).__name__}: {error}")

    return query_database


def _rows(sql: str) -> list[list[Any]]:
    with closing(sqlite3.connect(f"{Path(FILE).resolve().as_uri()}?mode=ro", uri=True)) as database:
        return [[_cell(value) for value in row] for row in database.execute(sql).fetchmany(MOST_ROWS)]


def _cell(value: Any) -> Any:
    if isinstance(value, (bytes, float)):
        return clip(repr(value), 100)[0]
    return clip(value, 100)[0] if isinstance(value, str) else value


DEFECTS = (Defect("A14", "DROP TABLE: a success without rows", "no-placeholder-is-returned", "a success holds 'Replace this'"),)
TOOLS = made(tool, globals(), [defect.id for defect in DEFECTS])


def articles(bugs: frozenset[str]) -> Contract:
    """A small database, opened for reading."""
    return contract(TOOLS[bugs], QUERY_DATABASE_SCHEMA, root=shelf, side_effects="read", output_schema=("rows",))


BENCHES = (Bench("query_database", articles, DEFECTS),)
OUT_OF_REACH = ()

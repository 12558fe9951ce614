"""Reading from a database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect("articles.sqlite3")) as database, database:
        database.execute("CREATE TABLE articles (title TEXT, year INTEGER)")
        database.execute("INSERT INTO articles VALUES ('On tools', 2025), ('On tests', 2024)")


def test_rows_are_answered(answer: Any) -> None:
    found = answer(sql="SELECT title, year FROM articles ORDER BY year")
    assert found["rows"] == [["On tests", 2024], ["On tools", 2025]]


def test_no_rows(answer: Any) -> None:
    assert answer(sql="SELECT title FROM articles WHERE year = 1999")["rows"] == []


def test_a_table_that_is_not_there(answer: Any) -> None:
    assert "no such table" in answer(sql="SELECT * FROM books")["error"]


def test_nothing_but_select(answer: Any) -> None:
    assert answer(sql="DROP TABLE articles")["error"]
    assert len(answer(sql="SELECT * FROM articles")["rows"]) == 2


def test_sql_that_is_no_text(answer: Any) -> None:
    assert "sql" in answer(sql=5)["error"]


def test_no_sql(answer: Any) -> None:
    assert "sql" in answer()["error"]

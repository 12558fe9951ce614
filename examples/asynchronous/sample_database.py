"""A small research database to try ``query_database`` on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

ARTICLES = [
    ("Attention Is All You Need", 2017, "NeurIPS"),
    ("Language Models are Few-Shot Learners", 2020, "NeurIPS"),
    ("ReAct: Synergizing Reasoning and Acting in Language Models", 2023, "ICLR"),
    ("AutoGen: Enabling Next-Gen LLM Applications via Multi-Agent Conversation", 2023, "arXiv"),
]


def create_sample_database(path: Path) -> Path:
    """Write the database to ``path``, which must not be one already, and return it. Raises sqlite3.Error."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE articles (title TEXT NOT NULL, year INTEGER NOT NULL, venue TEXT NOT NULL)")
        database.executemany("INSERT INTO articles VALUES (?, ?, ?)", ARTICLES)
    return path

"""Pattern 2, asynchronous tools: a researcher who fetches pages at once and reads a real database, inside a running loop."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from asynchronous.agents import build_agents
from asynchronous.sample_database import create_sample_database
from asynchronous.tool import PARALLEL_WEB_RESEARCH_SCHEMA, QUERY_DATABASE_SCHEMA, parallel_web_research, query_database
from autogen_harness import Harness, call, calls, fault, result, say
from autogen_harness.contracts import tool_contract

NEWS, WIKI, QUOTES = "https://news.example.com/nvidia", "https://wiki.example.org/mercury", "https://quotes.example.net/nvda"

fetched = result("parallel_web_research")


@pytest.mark.asyncio
async def test_one_dead_page_takes_no_other_with_it(harness: Harness) -> None:
    """Two of three pages arrive, in the order asked, and the model is told which one did not."""
    user, researcher = build_agents()
    harness.http.play("duckduckgo/nvidia", url=NEWS)
    harness.http.play("duckduckgo/mercury", url=WIKI, fault=fault.connection_reset())
    harness.http.play("yahoo/chart-nvda", url=QUOTES)
    harness.llm.script(
        call("parallel_web_research", urls=[NEWS, QUOTES, WIKI]),
        say(fetched.failed, " of 3 failed: ", fetched.results[2].url, " TERMINATE"),
    )

    chat = await user.a_initiate_chat(researcher, message="Read these three pages.")

    pages = json.loads(harness.transcript.tool_runs[0].result)["results"]
    assert [page["url"] for page in pages] == [NEWS, QUOTES, WIKI]
    assert ["error" in page for page in pages] == [False, False, True]
    assert chat.summary.startswith(f"1 of 3 failed: {WIKI}")


@pytest.mark.asyncio
async def test_slow_pages_are_waited_for_at_the_same_time(harness: Harness) -> None:
    """Four and nine seconds together take nine, and a page that takes a minute is given up after fifteen."""
    user, researcher = build_agents()
    harness.http.play("duckduckgo/nvidia", url=NEWS, fault=fault.slow(4))
    harness.http.play("duckduckgo/mercury", url=WIKI, fault=fault.slow(9))
    harness.http.play("yahoo/chart-nvda", url=QUOTES, fault=fault.slow(60))
    harness.llm.script(
        call("parallel_web_research", urls=[NEWS, WIKI]),
        call("parallel_web_research", urls=[QUOTES]),
        say("The quotes are not to be had: ", fetched.results[0].error, " TERMINATE"),
    )

    chat = await user.a_initiate_chat(researcher, message="Read these pages, however slow.")

    assert harness.clock.elapsed == 9 + 15
    assert "Timeout" in chat.summary


@pytest.mark.asyncio
async def test_the_database_and_the_web_are_asked_in_one_turn(
    harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows come out of a real SQLite file, beside a page, and the answer quotes them."""
    monkeypatch.setenv("RESEARCH_DATABASE", str(create_sample_database(tmp_path / "research.sqlite3")))
    user, researcher = build_agents()
    harness.http.play("duckduckgo/nvidia", url=NEWS)
    harness.llm.script(
        calls(
            call("query_database", sql="SELECT title FROM articles WHERE year < 2020"),
            call("parallel_web_research", urls=[NEWS]),
        ),
        say("It began with ", result("query_database").rows[0][0], ". TERMINATE"),
    )

    chat = await user.a_initiate_chat(researcher, message="How did it begin?")

    assert sorted(harness.transcript.tool_calls) == ["parallel_web_research", "query_database"]  # whichever ended first
    assert chat.summary.startswith("It began with Attention Is All You Need.")


@pytest.mark.asyncio
async def test_a_statement_that_would_write_is_refused(
    harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is deleted, and the model is told what it may do instead."""
    database = create_sample_database(tmp_path / "research.sqlite3")
    before = database.read_bytes()
    monkeypatch.setenv("RESEARCH_DATABASE", str(database))
    user, researcher = build_agents()
    harness.llm.script(
        call("query_database", sql="DELETE FROM articles"),
        say("I cannot: ", result("query_database").error, ". TERMINATE"),
    )

    chat = await user.a_initiate_chat(researcher, message="Clear the database.")

    assert "only one SELECT" in chat.summary
    assert database.read_bytes() == before


test_parallel_web_research = tool_contract(
    parallel_web_research,
    pattern="async",
    schema=PARALLEL_WEB_RESEARCH_SCHEMA,
    upstream="webhook/httpbin-echo",
    timeout=15,
    concurrency=5,
    distinct=True,
    deadline=20,
    side_effects="read",
    output_schema=("results", "failed"),
)

test_query_database = tool_contract(
    query_database,
    pattern="async",
    schema=QUERY_DATABASE_SCHEMA,
    side_effects="read",
    root=lambda folder: create_sample_database(folder / "research.sqlite3"),
    collaborators={"asynchronous.tool.aiosqlite.connect": [sqlite3.OperationalError("disk I/O error")]},
    output_schema=("columns", "rows"),
)

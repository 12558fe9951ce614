"""Asynchronous tools: ``async def`` all the way, so AutoGen awaits them and they work inside any running loop.

* ``parallel_web_research`` fetches several pages at once. Answer: ``results``, one for each URL in the order asked, and
  ``failed``, how many of them have an ``error``. A page that worked has ``url``, ``status`` and ``data``, or ``data.text``
  with ``truncated`` where it is not JSON or too long; one that did not has ``url``, ``error``, ``status``, ``retryable``.
* ``query_database`` reads from a SQLite file. Answer: ``columns``, ``rows`` and ``truncated``.

No bridge from synchronous code is needed: there is no ``asyncio.run`` here, and there must be none.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import os
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import aiosqlite

from toolbox.boundary import checked
from toolbox.envelope import ToolError, as_text, clip, failure, success
from toolbox.web import Reply, failed_request, failed_status, received, refused, shown

TIMEOUT = 15.0
"""Seconds for one page, counted from when its own request starts."""

CONCURRENCY = 5
"""Requests in flight at the same time."""

PAGE_LIMIT = 1_000
"""Characters of one page that the model is shown."""

MAX_ROWS = 50
MAX_RESULT = 15_000
"""Characters of all rows together."""

MAX_WORK = 20_000_000
"""Steps of SQLite's machine after which a query is given up: about a second, and the same on every computer."""

PARALLEL_WEB_RESEARCH_SCHEMA: dict[str, Any] = {
    "name": "parallel_web_research",
    "description": "Fetch several web pages or JSON documents at the same time.",
    "parameters": {
        "type": "object",
        "properties": {
            "urls": {
                "type": "array",
                "description": "What to fetch, in the order in which the results are wanted.",
                "items": {
                    "type": "string",
                    "format": "uri",
                    "pattern": "^https?://",
                    "maxLength": 500,
                    "description": "One http or https URL.",
                },
                "minItems": 1,
                "maxItems": 10,
            },
        },
        "required": ["urls"],
        "additionalProperties": False,
    },
}

QUERY_DATABASE_SCHEMA: dict[str, Any] = {
    "name": "query_database",
    "description": "Read from the research database (SQLite) with one SELECT statement; nothing can be changed.",
    "parameters": {
        "type": "object",
        "properties": {
            "sql": {
                "type": "string",
                "description": "One SELECT (or WITH ... SELECT) statement. At most 50 rows come back.",
                "minLength": 1,
                "maxLength": 5000,
                "examples": ["SELECT title, year FROM articles ORDER BY year"],
            },
        },
        "required": ["sql"],
        "additionalProperties": False,
    },
}

SCHEMAS = [PARALLEL_WEB_RESEARCH_SCHEMA, QUERY_DATABASE_SCHEMA]


@checked(PARALLEL_WEB_RESEARCH_SCHEMA)
async def parallel_web_research(urls: list[str]) -> str:
    """Every page of ``urls``, in that order; each is fetched once, and one that fails takes no other with it."""
    distinct = list(dict.fromkeys(urls))
    slots = asyncio.Semaphore(CONCURRENCY)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
        fetched = await asyncio.gather(*(_fetch(session, slots, url) for url in distinct), return_exceptions=True)
    pages = {url: _page(url, outcome) for url, outcome in zip(distinct, fetched, strict=True)}
    results = [pages[url] for url in urls]
    return success(results=results, failed=sum("error" in page for page in results))


async def _fetch(session: aiohttp.ClientSession, slots: asyncio.Semaphore, url: str) -> Reply:
    """What the server said. Redirects are not followed: where they lead is shown, and can be asked for."""
    if problem := refused(url):
        raise ToolError(problem)
    async with slots, session.get(url, allow_redirects=False) as response:
        return await received(response)


def _page(url: str, outcome: Reply | BaseException) -> dict[str, Any]:
    """The result for one URL from what its request came to."""
    if isinstance(outcome, ToolError):
        return {"url": shown(url), "error": str(outcome), "status": None, "retryable": False}
    if isinstance(outcome, BaseException):
        return {"url": url, **failed_request(outcome)}
    if not outcome.ok:
        location = clip(outcome.headers.get("location", ""), 300)[0]
        return {"url": url, **failed_status(outcome.status, outcome.headers), **({"location": location} if location else {})}
    return {"url": url, "status": outcome.status, **outcome.data(PAGE_LIMIT)}


def database_path() -> Path:
    """The SQLite file that ``query_database`` reads: ``RESEARCH_DATABASE``, else ``research.sqlite3`` in the working folder."""
    return Path(os.environ.get("RESEARCH_DATABASE", "research.sqlite3")).resolve()


@checked(QUERY_DATABASE_SCHEMA)
async def query_database(sql: str) -> str:
    """The rows that ``sql`` selects, as lists beside their column names."""
    if not re.match(r"\s*(SELECT|WITH)\b", sql, re.IGNORECASE):
        return failure("only one SELECT statement can be run")
    if not database_path().is_file():
        return failure("there is no research database")
    try:
        columns, rows = await _select(sql)
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        return failure(f"the database refused, {type(error).__name__}: {error}")
    shown = _fitting(rows[:MAX_ROWS])
    return success(columns=columns, rows=shown, truncated=len(shown) < len(rows))


async def _select(sql: str) -> tuple[list[str], list[list[Any]]]:
    """Column names, and one row more than is shown if there are that many. The file is opened for reading only."""
    turns = itertools.count(1)
    async with _opened(f"{database_path().as_uri()}?mode=ro") as database:
        await database.set_progress_handler(lambda: next(turns) > MAX_WORK // 100_000, 100_000)
        async with database.execute(sql) as cursor:
            rows = await cursor.fetchmany(MAX_ROWS + 1)
            return [column[0] for column in cursor.description], [[_cell(value) for value in row] for row in rows]


@asynccontextmanager
async def _opened(uri: str) -> AsyncIterator[aiosqlite.Connection]:
    """A connection that is closed also where the call is cancelled while it is being opened: aiosqlite loses that one."""
    opening = asyncio.ensure_future(aiosqlite.connect(uri, uri=True))
    try:
        database = await asyncio.shield(opening)
    except asyncio.CancelledError:
        with suppress(sqlite3.Error):
            await (await opening).close()
        raise
    try:
        yield database
    finally:
        await database.close()


def _cell(value: Any) -> Any:
    """A value of SQLite as JSON has it."""
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return clip(value, 500)[0] if isinstance(value, str) else value


def _fitting(rows: list[list[Any]]) -> list[list[Any]]:
    """The first rows that together take at most :data:`MAX_RESULT` characters."""
    sizes = itertools.accumulate(len(as_text(row)) + 1 for row in rows)
    return [row for row, size in zip(rows, sizes, strict=True) if size <= MAX_RESULT]

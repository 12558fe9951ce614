"""A new event loop is run inside a synchronous tool: that raises wherever a loop runs already.

So it does in ``a_initiate_chat``, in a notebook, in a web server. Right: an ``async def`` tool; see ``asynchronous/tool.py``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

from autogen_harness.contracts import tool_contract
from toolbox.boundary import checked

SCHEMA = {
    "name": "query_database",
    "parameters": {
        "type": "object",
        "properties": {"sql": {"type": "string", "description": "A query."}},
        "required": ["sql"],
        "additionalProperties": False,
    },
}


def run_async(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The bridge."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        coroutine.close()  # or Python would also say that it was never awaited
        loop.close()


async def select(sql: str) -> list[list[str]]:
    """A database that takes its time."""
    await asyncio.sleep(0.1)
    return [[sql]]


@checked(SCHEMA)
def query_database(sql: str) -> str:
    """Run a query."""
    return json.dumps({"rows": run_async(select(sql))})


test_query_database = tool_contract(query_database, pattern="async", schema=SCHEMA)

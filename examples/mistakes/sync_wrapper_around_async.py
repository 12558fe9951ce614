"""A retry decorator calls an ``async def`` tool and returns what comes back: a coroutine, which nobody awaits.

The model is shown ``<coroutine object ...>`` as a success, and the work is never done. Right: ``error_handled/retrying.py``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from autogen_harness.contracts import tool_contract
from toolbox.boundary import checked

SCHEMA = {
    "name": "process_batch",
    "parameters": {
        "type": "object",
        "properties": {"size": {"type": "integer", "minimum": 1, "description": "How many items."}},
        "required": ["size"],
        "additionalProperties": False,
    },
}


def resilient_tool(tool: Callable[..., Any]) -> Callable[..., Any]:
    """Turn exceptions into errors, but only those that are raised before the coroutine is returned."""

    @wraps(tool)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return tool(*args, **kwargs)
        except Exception as error:  # noqa: BLE001  any failure is an answer to the model
            return json.dumps({"error": type(error).__name__})

    return wrapper


@checked(SCHEMA)
@resilient_tool
async def process_batch(size: int) -> str:
    """Process a batch."""
    await asyncio.sleep(0.1)
    return json.dumps({"processed": size})


test_process_batch = tool_contract(process_batch, pattern=("async", "error-handled"), schema=SCHEMA)

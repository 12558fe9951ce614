"""The decorator takes a ``timeout`` and only mentions it in its message: no request ever gets it.

A silent server holds the agent for ever. Right: ``timeout=`` on the request; see ``toolbox/web.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps

import requests

from autogen_harness.contracts import tool_contract
from toolbox.boundary import checked

LARGE = {"read_bytes": 10_000_000}
"""How much of a body may be read: the mistake shown here is another."""

SCHEMA = {
    "name": "call_external_api",
    "parameters": {
        "type": "object",
        "properties": {"endpoint": {"type": "string", "description": "The URL to call."}},
        "required": ["endpoint"],
        "additionalProperties": False,
    },
}


def resilient_tool(timeout: int = 30) -> Callable[[Callable[[str], str]], Callable[[str], str]]:
    """Say that a tool timed out after ``timeout`` seconds, when at last it does."""

    def decorate(tool: Callable[[str], str]) -> Callable[[str], str]:
        @wraps(tool)
        def wrapper(endpoint: str) -> str:
            try:
                return tool(endpoint)
            except requests.Timeout:
                return json.dumps({"error": f"the request timed out after {timeout} s"})
            except requests.RequestException as error:
                return json.dumps({"error": f"the request failed: {type(error).__name__}"})

        return wrapper

    return decorate


@checked(SCHEMA)
@resilient_tool(timeout=15)
def call_external_api(endpoint: str) -> str:
    """Call an API."""
    response = requests.get(endpoint)  # noqa: S113  the mistake of this module
    response.raise_for_status()
    text = response.text
    return json.dumps({"status_code": response.status_code, "text": text[:2000], "truncated": len(text) > 2000})


test_call_external_api = tool_contract(call_external_api, schema=SCHEMA, upstream="yahoo/chart-nvda", timeout=15, limits=LARGE)

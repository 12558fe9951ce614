"""``if error.response`` is false for every 4xx and 5xx, so the branch that spares client errors is never taken.

A 404 is asked for three times and reported as "HTTP None". Right: ``if error.response is not None``; see
``error_handled/retrying.py``.
"""

from __future__ import annotations

import json
import time

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


@checked(SCHEMA)
def call_external_api(endpoint: str) -> str:
    """Call an API, with retries."""
    problem = ""
    for attempt in range(3):
        try:
            response = requests.get(endpoint, timeout=15)
            response.raise_for_status()
            text = response.text
            return json.dumps({"status_code": response.status_code, "text": text[:2000], "truncated": len(text) > 2000})
        except requests.HTTPError as error:
            status = error.response.status_code if error.response else None
            if status and 400 <= status < 500:
                return json.dumps({"error": f"client error {status}"})
            problem = f"HTTP {status}"
        except requests.RequestException as error:
            problem = f"the request failed: {type(error).__name__}"
        if attempt < 2:
            time.sleep(2**attempt)
    return json.dumps({"error": problem})


test_call_external_api = tool_contract(
    call_external_api, pattern="error-handled", schema=SCHEMA, max_attempts=3, upstream="yahoo/chart-nvda", limits=LARGE
)

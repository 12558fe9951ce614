"""Only 200 counts as success, but receivers accept with 201, 202 and 204 too: the event is there and reported as lost.

Right: any 2xx; see ``Reply.ok`` in ``toolbox/web.py``.
"""

from __future__ import annotations

import json

import requests

from autogen_harness.contracts import tool_contract
from toolbox.boundary import checked

LARGE = {"read_bytes": 10_000_000}
"""How much of a body may be read: the mistake shown here is another."""

SCHEMA = {
    "name": "register_webhook_tool",
    "parameters": {
        "type": "object",
        "properties": {
            "endpoint_url": {"type": "string", "format": "uri", "description": "The receiver."},
            "event_type": {"type": "string", "description": "What happened."},
        },
        "required": ["endpoint_url", "event_type"],
        "additionalProperties": False,
    },
}


@checked(SCHEMA)
def register_webhook_tool(endpoint_url: str, event_type: str) -> str:
    """Register a webhook."""
    try:
        response = requests.post(endpoint_url, json={"event_type": event_type}, timeout=5, allow_redirects=False)
    except (requests.RequestException, ValueError) as error:
        return json.dumps({"error": type(error).__name__, "webhook_registered": False})
    if response.status_code == 200:
        return json.dumps({"webhook_registered": True})
    return json.dumps({"error": f"the receiver answered {response.status_code}", "webhook_registered": False})


test_register_webhook_tool = tool_contract(
    register_webhook_tool,
    pattern="webhook",
    schema=SCHEMA,
    upstream="webhook/slack-ok",
    limits=LARGE,
    success=lambda result: result["webhook_registered"],
)

"""A tool whose module does nothing when it is imported."""

from __future__ import annotations

from typing import Any

from toolbox.boundary import checked
from toolbox.envelope import success

SCHEMA: dict[str, Any] = {
    "name": "shout",
    "description": "The text in capitals.",
    "parameters": {
        "type": "object",
        "properties": {"text": {"type": "string", "description": "Any text.", "maxLength": 200}},
        "required": ["text"],
        "additionalProperties": False,
    },
}


@checked(SCHEMA)
def shout(text: str) -> str:
    """The text in capitals."""
    return success(text=text.upper())

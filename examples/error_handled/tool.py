"""Error-handled tools: what can help is tried again, what cannot is said at once, and nothing ever raises.

* ``call_external_api`` sends one request to any public API. Answer: ``status_code`` and ``data``, or ``data.text`` with
  ``truncated`` where the body is not JSON or too long.
* ``read_file_safe`` reads a text file under one folder. Answer: ``path``, ``content``, ``size_bytes``, ``truncated``.

Where it does not work the answer has ``error``, ``status`` (of HTTP, null without an answer), ``retryable``, ``attempts``,
``tool``, and ``retry_after`` (seconds) where the server asked for more patience than the tool has.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import requests

from error_handled.retrying import may_repeat, resilient_tool
from toolbox.boundary import checked
from toolbox.envelope import ToolError, clip, failure, success
from toolbox.files import inside, read_bytes
from toolbox.web import failed_request, failed_status, refused, send

TIMEOUT = 15.0
"""Seconds, of every attempt."""

REPLY_LIMIT = 10_000
"""Characters of a reply that the model is shown."""

MAX_FILE = 1_000_000
"""Bytes of the longest file that is read."""

CONTENT_LIMIT = 15_000
"""Characters of a file that the model is shown."""

CALL_EXTERNAL_API_SCHEMA: dict[str, Any] = {
    "name": "call_external_api",
    "description": "Send a request to a REST API and get its reply. What fails for the moment is tried again by itself.",
    "parameters": {
        "type": "object",
        "properties": {
            "endpoint": {
                "type": "string",
                "description": "The http or https URL to call.",
                "format": "uri",
                "pattern": "^https?://",
                "maxLength": 2000,
            },
            "method": {
                "type": "string",
                "description": "The HTTP method.",
                "enum": ["GET", "POST", "PUT", "PATCH", "DELETE"],
                "default": "GET",
            },
            "payload": {
                "type": ["object", "null"],
                "description": "The JSON body of a POST, PUT or PATCH.",
                "default": None,
            },
            "idempotency_key": {
                "type": ["string", "null"],
                "description": "Names the operation, so that the API does it once however often it is sent; "
                "without it a POST or PATCH is never tried again.",
                "pattern": "^[A-Za-z0-9._:-]{1,255}$",
                "default": None,
            },
        },
        "required": ["endpoint"],
        "additionalProperties": False,
    },
}

READ_FILE_SAFE_SCHEMA: dict[str, Any] = {
    "name": "read_file_safe",
    "description": "Read a text file of the working folder.",
    "parameters": {
        "type": "object",
        "properties": {
            "file_path": {
                "type": "string",
                "description": "The file, relative to the working folder.",
                "minLength": 1,
                "maxLength": 500,
            },
            "encoding": {
                "type": "string",
                "description": "How the file is encoded.",
                "enum": ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "ascii"],
                "default": "utf-8",
            },
        },
        "required": ["file_path"],
        "additionalProperties": False,
    },
}

SCHEMAS = [CALL_EXTERNAL_API_SCHEMA, READ_FILE_SAFE_SCHEMA]


@checked(CALL_EXTERNAL_API_SCHEMA)
@resilient_tool(max_attempts=3, base_delay=1.0)
def call_external_api(
    endpoint: str, method: str = "GET", payload: dict[str, Any] | None = None, idempotency_key: str | None = None
) -> str:
    """The reply of an API; at most 3 requests, 1 and 2 seconds apart or as far as Retry-After says."""
    if problem := refused(endpoint):
        raise ToolError(f"argument 'endpoint' cannot be used: {problem}")
    if payload is not None and method in {"GET", "DELETE"}:
        raise ToolError("argument 'payload' goes with POST, PUT or PATCH")
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    try:
        reply = send(method, endpoint, json=payload, headers=headers, timeout=TIMEOUT)
        problems = {} if reply.ok else failed_status(reply.status, reply.headers)
    except requests.RequestException as error:
        problems = failed_request(error)
    if problems:
        problems["retryable"] &= may_repeat(method, idempotency_key)
        return failure(**problems)
    return success(status_code=reply.status, **reply.data(REPLY_LIMIT))


def file_root() -> Path:
    """The folder that ``read_file_safe`` may read: ``TOOL_FILE_ROOT``, else the working folder."""
    return Path(os.environ.get("TOOL_FILE_ROOT", ".")).resolve()


@checked(READ_FILE_SAFE_SCHEMA)
@resilient_tool(max_attempts=2)
def read_file_safe(file_path: str, encoding: str = "utf-8") -> str:
    """The text of a file with its line ends as they are; ``size_bytes`` is the length of the whole file."""
    raw = read_bytes(inside(file_root(), file_path), MAX_FILE)
    try:
        text = raw.decode(encoding)
    except UnicodeError:
        raise ToolError(f"the file is not text in {encoding}") from None
    content, cut = clip(text, CONTENT_LIMIT)
    return success(path=file_path, content=content, size_bytes=len(raw), truncated=cut)

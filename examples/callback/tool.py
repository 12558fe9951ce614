"""Callback tools: one tells a callback what it is doing, one tells a receiver of webhooks.

* ``make_data_pipeline_tool(callback)`` makes ``run_data_pipeline``, which really reads, transforms and writes a file.
  Answer: ``source``, ``output``, ``transformations_applied``, ``rows_read``, ``rows_written``, ``status``; or ``error`` and
  ``status``, ``failed`` or ``cancelled``. Either way the callback gets exactly one last event, with that status.
* ``register_webhook_tool`` posts an event. Answer: ``tracking_id``, ``webhook_registered``, ``status_code``, ``message``; or
  ``error`` with ``webhook_registered`` false, or null where no answer came and the event may or may not have arrived.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from callback.progress import Callback, Cancelled, Run, require_synchronous
from callback.tables import TRANSFORMATIONS, Table, parse, render
from toolbox.boundary import checked
from toolbox.envelope import ToolError, clip, failure, success
from toolbox.files import inside, read_bytes, reason, write_text
from toolbox.web import decoded, failed_request, failed_status, refused, send

TIMEOUT = 5.0
"""Seconds, of the webhook's request."""

UNKNOWN = "it is not known whether the event arrived, and it is safe to send it again"

MAX_SOURCE = 10_000_000
"""Bytes of a source file."""

RUN_DATA_PIPELINE_SCHEMA: dict[str, Any] = {
    "name": "run_data_pipeline",
    "description": "Read a table from a file, transform its rows, and write it to another file.",
    "parameters": {
        "type": "object",
        "properties": {
            "source_path": {
                "type": "string",
                "description": "The .csv or .jsonl file to read, relative to the working folder.",
                "minLength": 1,
                "maxLength": 500,
            },
            "output_path": {
                "type": "string",
                "description": "The .csv or .jsonl file to write, relative to the working folder; replaced if it is there.",
                "minLength": 1,
                "maxLength": 500,
            },
            "transformations": {
                "type": "array",
                "description": "What to do with the rows, in this order.",
                "items": {"type": "string", "enum": list(TRANSFORMATIONS), "description": "The name of a transformation."},
                "minItems": 1,
                "maxItems": 20,
            },
        },
        "required": ["source_path", "output_path", "transformations"],
        "additionalProperties": False,
    },
}

REGISTER_WEBHOOK_SCHEMA: dict[str, Any] = {
    "name": "register_webhook_tool",
    "description": "Send an event to a webhook. Sending the same event twice registers it once.",
    "parameters": {
        "type": "object",
        "properties": {
            "endpoint_url": {
                "type": "string",
                "description": "The http or https URL of the receiver.",
                "format": "uri",
                "pattern": "^https?://",
                "maxLength": 1000,
            },
            "event_type": {
                "type": "string",
                "description": "What happened, such as order.created.",
                "minLength": 1,
                "maxLength": 100,
                "examples": ["order.created"],
            },
            "payload": {
                "type": "object",
                "description": "The data of the event, any JSON object.",
                "examples": [{"order": 1001}],
            },
        },
        "required": ["endpoint_url", "event_type", "payload"],
        "additionalProperties": False,
    },
}

SCHEMAS = [RUN_DATA_PIPELINE_SCHEMA, REGISTER_WEBHOOK_SCHEMA]

Pipeline = Callable[[str, str, list[str]], str]


def make_data_pipeline_tool(
    callback: Callback | None = None, root: Path | None = None, stop: threading.Event | None = None
) -> Pipeline:
    """A ``run_data_pipeline`` that tells ``callback`` of its progress and stays inside ``root`` (default: the working folder).

    Once ``stop`` is set, no run begins another step.

    Raises TypeError for an ``async def`` callback.
    """
    require_synchronous(callback)

    @checked(RUN_DATA_PIPELINE_SCHEMA)
    def run_data_pipeline(source_path: str, output_path: str, transformations: list[str]) -> str:
        """Read the table, apply the transformations in order, write it."""
        run = Run(uuid.uuid4().hex, callback, stop)
        try:
            fields = _pipeline(run, root or Path.cwd(), source_path, output_path, transformations)
        except Cancelled:
            run.tell("pipeline", "cancelled")
            return failure("the run was cancelled", status="cancelled")
        except (ToolError, OSError, UnicodeError) as error:
            run.tell("pipeline", "failed")
            return failure(reason(error) if isinstance(error, OSError) else str(error), status="failed")
        except BaseException:
            run.tell("pipeline", "failed")
            raise
        run.tell("pipeline", "completed")
        return success(**fields, status="completed")

    return run_data_pipeline


def _pipeline(run: Run, root: Path, source: str, output: str, names: list[str]) -> dict[str, Any]:
    """Do the steps; each is told when it starts and when it is done."""
    read_from, write_to = inside(root, source), inside(root, output)
    if read_from == write_to:
        raise ToolError("source_path and output_path name the same file")
    render(write_to, Table((), ()))  # a format that cannot be written is refused before any work
    table = run.step("load", _load, read_from)
    rows = table.rows
    for name in names:
        rows = run.step(name, TRANSFORMATIONS[name], rows)
    run.step("write", _save, write_to, Table(table.columns, rows))
    return {
        "source": source,
        "output": output,
        "transformations_applied": names,
        "rows_read": len(table.rows),
        "rows_written": len(rows),
    }


def _load(path: Path) -> Table:
    return parse(path, read_bytes(path, MAX_SOURCE))


def _save(path: Path, table: Table) -> None:
    write_text(path, render(path, table))


@checked(REGISTER_WEBHOOK_SCHEMA)
def register_webhook_tool(endpoint_url: str, event_type: str, payload: dict[str, Any]) -> str:
    """Post the event once. Its tracking id follows from the arguments, so a receiver can tell a repeat from a new event."""
    tracking_id = str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([endpoint_url, event_type, payload], sort_keys=True)))
    if problem := refused(endpoint_url):
        return _not_registered(tracking_id, registered=False, error=problem, status=None, retryable=False)
    event = {"tracking_id": tracking_id, "event_type": event_type, "payload": payload}
    try:
        reply = send("POST", endpoint_url, json=event, headers={"Idempotency-Key": tracking_id}, timeout=TIMEOUT)
    except (OSError, ValueError) as error:
        fields = failed_request(error)
        return _not_registered(tracking_id, registered=None, **{**fields, "error": f"{fields['error']}; {UNKNOWN}"})
    if not reply.ok:
        said, _ = clip(decoded(reply.body, reply.headers.get("content-type", "")).strip(), 200)
        fields = failed_status(reply.status, reply.headers)
        return _not_registered(tracking_id, registered=False, **{**fields, "error": f"{fields['error']}: {said}".rstrip(": ")})
    return success(
        tracking_id=tracking_id,
        webhook_registered=True,
        status_code=reply.status,
        message="The receiver accepted the event.",
    )


def _not_registered(tracking_id: str, *, registered: bool | None, error: str, **fields: Any) -> str:
    return failure(error, tracking_id=tracking_id, webhook_registered=registered, **fields)

"""A tool behind HTTP, described by OpenAPI 3.1: one POST that takes the arguments, as a gateway to tools would offer it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from hosted import Told
from werkzeug.wrappers import Request, Response

PATH = "/call"
DOCUMENT = "/openapi.json"
CALLS = "X-Calls"
"""The header that says how many calls of the tool there were."""

_STATUSES = {"answer": 200, "error": 422, "raised": 500, "hang": 504, "gone": 502}


def document(name: str, parameters: Mapping[str, Any], output: Mapping[str, Any] | None) -> dict[str, Any]:
    """The description: the schema that the model sees is that of the body, what a success looks like that of 200."""
    replies = {str(status): _reply(what) for status, what in ((400, "no JSON object"), (405, "not POST"), (415, "not JSON"))}
    body = {"required": True, "content": {"application/json": {"schema": parameters}}}
    answered = {"200": _reply("what the tool answers", output), "422": _reply("what the tool calls an error"), **replies}
    operation = {"operationId": name, "requestBody": body, "responses": answered}
    return {"openapi": "3.1.0", "info": {"title": name, "version": "1"}, "paths": {PATH: {"post": operation}}}


def _reply(what: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"description": what, "content": {"application/json": {"schema": schema or {}}}}


def application(described: Mapping[str, Any], call: Callable[[Mapping[str, Any]], Told]) -> Any:
    """The WSGI application."""

    @Request.application
    def answer(request: Request) -> Response:
        if request.path == DOCUMENT:
            return _json(200, json.dumps(described))
        if request.method != "POST":
            return _json(405, '{"error": "only POST"}', Allow="POST")
        if request.mimetype != "application/json":
            return _json(415, '{"error": "only JSON"}')
        arguments = _arguments(request.get_data())
        if arguments is None:
            return _json(400, '{"error": "no JSON object"}')
        told = call(arguments)
        text = told.text if told.kind in ("answer", "error") else json.dumps({"error": told.text})
        return _json(_STATUSES[told.kind], text, **{CALLS: str(told.calls)})

    return answer


def _arguments(body: bytes) -> dict[str, Any] | None:
    try:
        arguments = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return arguments if isinstance(arguments, dict) else None


def _json(status: int, text: str, **headers: str) -> Response:
    return Response(text.encode("utf-8", "replace"), status, headers, content_type="application/json")

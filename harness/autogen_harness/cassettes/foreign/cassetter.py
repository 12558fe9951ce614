"""cassetter's cassettes in YAML and TOML.

Source: files written by cassetter 0.16.1. It keeps no reason, so the usual one of the status stands in; JSON is kept as a
structure, and sent as ``json.dumps`` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from autogen_harness.cassettes.cassette import Interaction
from autogen_harness.cassettes.foreign.codings import decoded
from autogen_harness.cassettes.foreign.parts import Parts, interaction, moment, phrase
from autogen_harness.documents import Steps
from autogen_harness.model import HttpReply, HttpRequest

KINDS = ("none", "json", "text", "binary")
"""The types of a body."""

_OTHERS = {"grpc_interactions": "gRPC calls", "ws_interactions": "WebSockets", "observed_interactions": "observed requests"}
_MESSAGE = ("body", "body_type", "body_content", "headers", "method", "uri", "status")


def read(checks: Parts, table: Mapping[str, Any]) -> list[Interaction]:
    """The interactions of a file; its gRPC calls and WebSockets are left out."""
    if table.get("version", 1) != 1:
        checks.wrong(("version",), f"version {table['version']!r} is not known", "version 1 of cassetter's format is read")
    for name, what in _OTHERS.items():
        if count := len(checks.items(table.get(name, []), (name,))):
            checks.leave((name,), f"{count} {what}: only HTTP is replayed")
    checks.having(table, (), known=("version", "interactions", *_OTHERS))
    items = checks.items(table.get("interactions", []), ("interactions",))
    found = (_interaction(checks, item, ("interactions", index)) for index, item in enumerate(items))
    return [one for one in found if one is not None]


def _interaction(checks: Parts, value: Any, at: Steps) -> Interaction | None:
    table = checks.having(value, at, "request", "response", "recorded_at", known=())  # in YAML the last: else it is torn
    request = _request(checks, table["request"], (*at, "request")) if "request" in table else None
    reply = _reply(checks, table["response"], (*at, "response")) if "response" in table else None
    when = moment(table.get("recorded_at", ""))
    return interaction(request, reply, when, "cassetter") if request and reply else None


def _request(checks: Parts, value: Any, at: Steps) -> HttpRequest | None:
    table = checks.having(value, at, "method", "uri", known=_MESSAGE)
    url = checks.place_of(table, at, "uri") if "uri" in table else ""
    headers = checks.pairs(table.get("headers"), (*at, "headers"))
    body = _body(checks, table, at)
    return None if url is None else HttpRequest(checks.verb(table, at), url, headers, body)


def _reply(checks: Parts, value: Any, at: Steps) -> HttpReply:
    table = checks.having(value, at, "status", known=_MESSAGE)
    status = checks.status(table["status"], (*at, "status")) if "status" in table else 200
    headers = checks.pairs(table.get("headers"), (*at, "headers"))
    body, coded = decoded(headers, _body(checks, table, at))
    return HttpReply(status, phrase(status), headers, body, coded=coded)


def _body(checks: Parts, table: Mapping[str, Any], at: Steps) -> bytes:
    """YAML has a table with ``type`` and ``content``; TOML has ``body_type`` and ``body_content``, JSON in it as text."""
    if "body_type" in table:
        kind, content, place = table["body_type"], table.get("body_content"), (*at, "body_content")
        if kind == "json":
            return checks.attempt(place, lambda: json.dumps(json.loads(str(content))).encode())
        return _content(checks, kind, (*at, "body_type"), content, place)
    if "body" not in table:
        return b""
    inner = checks.having(table["body"], (*at, "body"), "type", known=("content",))
    return _content(checks, inner.get("type"), (*at, "body", "type"), inner.get("content"), (*at, "body", "content"))


def _content(checks: Parts, kind: Any, at: Steps, content: Any, place: Steps) -> bytes:
    if kind is None or checks.choice(kind, at, KINDS) == "none":
        return b""
    if kind == "json":
        return checks.structure(content, place)
    return checks.attempt(place, lambda: bytes.fromhex(str(content))) if kind == "binary" else checks.raw(content, place)

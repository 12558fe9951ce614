"""betamax's cassettes: JSON, recorded by requests. Source: ``betamax/util.py`` of betamax 0.9.0 and files written by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autogen_harness.cassettes.cassette import Interaction
from autogen_harness.cassettes.files import bodies
from autogen_harness.cassettes.foreign.codings import decoded
from autogen_harness.cassettes.foreign.parts import Parts, interaction, moment, phrase
from autogen_harness.documents import Steps
from autogen_harness.model import HttpReply, HttpRequest


def read(checks: Parts, table: Mapping[str, Any]) -> list[Interaction]:
    """The interactions of a file."""
    checks.having(table, (), "http_interactions", known=("recorded_with",))
    items = checks.items(table.get("http_interactions", []), ("http_interactions",))
    found = (_interaction(checks, item, ("http_interactions", index)) for index, item in enumerate(items))
    return [one for one in found if one is not None]


def _interaction(checks: Parts, value: Any, at: Steps) -> Interaction | None:
    table = checks.having(value, at, "request", "response", known=("recorded_at",))
    request = _request(checks, table["request"], (*at, "request")) if "request" in table else None
    reply = _reply(checks, table["response"], (*at, "response")) if "response" in table else None
    when = moment(table.get("recorded_at", ""))
    return interaction(request, reply, when, "betamax") if request and reply else None


def _request(checks: Parts, value: Any, at: Steps) -> HttpRequest | None:
    table = checks.having(value, at, "method", "uri", known=("body", "headers"))
    url = checks.place_of(table, at, "uri") if "uri" in table else ""
    headers = checks.pairs(table.get("headers"), (*at, "headers"))
    body = _body(checks, table.get("body"), (*at, "body"))
    return None if url is None else HttpRequest(checks.verb(table, at), url, headers, body)


def _reply(checks: Parts, value: Any, at: Steps) -> HttpReply:
    table = checks.having(value, at, "body", known=("headers", "status", "status_code", "url"))
    status, reason = _status(checks, table, at)
    headers = checks.pairs(table.get("headers"), (*at, "headers"))
    body, coded = decoded(headers, _body(checks, table.get("body"), (*at, "body")))
    return HttpReply(status, reason, headers, body, coded=coded)


def _status(checks: Parts, table: Mapping[str, Any], at: Steps) -> tuple[int, str]:
    """``status`` with code and message; older files have ``status_code`` alone."""
    if "status_code" in table:
        status = checks.status(table["status_code"], (*at, "status_code"))
        return status, phrase(status)
    inner = checks.having(table.get("status"), (*at, "status"), "code", known=("message",))
    status = checks.status(inner.get("code", 200), (*at, "status", "code"))
    return status, checks.text(inner, "message", (*at, "status")) if inner.get("message") else ""


def _body(checks: Parts, value: Any, at: Steps) -> bytes:
    """Text in an encoding, or base64; older files have plain text."""
    if not isinstance(value, dict):
        return checks.raw(value, at)
    checks.only(value, at, ("encoding", "string", "base64_string"))
    if "base64_string" in value:
        return checks.base64(value["base64_string"], (*at, "base64_string"))
    text = checks.text(value, "string", at)
    return checks.attempt((*at, "string"), lambda: bodies.read_text(text, str(value.get("encoding") or "utf-8")))

"""vcrpy's cassettes, version 1, in YAML and JSON, with the layouts that they have had since.

Sources: ``vcr/serialize.py``, ``vcr/serializers/compat.py`` and ``vcr/stubs`` of vcrpy 9.4.2; files recorded by it with
requests, aiohttp and httpx.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from autogen_harness.cassettes.cassette import Interaction
from autogen_harness.cassettes.foreign.codings import decoded
from autogen_harness.cassettes.foreign.parts import Parts, interaction, phrase, sent_at, value_of
from autogen_harness.documents import Steps
from autogen_harness.model import Headers, HttpReply, HttpRequest

EXTRA = "autogen_harness"
"""A key of responses, which vcrpy does not look at, for what it has no words for: see :func:`with_extra`."""

_REQUEST = ("method", "uri", "url", "body", "headers")
_RESPONSE = ("status", "headers", "body", "url", "protocol", "http_version", EXTRA)
_OLD_RESPONSE = ("status_code", "content", "headers", "http_version")
_BODY = ("string", "base64_string", "base64", "encoding")


def read(checks: Parts, table: Mapping[str, Any]) -> list[Interaction]:
    """The interactions of a file."""
    if "version" not in table:
        hint = "vcrpy writes it last, so the file may be torn; if it is whole, add version: 1"
        checks.wrong((), "the key 'version' is missing", hint)
    elif table["version"] != 1:
        checks.wrong(("version",), f"version {table['version']!r} is not known", "version 1 of vcrpy's format is read")
    checks.having(table, (), "interactions", known=("version", "recorded_with"))
    items = checks.items(table.get("interactions", []), ("interactions",))
    found = (_interaction(checks, item, ("interactions", index)) for index, item in enumerate(items))
    return [one for one in found if one is not None]


def _interaction(checks: Parts, value: Any, at: Steps) -> Interaction | None:
    table = checks.having(value, at, "request", "response", known=("recorded_at",))
    request = _request(checks, table.get("request", {}), (*at, "request")) if "request" in table else None
    reply = _reply(checks, table["response"], (*at, "response")) if "response" in table else None
    return interaction(request, reply, sent_at(reply.headers), "vcrpy") if request and reply else None


def _request(checks: Parts, value: Any, at: Steps) -> HttpRequest | None:
    table = checks.having(value, at, "method")
    checks.only(table, at, _REQUEST)
    url = checks.place_of(table, at, "uri", "url") if table else ""
    headers = checks.pairs(table.get("headers"), (*at, "headers"))
    body = _sent(checks, table.get("body"), headers, (*at, "body"))
    return None if url is None else HttpRequest(checks.verb(table, at), url, headers, body)


def _sent(checks: Parts, value: Any, headers: Headers, at: Steps) -> bytes:
    """The body of a request: with aiohttp, vcrpy keeps what was given to ``json=`` or ``data=`` as it is."""
    if not isinstance(value, (dict, list)):
        return checks.raw(value, at)
    if isinstance(value, dict) and "x-www-form-urlencoded" in value_of(headers, "content-type"):
        return checks.form(value)
    return checks.structure(value, at)


def _reply(checks: Parts, value: Any, at: Steps) -> HttpReply | None:
    if isinstance(value, dict) and "status_code" in value:
        return _old_reply(checks, value, at)
    table = checks.having(value, at, "status", "body", known=_RESPONSE)
    status = checks.having(table["status"], (*at, "status"), "code", known=("message",)) if "status" in table else {}
    code = checks.status(status["code"], (*at, "status", "code")) if "code" in status else 200
    reason = checks.text(status, "message", (*at, "status")) if status.get("message") is not None else ""
    headers = checks.pairs(table.get("headers"), (*at, "headers"))
    body = _came(checks, table.get("body"), (*at, "body"))
    if EXTRA in table:
        return with_extra(checks, HttpReply(code, reason, headers, body), table[EXTRA], (*at, EXTRA))
    plain, coded = decoded(headers, body)
    return HttpReply(code, reason, headers, plain, coded=coded)


def _old_reply(checks: Parts, table: Mapping[str, Any], at: Steps) -> HttpReply:
    """As vcrpy wrote the replies of httpx before its version 6: the body decoded, no reason."""
    checks.having(table, at, "content", known=_OLD_RESPONSE)
    status = checks.status(table["status_code"], (*at, "status_code"))
    headers = checks.pairs(table.get("headers"), (*at, "headers"))
    body, coded = decoded(headers, checks.raw(table.get("content"), (*at, "content")))
    return HttpReply(status, phrase(status), headers, body, coded=coded)


def _came(checks: Parts, value: Any, at: Steps) -> bytes:
    """The body of a response: as ``{string: ...}``, in base64, or plain."""
    if not isinstance(value, dict):
        return checks.raw(value, at)
    checks.only(value, at, _BODY)
    for name in ("base64_string", "base64"):
        if name in value:
            return checks.base64(value[name], (*at, name))
    return checks.raw(value.get("string"), (*at, "string"))


def with_extra(checks: Parts, reply: HttpReply, value: Any, at: Steps) -> HttpReply:
    """A reply with what the harness noted beside it.

    ``decoded``: the headers of a content coding that the body no longer has; ``coded``: the body is as on the wire;
    ``http_version``.
    """
    table = checks.having(value, at)
    checks.only(table, at, ("coded", "decoded", "http_version"))
    headers = reply.headers + checks.pairs(table.get("decoded"), (*at, "decoded"))
    coded = checks.flag(table.get("coded", False), (*at, "coded"))
    return replace(reply, headers=headers, coded=coded, version=checks.text(table, "http_version", at) or "1.1")

"""HAR 1.2, as browsers and proxies export it.

Source: the specification (http://www.softwareishard.com/blog/har-12-spec/). Pages are not read, nor are keys that begin with
``_``, but for ``_coded``, by which the harness says whether a body is still in its content coding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autogen_harness.cassettes.cassette import Interaction, Timing
from autogen_harness.cassettes.files import bodies
from autogen_harness.cassettes.foreign.codings import GZIP, decoded
from autogen_harness.cassettes.foreign.parts import Parts, interaction, moment
from autogen_harness.cassettes.foreign.texts import as_bytes
from autogen_harness.cassettes.wire.framing import NO_BODY
from autogen_harness.documents import Steps
from autogen_harness.model import Headers, HttpReply, HttpRequest

UNKNOWN = "1970-01-01T00:00:00Z"
"""HAR wants a moment for every entry; this one says that there is none."""

VERSIONS: Mapping[str, str] = {
    "http/1.0": "1.0",
    "h2": "2",
    "http/2": "2",
    "http/2.0": "2",
    "h3": "3",
    "http/3": "3",
    "http/3.0": "3",
}


def read(checks: Parts, table: Mapping[str, Any]) -> list[Interaction]:
    """The entries of a file that were answered over HTTP."""
    log = checks.having(table["log"], ("log",), "entries")
    creator = checks.having(log.get("creator", {}), ("log", "creator"))
    client = checks.text(creator, "name", ("log", "creator")) or "HAR"
    items = checks.items(log.get("entries", []), ("log", "entries"))
    found = (_entry(checks, item, ("log", "entries", index), client) for index, item in enumerate(items))
    return [one for one in found if one is not None]


def _entry(checks: Parts, value: Any, at: Steps, client: str) -> Interaction | None:
    table = checks.having(value, at, "request", "response")
    if not {"request", "response"} <= table.keys():
        return None
    request = _request(checks, table["request"], (*at, "request"))
    reply = _reply(checks, table["response"], (*at, "response"), request) if request else None
    if request is None or reply is None:
        return None
    when = moment(table.get("startedDateTime", ""))
    return interaction(request, reply, "" if when == UNKNOWN else when, client, _timing(table.get("timings")))


def _request(checks: Parts, value: Any, at: Steps) -> HttpRequest | None:
    table = checks.having(value, at, "method", "url")
    url = checks.place_of(table, at, "url") if "url" in table else ""
    headers = _headers(checks, table.get("headers"), (*at, "headers"))
    body = _posted(checks, table["postData"], (*at, "postData")) if table.get("postData") else b""
    return None if url is None else HttpRequest(checks.verb(table, at), url, headers, body)


def _posted(checks: Parts, value: Any, at: Steps) -> bytes:
    table = checks.having(value, at)
    mime = checks.text(table, "mimeType", at)
    if table.get("text"):
        return _content(checks, table, at, mime, str(table.get("encoding") or table.get("_encoding") or ""))
    place = (*at, "params")
    params = [checks.having(one, (*place, index)) for index, one in enumerate(checks.items(table.get("params", []), place))]
    if params and "x-www-form-urlencoded" not in mime:
        checks.leave(at, "the body of the request, of which the export has only the parameters")
        return b""
    return checks.form([(one.get("name", ""), one.get("value", "")) for one in params])


def _reply(checks: Parts, value: Any, at: Steps, request: HttpRequest) -> HttpReply | None:
    table = checks.having(value, at, "status", "content")
    if table.get("status") in (0, -1, None):
        checks.leave(at, f"all of it: no answer came ({table.get('_error') or table.get('statusText') or 'no status'})")
        return None
    status = checks.status(table["status"], (*at, "status"))
    headers = _headers(checks, table.get("headers"), (*at, "headers"))
    content = checks.having(table.get("content", {}), (*at, "content"))
    if _is_absent(content) and request.method != "HEAD" and status not in NO_BODY:
        checks.leave(at, "all of it: the export has no text for its body")
        return None
    mime = checks.text(content, "mimeType", (*at, "content"))
    body = _content(checks, content, (*at, "content"), mime, str(content.get("encoding") or ""))
    coded = content.get("_coded") is True
    if "_coded" not in content and body.startswith(GZIP):  # HAR holds bodies decoded; some exporters do not know that
        body, coded = decoded(headers, body)
    version = VERSIONS.get(str(table.get("httpVersion", "")).lower(), "1.1")
    return HttpReply(status, str(table.get("statusText") or ""), headers, body, version, coded)


def _is_absent(content: Mapping[str, Any]) -> bool:
    """Was there a body that the export does not hold?"""
    size = content.get("size", 0)
    return content.get("text") is None and isinstance(size, (int, float)) and size > 0


def _content(checks: Parts, table: Mapping[str, Any], at: Steps, mime: str, encoding: str) -> bytes:
    text = checks.text(table, "text", at) if table.get("text") is not None else ""
    if encoding.lower() == "base64":
        return checks.attempt((*at, "text"), lambda: bodies.read_base64(text))
    return as_bytes(text, mime)


def _headers(checks: Parts, value: Any, at: Steps) -> Headers:
    """Pairs of name and value; those of HTTP/2's frames are none, and lines within a value are headers of their own."""
    tables = [
        checks.having(one, (*at, index), "name", "value")
        for index, one in enumerate(checks.items([] if value is None else value, at))
    ]
    named = [(one.get("name", ""), one.get("value", "")) for one in tables]
    pairs = [[name, line] for name, text in named if not str(name).startswith(":") for line in _lines(text)]
    return checks.pairs(pairs, at)


def _lines(text: Any) -> Sequence[Any]:
    return text.split("\n") if isinstance(text, str) and "\n" in text else [text]


def _timing(value: Any) -> Timing | None:
    """``wait`` and ``receive`` in milliseconds; negative where they do not apply."""
    spans = [value.get(name, 0) for name in ("wait", "receive")] if isinstance(value, dict) else []
    if not spans or not all(isinstance(span, (int, float)) for span in spans) or not any(span > 0 for span in spans):
        return None
    wait, receive = (max(span, 0) / 1000 for span in spans)
    return Timing(wait, wait + receive)

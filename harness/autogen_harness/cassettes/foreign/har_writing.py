"""Cassettes as HAR 1.2: text where the body is text in its charset, else base64. Every key that HAR requires is there."""

from __future__ import annotations

import base64
import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from autogen_harness.cassettes.cassette import Cassette, Interaction, Timing
from autogen_harness.cassettes.foreign.codings import coding_of
from autogen_harness.cassettes.foreign.har import UNKNOWN
from autogen_harness.cassettes.foreign.imported import Exported, Lost
from autogen_harness.cassettes.foreign.parts import value_of
from autogen_harness.cassettes.foreign.texts import as_text
from autogen_harness.cassettes.foreign.vcrpy_writing import unsaid
from autogen_harness.model import Headers, HttpReply, HttpRequest


def write(cassette: Cassette) -> Exported:
    """A cassette as HAR. What it cannot say is left out, and told."""
    numbered = list(enumerate(cassette.interactions, 1))
    lost = tuple(Lost(f"interaction {number}", what) for number, one in numbered for what in unsaid(one))
    entries = [entry for _, one in numbered for entry in _entries(one)]
    log: dict[str, Any] = {"version": "1.2", "creator": {"name": "autogen-harness", "version": _version()}}
    if cassette.about:
        log["comment"] = cassette.about
    return Exported(json.dumps({"log": {**log, "entries": entries}}, indent=1) + "\n", lost)


def _version() -> str:
    try:
        return version("autogen-harness")
    except PackageNotFoundError:
        return "0"  # from a checkout that is not installed


def _entries(one: Interaction) -> list[dict[str, Any]]:
    """An interaction as often as it answers."""
    if not isinstance(one.outcome, HttpReply):
        return []
    timing = one.timing or Timing(0.0, 0.0)
    wait, total = timing.first_byte * 1000, timing.total * 1000
    entry: dict[str, Any] = {
        "startedDateTime": one.recorded.at if one.recorded else UNKNOWN,
        "time": total,
        "request": _request(one.request),
        "response": _response(one.outcome),
        "cache": {},
        "timings": {"send": 0, "wait": wait, "receive": max(total - wait, 0)},
    }
    if one.recorded is None:
        entry["comment"] = "composed, not recorded"
    return [entry] * (1 if one.times == "any" else one.times)


def _request(request: HttpRequest) -> dict[str, Any]:
    pairs = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
    made = {"method": request.method, "url": request.url, **_message("1.1", request.headers, request.body)}
    made["queryString"] = [{"name": name, "value": value} for name, value in pairs]
    if request.body:
        made["postData"] = _content(request.headers, request.body, "_encoding")
    return made


def _response(reply: HttpReply) -> dict[str, Any]:
    content = {"size": len(reply.body), **_content(reply.headers, reply.body, "encoding")}
    if reply.coded or coding_of(reply.headers):
        content["_coded"] = reply.coded
    made = {"status": reply.status, "statusText": reply.reason, **_message(reply.version, reply.headers, reply.body)}
    return {**made, "content": content, "redirectURL": value_of(reply.headers, "location")}


def _message(http: str, headers: Headers, body: bytes) -> dict[str, Any]:
    listed = [{"name": name, "value": value} for name, value in headers]
    return {"httpVersion": f"HTTP/{http}", "cookies": [], "headers": listed, "headersSize": -1, "bodySize": len(body)}


def _content(headers: Headers, body: bytes, encoding: str) -> dict[str, Any]:
    mime = value_of(headers, "content-type")
    text = as_text(body, mime)
    kept = {"text": base64.b64encode(body).decode("ascii"), encoding: "base64"} if text is None else {"text": text}
    return {"mimeType": mime or "x-unknown", **kept}

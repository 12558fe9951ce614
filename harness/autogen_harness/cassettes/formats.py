"""The cassette file, ``autogen-harness-cassette/1``: JSON text to values and back.

Reading is strict: whatever is not understood is an error with its place, and all errors of a file come at once. Nothing is
ever skipped, so that a file is never quietly emptier than it looks. What :func:`dump` writes, :func:`load` reads back equal.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast, get_args

from autogen_harness import documents
from autogen_harness.cassettes import bodies
from autogen_harness.cassettes.cassette import BodyRule, Cassette, Interaction, Match
from autogen_harness.cassettes.checks import Checks
from autogen_harness.model import Headers, HttpReply, HttpRequest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from autogen_harness.documents import Steps

FORMAT = "autogen-harness-cassette/1"
"""The only version there is; files of another are refused."""


def load(path: Path) -> Cassette:
    """The cassette in a file; read once as long as the file does not change.

    Raises:
        DocumentError: the file is not a cassette; with the place of everything that is wrong.
    """
    return _load(path)


def loads(text: str, path: str = "<text>") -> Cassette:
    """The cassette in a text; ``path`` is for messages.

    Raises:
        DocumentError: as :func:`load`.
    """
    checks = Checks()
    cassette = _cassette(checks, documents.parse_json(text, path))
    if checks.problems:
        documents.refuse(path, text, checks.problems)
    return cassette


_load = documents.loader(loads, most=512)


def save(cassette: Cassette, path: Path) -> None:
    """Write a cassette to a file, whole or not at all."""
    documents.write(path, dump(cassette))


def dump(cassette: Cassette) -> str:
    """A cassette as text: keys of the envelope sorted, one space of indent, line feeds; JSON bodies keep their own order."""
    table: dict[str, Any] = {"format": FORMAT, "interactions": [_written(one) for one in cassette.interactions]}
    if cassette.about:
        table["about"] = cassette.about
    return json.dumps(_sorted(table), indent=1, ensure_ascii=False) + "\n"


class _Kept(dict[str, Any]):
    """A table whose order is data."""


def _sorted(value: Any) -> Any:
    if isinstance(value, _Kept):
        return value
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _written(one: Interaction) -> dict[str, Any]:
    request: dict[str, Any] = {"method": one.request.method, "url": one.request.url}
    reply = cast("HttpReply", one.outcome)
    response: dict[str, Any] = {"status": reply.status, "reason": reply.reason}
    for table, message in ((request, one.request), (response, reply)):
        if message.headers:
            table["headers"] = [list(pair) for pair in message.headers]
        if message.body:
            table["body"] = _Kept(sorted(bodies.write(message.body).items()))
    made: dict[str, Any] = {"request": request, "outcome": {"response": response}, "provenance": one.provenance}
    made["play"] = {"times": one.times} | ({"optional": True} if one.optional else {})
    match = {"hosts": list(one.match.hosts), "path": one.match.path, "body": one.match.body}
    made["match"] = {name: value for name, value in match.items() if value}
    if one.match.query is not None:
        made["match"]["query"] = list(one.match.query)
    return made


def _cassette(checks: Checks, value: Any) -> Cassette:
    table = checks.table(value, (), required=("format", "interactions"), optional=("about",))
    checks.version(table.get("format"), ("format",), FORMAT)
    items = checks.items(table.get("interactions"), ("interactions",))
    if table.get("interactions") == []:
        checks.wrong(("interactions",), "a cassette needs at least one interaction")
    found = tuple(_interaction(checks, item, ("interactions", index)) for index, item in enumerate(items))
    return Cassette(found, checks.text(table, "about", ()))


def _interaction(checks: Checks, value: Any, at: Steps) -> Interaction:
    table = checks.table(value, at, required=("request", "outcome"), optional=("match", "play", "provenance"))
    checks.choice(table.get("provenance", "composed"), (*at, "provenance"), ("composed",))
    outcome = checks.table(table.get("outcome", {}), (*at, "outcome"), required=("response",) if "outcome" in table else ())
    play = checks.table(table.get("play", {}), (*at, "play"), optional=("times", "optional"))
    optional = play.get("optional", False)
    if not isinstance(optional, bool):
        checks.wrong((*at, "play", "optional"), "must be true or false")
    return Interaction(
        request=_request(checks, table.get("request", _NO_REQUEST), (*at, "request")),
        outcome=_reply(checks, outcome.get("response", _NO_REPLY), (*at, "outcome", "response")),
        match=_match(checks, table.get("match", {}), (*at, "match")),
        times=checks.times(play.get("times", 1), (*at, "play", "times")),
        optional=bool(optional),
    )


_NO_REQUEST: Mapping[str, Any] = {"method": "GET", "url": "http://absent/"}
_NO_REPLY: Mapping[str, Any] = {"status": 200}
"""They stand in for a part whose absence has been complained of already."""


def _request(checks: Checks, value: Any, at: Steps) -> HttpRequest:
    table = checks.table(value, at, required=("method", "url"), optional=("headers", "body"))
    method = checks.text(table, "method", at)
    if method and method != method.upper():
        checks.wrong((*at, "method"), f"the method {method!r} is not in capitals", f"write {method.upper()!r}")
    url = checks.url(table, "url", at)
    return HttpRequest(method, url, _headers(checks, table, at), _body(checks, table, at))


def _reply(checks: Checks, value: Any, at: Steps) -> HttpReply:
    table = checks.table(value, at, required=("status",), optional=("reason", "headers", "body"))
    status = checks.whole(table.get("status", 200), (*at, "status"), low=100, high=599)
    return HttpReply(status, checks.text(table, "reason", at), _headers(checks, table, at), _body(checks, table, at))


def _match(checks: Checks, value: Any, at: Steps) -> Match:
    table = checks.table(value, at, optional=("hosts", "query", "path", "body"))
    query, body = table.get("query"), table.get("body")
    return Match(
        hosts=tuple(checks.words(table.get("hosts"), (*at, "hosts"))),
        query=None if query is None else tuple(checks.words(query, (*at, "query"))),
        path=checks.pattern(table.get("path"), (*at, "path")),
        body=None if body is None else checks.choice(body, (*at, "body"), get_args(BodyRule)),
    )


def _headers(checks: Checks, table: Mapping[str, Any], at: Steps) -> Headers:
    place = (*at, "headers")
    return tuple(
        checks.header(item, (*place, index)) for index, item in enumerate(checks.items(table.get("headers", []), place))
    )


def _body(checks: Checks, table: Mapping[str, Any], at: Steps) -> bytes:
    """The bytes of ``table["body"]``; empty where there is none."""
    if "body" not in table:
        return b""
    place = (*at, "body")
    body = checks.table(table["body"], place, optional=("json", "style", "text", "charset", "base64"))
    kinds = [kind for kind in ("json", "text", "base64") if kind in body]
    if len(kinds) != 1:
        if isinstance(table["body"], dict):
            checks.wrong(place, "a body is one of json, text or base64")
        return b""
    return _READERS[kinds[0]](checks, body, place)


def _json_body(checks: Checks, body: Mapping[str, Any], place: Steps) -> bytes:
    checks.only(body, place, ("json", "style"))
    style = checks.choice(body.get("style", "compact"), (*place, "style"), tuple(bodies.STYLES))
    return checks.attempt((*place, "json"), lambda: bodies.read_json(body["json"], style))


def _text_body(checks: Checks, body: Mapping[str, Any], place: Steps) -> bytes:
    checks.only(body, place, ("text", "charset"))
    text, charset = checks.text(body, "text", place), checks.text(body, "charset", place) or "utf-8"
    return checks.attempt((*place, "text"), lambda: bodies.read_text(text, charset))


def _base64_body(checks: Checks, body: Mapping[str, Any], place: Steps) -> bytes:
    checks.only(body, place, ("base64",))
    text = checks.text(body, "base64", place)
    return checks.attempt((*place, "base64"), lambda: bodies.read_base64(text))


_READERS = {"json": _json_body, "text": _text_body, "base64": _base64_body}

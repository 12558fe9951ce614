"""The tables of a cassette file as interactions. Reading is strict, goes on after an error, and names the place of each."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, get_args

from autogen_harness.cassettes.cassette import (
    AS_RECORDED,
    BodyRule,
    Cassette,
    Interaction,
    Match,
    Provenance,
    Recorded,
    Scenario,
    Timing,
)
from autogen_harness.cassettes.files import bodies, fields
from autogen_harness.cassettes.files.checks import Checks
from autogen_harness.documents import Steps
from autogen_harness.model import FailureKind, HttpFailure, HttpReply, HttpRequest, Outcome

_PROVENANCES: tuple[Provenance, ...] = get_args(Provenance)
_STYLES = tuple(bodies.STYLES)
_NO_REPLY = HttpReply(200)
"""Stands in where it is absent, which was complained of."""


def cassette(checks: Checks, value: Any) -> Cassette:
    """A whole file, whose interactions were read already, each by :func:`interaction`."""
    table = checks.keyed(value, (), fields.CASSETTE)
    checks.version(table.get("format", fields.FORMAT), ("format",), fields.FORMAT)
    items = checks.items(table.get("interactions", []), ("interactions",))
    if table.get("interactions") == []:
        checks.wrong(("interactions",), "a cassette needs at least one interaction")
    return Cassette(tuple(items), checks.text(table, "about", ()))


def head(checks: Checks, value: Any) -> None:
    """The first line of a large cassette. What it says of those below is for :mod:`~autogen_harness.cassettes.files.lines`."""
    table = checks.keyed(value, (), fields.HEAD)
    checks.version(table.get("format", fields.LINES), ("format",), fields.LINES)
    count = checks.whole(table.get("count", 1), ("count",), low=1, high=sys.maxsize)
    for name in ("about", "sha256"):
        checks.text(table, name, ())
    shapes = checks.items(table.get("shapes", []), ("shapes",))
    for index, first in enumerate(shapes):
        checks.whole(first, ("shapes", index), low=0, high=count - 1)
    for index, item in enumerate(checks.items(table.get("origins", []), ("origins",))):
        _origin(checks, item, ("origins", index), len(shapes))


def _origin(checks: Checks, value: Any, at: Steps, shapes: int) -> None:
    """Method, scheme, host, port, and the numbers of shapes."""
    kinds = (str, str, str, int, list)
    if not (isinstance(value, list) and [type(part) for part in value] == [*kinds]):
        checks.wrong(at, 'must be a method, scheme, host, port and shapes, as in ["GET", "https", "host", 443, [0]]')
        return
    for index, number in enumerate(value[4]):
        checks.whole(number, (*at, 4, index), low=0, high=shapes - 1)


def line(checks: Checks, value: Any) -> Interaction:
    """One line of a large cassette: its key, which only finds it, and the interaction."""
    if not (isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)):
        checks.wrong((), "a line is an array of a key and an interaction")
        return Interaction(HttpRequest("GET", ""), _NO_REPLY)
    return interaction(checks, value[1], (1,))


def interaction(checks: Checks, value: Any, at: Steps) -> Interaction:
    """One interaction."""
    table = checks.keyed(value, at, fields.INTERACTION)
    play = checks.keyed(table["play"], (*at, "play"), fields.PLAY) if "play" in table else {}
    return Interaction(
        request=_request(checks, table["request"], (*at, "request")) if "request" in table else HttpRequest("GET", ""),
        outcome=_outcome(checks, table["outcome"], (*at, "outcome")) if "outcome" in table else _NO_REPLY,
        match=_match(checks, table["match"], (*at, "match")) if "match" in table else AS_RECORDED,
        times=checks.times(play["times"], (*at, "play", "times")) if "times" in play else 1,
        optional=checks.flag(play["optional"], (*at, "play", "optional")) if "optional" in play else False,
        recorded=_recorded(checks, table, at) if "provenance" in table or "recorded" in table else None,
        timing=_timing(checks, table["timing"], (*at, "timing")) if "timing" in table else None,
        scenario=_scenario(checks, play["scenario"], (*at, "play", "scenario")) if "scenario" in play else None,
    )


def _request(checks: Checks, value: Any, at: Steps) -> HttpRequest:
    table = checks.keyed(value, at, fields.REQUEST)
    body = _body(checks, table["body"], (*at, "body"), fields.BODIES)[0] if "body" in table else b""
    return HttpRequest(checks.method(table, at), checks.url(table, "url", at), checks.headers(table, at), body)


def _outcome(checks: Checks, value: Any, at: Steps) -> Outcome:
    table = checks.keyed(value, at, fields.OUTCOME)
    if "response" in table and "failure" not in table:
        return _response(checks, table["response"], (*at, "response"))
    if "failure" in table and "response" not in table:
        return _failure(checks, table["failure"], (*at, "failure"))
    if not checks.complained(at):
        checks.wrong(at, "an outcome is one of response or failure")
    return _NO_REPLY


def _response(checks: Checks, value: Any, at: Steps) -> HttpReply:
    table = checks.keyed(value, at, fields.RESPONSE)
    body, coded = _body(checks, table["body"], (*at, "body"), fields.RESPONSE_BODIES) if "body" in table else (b"", False)
    version = checks.choice(table["http_version"], (*at, "http_version"), fields.VERSIONS) if "http_version" in table else "1.1"
    status = checks.whole(table.get("status", 200), (*at, "status"), low=100, high=599)
    chunks = checks.sizes(table, "chunks", at) if "chunks" in table else ()
    return HttpReply(status, checks.text(table, "reason", at), checks.headers(table, at), body, version, coded, chunks)


def _failure(checks: Checks, value: Any, at: Steps) -> HttpFailure:
    table = checks.keyed(value, at, fields.FAILURE)
    kinds: tuple[FailureKind, ...] = get_args(FailureKind)
    kind = checks.choice(table["kind"], (*at, "kind"), kinds) if "kind" in table else kinds[0]
    reply = _response(checks, table["response"], (*at, "response")) if "response" in table else None
    return HttpFailure(kind, reply, checks.text(table, "text", at))


def _match(checks: Checks, value: Any, at: Steps) -> Match:
    table = checks.keyed(value, at, fields.MATCH)
    query, body = table.get("query"), table.get("body")
    return Match(
        hosts=checks.words_of(table, "hosts", at),
        query=None if query is None else checks.words_of(table, "query", at),
        path=checks.pattern(table.get("path"), (*at, "path")),
        body=None if body is None else checks.choice(body, (*at, "body"), get_args(BodyRule)),
        headers=checks.words_of(table, "headers", at),
        ignore=checks.places(table, "ignore", at),
        like=checks.likes(table["like"], (*at, "like")) if "like" in table else (),
    )


def _recorded(checks: Checks, table: Mapping[str, Any], at: Steps) -> Recorded | None:
    """When and where; there exactly if the provenance says that it was recorded."""
    said = checks.choice(table.get("provenance", "composed"), (*at, "provenance"), _PROVENANCES)
    if "recorded" not in table:
        if said == "recorded":
            hint = 'write "recorded": {"at": "2026-01-31T12:00:00Z"} beside it'
            checks.wrong((*at, "provenance"), "the key 'recorded' is missing", hint)
        return None
    if said == "composed" and not checks.complained((*at, "provenance")):
        checks.wrong((*at, "recorded"), "stands beside a provenance that is not recorded", 'write "provenance": "recorded"')
    place = (*at, "recorded")
    inner = checks.keyed(table["recorded"], place, fields.RECORDED)
    return Recorded(checks.moment(inner, "at", place), checks.text(inner, "host", place), checks.text(inner, "client", place))


def _timing(checks: Checks, value: Any, at: Steps) -> Timing:
    table = checks.keyed(value, at, fields.TIMING)
    return Timing(checks.seconds(table, "first_byte", at), checks.seconds(table, "total", at))


def _scenario(checks: Checks, value: Any, at: Steps) -> Scenario:
    table = checks.keyed(value, at, fields.SCENARIO)
    return Scenario(*(checks.word(table, name, at) or None for name in ("name", "when", "then")))  # type: ignore[arg-type]  # a name is required


def _body(checks: Checks, value: Any, at: Steps, tables: Mapping[str, fields.Table]) -> tuple[bytes, bool]:
    """The bytes of a body, and whether they are coded."""
    if not isinstance(value, dict):
        checks.wrong(at, f"must be an object, not {checks.kind(value)}", 'write it as in {"text": "hello"}')
        return b"", False
    kinds = [kind for kind in tables if kind in value]
    if len(kinds) != 1:
        checks.wrong(at, "a body is one of json, text or base64")
        return b"", False
    table = checks.keyed(value, at, tables[kinds[0]])
    coded = checks.flag(table["coded"], (*at, "coded")) if "coded" in table else False
    return _READERS[kinds[0]](checks, table, at), coded


def _json_body(checks: Checks, table: Mapping[str, Any], at: Steps) -> bytes:
    style = checks.choice(table["style"], (*at, "style"), _STYLES) if "style" in table else "compact"
    end = checks.text(table, "end", at) if "end" in table else ""
    if end.strip(bodies.SPACE):
        checks.wrong((*at, "end"), "must be white space")
    return checks.attempt((*at, "json"), bodies.read_json, table["json"], style, end)


def _text_body(checks: Checks, table: Mapping[str, Any], at: Steps) -> bytes:
    text, charset = checks.text(table, "text", at), checks.text(table, "charset", at) or "utf-8"
    return checks.attempt((*at, "text"), bodies.read_text, text, charset)


def _base64_body(checks: Checks, table: Mapping[str, Any], at: Steps) -> bytes:
    text = checks.text(table, "base64", at)
    return checks.attempt((*at, "base64"), bodies.read_base64, text)


_READERS = {"json": _json_body, "text": _text_body, "base64": _base64_body}

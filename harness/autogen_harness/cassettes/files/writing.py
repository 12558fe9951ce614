"""Interactions as the tables of a cassette file: keys sorted, and nothing said that goes without saying."""

from __future__ import annotations

import json
import re
import textwrap
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.files import bodies
from autogen_harness.errors import UsageError
from autogen_harness.model import HttpReply

if TYPE_CHECKING:
    from autogen_harness.cassettes.cassette import Interaction, Match, Scenario
    from autogen_harness.model import Headers, HttpRequest, Outcome

_HALVES = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs: what clients make of header bytes that are no text. UTF-8 cannot hold them, an escape can."""


_PAIRS = re.compile(r'\[\n\s+("(?:[^"\\\n]|\\.)*"),\n\s+("(?:[^"\\\n]|\\.)*")\n\s+\]')
"""Two texts in an array of their own, such as a header: they stand on one line."""

_ROWS = re.compile(r"\[\n( +)((?:[-\d][\d.eE+-]*|null|true|false)(?:,\n +(?:[-\d][\d.eE+-]*|null|true|false))*)\n( *)\]")
"""An array without texts, such as the prices of a chart, of which one may be missing. No line ends inside of a text in JSON."""

_WIDTH = 100
"""Characters of a line of numbers, without what it is indented by."""


def written(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON text that can be saved as UTF-8: on one line, or indented, a line for each header, numbers in rows."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, separators=None if indent else (",", ":"), allow_nan=False)
    text = _ROWS.sub(_filled, _PAIRS.sub(r"[\1, \2]", text)) if indent else text
    return _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def _filled(array: re.Match[str]) -> str:
    inner, numbers, outer = array.groups()
    joined = numbers.replace(f",\n{inner}", ", ")
    lines = textwrap.wrap(joined, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return f"[{lines[0]}]" if len(lines) == 1 else "\n".join(["[", *(inner + line for line in lines), f"{outer}]"])


def interaction(one: Interaction) -> dict[str, Any]:
    """An interaction as a table."""
    return _table(
        request=_request(one.request),
        outcome=_outcome(one.outcome),
        match=_match(one.match) or None,
        play=_table(times=one.times, optional=one.optional or None, scenario=one.scenario and _scenario(one.scenario)),
        provenance=one.provenance,
        recorded=one.recorded
        and _table(at=one.recorded.at, host=one.recorded.host or None, client=one.recorded.client or None),
        timing=one.timing and _table(first_byte=one.timing.first_byte, total=one.timing.total),
    )


def _table(**values: Any) -> dict[str, Any]:
    """Those that are not None, sorted."""
    return {name: value for name, value in sorted(values.items()) if value is not None}


def _request(request: HttpRequest) -> dict[str, Any]:
    return _table(method=request.method, url=request.url, headers=_headers(request.headers), body=_body(request.body))


def _outcome(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, HttpReply):
        return {"response": _response(outcome)}
    beginning = outcome.reply and _response(outcome.reply)
    return {"failure": _table(kind=outcome.kind, text=outcome.text or None, response=beginning)}


def _response(reply: HttpReply) -> dict[str, Any]:
    return _table(
        status=reply.status,
        reason=reply.reason,
        http_version=None if reply.version == "1.1" else reply.version,
        headers=_headers(reply.headers),
        body=_body(reply.body, coded=reply.coded),
        chunks=list(reply.chunks) or None,
    )


def _headers(headers: Headers) -> list[list[str]] | None:
    return [list(pair) for pair in headers] or None


def _body(body: bytes, *, coded: bool = False) -> dict[str, Any] | None:
    if coded:
        return dict(sorted({**bodies.write(body), "coded": True}.items()))
    return bodies.write(body) if body else None


def _match(match: Match) -> dict[str, Any]:
    like = dict(match.like)
    if len(like) < len(match.like):
        raise UsageError("Match(like=...): a place stands there twice; a file holds it once")
    lists = {name: list(getattr(match, name)) or None for name in ("hosts", "headers", "ignore")}
    query = None if match.query is None else list(match.query)
    return _table(**lists, query=query, path=match.path, body=match.body, like=like or None)


def _scenario(scenario: Scenario) -> dict[str, Any]:
    return _table(name=scenario.name, when=scenario.when, then=scenario.then)

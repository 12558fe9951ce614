"""Cassettes as vcrpy replays them: version 1, YAML, with the bodies decoded.

vcrpy hands the body of a file to requests, aiohttp and urllib as it is, but httpx decodes it as its headers say. So a decoded
body stands there without the header of its coding, which serves them all; the header is kept where vcrpy does not look.
"""

from __future__ import annotations

from typing import Any

from autogen_harness.cassettes.cassette import Cassette, Interaction, Match
from autogen_harness.cassettes.foreign.codings import coding_of
from autogen_harness.cassettes.foreign.imported import Exported, Lost
from autogen_harness.cassettes.foreign.vcrpy import EXTRA
from autogen_harness.documents import foreign
from autogen_harness.model import Headers, HttpReply


def write(cassette: Cassette) -> Exported:
    """A cassette as vcrpy's YAML. What it cannot say is left out, and told."""
    lost: list[Lost] = []
    tables = [table for number, one in enumerate(cassette.interactions, 1) for table in _tables(one, number, lost)]
    return Exported(foreign.write_yaml({"interactions": tables, "version": 1}), tuple(lost))


def _tables(one: Interaction, number: int, lost: list[Lost]) -> list[dict[str, Any]]:
    """An interaction as often as it answers."""
    lost += [Lost(f"interaction {number}", what) for what in unsaid(one)]
    if not isinstance(one.outcome, HttpReply):
        return []
    texts = [one.outcome.reason, *(value for message in (one.request, one.outcome) for _, value in message.headers)]
    if not all(map(_is_text, texts)):
        lost.append(Lost(f"interaction {number}", "bytes in a header that are no text: they become Latin-1"))
    request = {
        "body": _content(one.request.body) if one.request.body else None,
        "headers": _listed(one.request.headers),
        "method": one.request.method,
        "uri": one.request.url,
    }
    return [{"request": request, "response": _response(one.outcome)}] * (1 if one.times == "any" else one.times)


def unsaid(one: Interaction) -> list[str]:
    """What of an interaction decides how it is replayed, and has no form in vcrpy's files, nor in HAR."""
    plain = Match()
    rules = [
        name
        for name in ("hosts", "query", "path", "headers", "ignore", "like")
        if getattr(one.match, name) != getattr(plain, name)
    ]
    found = [f"match.{name}, which tells what of a request may differ" for name in rules]
    if one.match.body not in (None, "any"):
        found.append(f"match.body: {one.match.body}, by which the body is compared")
    if one.times == "any":
        found.append('times: "any", that it answers more than once')
    if one.scenario is not None:
        found.append(f"the scenario {one.scenario.name!r}, in whose states it answers")
    if not isinstance(one.outcome, HttpReply):
        found.append(f"all of it: its outcome is a connection that fails ({one.outcome.kind})")
    return found


def _response(reply: HttpReply) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    headers = reply.headers
    if reply.coded:
        extra["coded"] = True
    elif reply.body and coding_of(headers):
        extra["decoded"] = [list(pair) for pair in headers if _is_coding(pair)]
        headers = tuple(pair for pair in headers if not _is_coding(pair))
    if reply.version != "1.1":
        extra["http_version"] = reply.version
    table: dict[str, Any] = {"body": {"string": _content(reply.body)}, "headers": _listed(headers)}
    table["status"] = {"code": reply.status, "message": _readable(reply.reason)}
    return {EXTRA: extra, **table} if extra else table


def _is_coding(pair: tuple[str, str]) -> bool:
    return pair[0].lower() == "content-encoding"


def _content(body: bytes) -> str | bytes:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body


def _listed(headers: Headers) -> dict[str, list[str]]:
    """Headers by name; the order of different names means nothing (RFC 9110, section 5.3)."""
    made: dict[str, list[str]] = {}
    for name, value in headers:
        made.setdefault(name, []).append(_readable(value))
    return made


def _is_text(value: str) -> bool:
    """Is it free of what clients make of bytes that are no text?"""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _readable(value: str) -> str:
    return value if _is_text(value) else value.encode("utf-8", "surrogateescape").decode("latin-1")

"""Where the requests of a tool may go, and what a call may change."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

from autogen_harness.contracts.answering.upstream import always
from autogen_harness.contracts.generation.arguments import batch_value, value_for
from autogen_harness.contracts.generation.names import kind_of
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import every_edge, every_fault, no_schema
from autogen_harness.contracts.patterns.every.envelope import needs_upstream
from autogen_harness.model import HttpReply
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autogen_harness.contracts.calling.world import Seen, World

_WAYS = (
    "{}/../../other",
    "../{}",
    "..",
    "/other",
    "//elsewhere.invalid/{}",
    "{}?added=1",
    "{}&added=1",
    "{}#part",
    "{}@elsewhere.invalid",
    "@elsewhere.invalid",
    "{}%2f..%2f..%2fother",
    "{}%3fadded=1",
    "{}\nHost: elsewhere.invalid",
)
"""What turns an argument into another part of a URL (RFC 3986, section 2.2: the characters that separate its parts)."""

ELSEWHERE = "https://elsewhere.invalid/"
"""An address that no tool has a reason to call; the top-level domain is reserved for that (RFC 2606)."""

_INSIDE = ("http://169.254.169.254/latest/meta-data/", "http://localhost:8080/", "http://[::1]/", ELSEWHERE)

_READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, section 9.2.1: safe methods


def _stay(world: World) -> Iterator[Breach]:
    for name, value in _embedded(world):
        benign = world.call({**world.ordinary, name: value})
        if benign.astray or not benign.attempts or _is_an_address(world, name, value, benign):
            continue
        for arguments in _hostile(world, name, value):
            seen = world.call(arguments)
            if problem := _stray(seen, benign, value):
                yield Breach(f"{name} = {arguments[name]!r}: {problem}", seen)


def _embedded(world: World) -> Iterator[tuple[str, str]]:
    """Text parameters that are no address, each with an ordinary value."""
    for name, schema in world.contract.properties.items():
        if isinstance(schema, dict) and not kind_of(name, schema).startswith("url"):
            value = world.ordinary.get(name) or value_for(world.contract, name, world.main)
            if isinstance(value, str) and value:
                yield name, value


def _is_an_address(world: World, name: str, value: str, benign: Seen) -> bool:
    """Whether it is one, or a part of a host's name: then another word leads to another host."""
    arguments = {**world.ordinary, name: f"{value}x"}
    other = world.call(arguments) if Checker(world.contract.schema).accepts(arguments) else benign
    return "://" in value or (bool(_hosts(other)) and _hosts(other) != _hosts(benign))


def _hostile(world: World, name: str, value: str) -> Iterator[dict[str, Any]]:
    accepts = Checker(world.contract.schema).accepts
    yield from filter(accepts, ({**world.ordinary, name: way.format(value)} for way in _WAYS))


def _stray(seen: Seen, benign: Seen, value: str) -> str:
    """How a request left its place; "" where all kept it."""
    if seen.astray:
        return seen.astray[0].what.partition("\n")[0]
    places = [_place(request.url, value) for request in benign.attempts]
    for request in seen.attempts:
        if not any(_keeps(request.url, place) for place in places):
            return f"the request went to {request.url}"
    return ""


def _place(url: str, value: str) -> tuple[str, str, str, list[str]]:
    """Scheme with host, the path before and after the argument, and the names in the query."""
    parts = urlsplit(url)
    spelled = next((text for text in (quote(value, safe=""), quote(value), value) if text in parts.path), "")
    before, _, after = parts.path.partition(spelled) if spelled else (parts.path, "", "")
    return f"{parts.scheme}://{parts.netloc}", before, after, _keys(parts.query)


def _keeps(url: str, place: tuple[str, str, str, list[str]]) -> bool:
    origin, before, after, keys = place
    parts = urlsplit(url)
    whole = parts.path.startswith(before) and parts.path.endswith(after) and ".." not in parts.path.split("/")
    return whole and f"{parts.scheme}://{parts.netloc}" == origin and _keys(parts.query) == keys


def _keys(query: str) -> list[str]:
    return sorted(name for name, _ in parse_qsl(query, keep_blank_values=True))


def _only_hosts(world: World) -> Iterator[Breach]:
    for seen in chain(every_fault(world), every_edge(world), _lured(world)):
        for host in sorted(_hosts(seen)):
            if not any(fnmatchcase(host, allowed.lower()) for allowed in world.contract.hints.hosts):
                yield Breach(f"it called {host}, which is none of {', '.join(world.contract.hints.hosts)}", seen)


def _lured(world: World) -> Iterator[Seen]:
    """Calls that lead elsewhere: by a redirect, and by each argument that is an address."""
    if world.origins:
        away = HttpReply(302, "Found", (("Location", ELSEWHERE),), b"")
        yield world.call(world.ordinary, always(f"302 to {ELSEWHERE}", away, 302))
    accepts = Checker(world.contract.schema).accepts
    for name, schema in world.contract.properties.items():
        kind = kind_of(name, schema if isinstance(schema, dict) else {})
        for url in _INSIDE if kind in ("url", "urls") else ():
            arguments = {**world.ordinary, name: batch_value(schema, [url]) if kind == "urls" else url}
            if accepts(arguments):
                yield world.call(arguments)


def _hosts(seen: Seen) -> set[str]:
    asked = [urlsplit(request.url).hostname or "" for request in seen.attempts]
    tried = [str(finding.fields.get("host", "")) for finding in seen.astray]
    return {host.lower() for host in (*asked, *tried) if host}


def _as_declared(world: World) -> Iterator[Breach]:
    declared = world.contract.hints.side_effects
    for seen in chain(every_fault(world), every_edge(world)):
        for effect in _effects(seen):
            if _ORDER[effect[0]] > _ORDER[declared]:
                yield Breach(f"side_effects={declared!r}, and {effect[1]}", seen)


def _effects(seen: Seen) -> Iterator[tuple[str, str]]:
    for request in seen.attempts:
        kind = "read" if request.method.upper() in _READING else "external"
        yield kind, f"it sent {request.method} {urlsplit(request.url).hostname}"
    for finding in seen.astray:
        yield "read", f"it tried to reach {finding.fields.get('host', 'another machine')}"
    for path in (*seen.inside, *seen.outside):
        yield "write", f"it wrote {path}"


_ORDER: Mapping[str, int] = {"none": 0, "read": 1, "write": 2, "external": 3}


LAWS = (
    Law(
        id="requests-stay-where-they-belong",
        sentence="an argument that is no address changes neither the host of a request, nor its path around it, nor its query",
        why="a model, or a page that it read, reaches parts of a service that the tool was not made for",
        fix="quote every argument: urllib.parse.quote(value, safe='') in a path, params={...} for a query; and refuse '..'",
        check=_stay,
        missing=needs_upstream,
    ),
    Law(
        id="only-declared-hosts-are-called",
        sentence="requests go to the declared hosts only, also after a redirect and whatever address is an argument",
        why="a model can be talked into asking for addresses inside your own network",
        fix="compare the host with a list before each request, and do not follow redirects unseen",
        check=_only_hosts,
        needs=("hosts",),
        missing=needs_upstream,
    ),
    Law(
        id="side-effects-are-as-declared",
        sentence="a call changes no more than it declares",
        why="who believes that a tool only reads lets it be called again, by anybody and without being asked",
        fix="ask with GET, and write no files; or declare what it does: side_effects",
        check=_as_declared,
        needs=("side_effects",),
        missing=no_schema,
    ),
)

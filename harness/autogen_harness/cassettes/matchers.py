"""Does a request fit an interaction, and where not.

Two views of one rule, held together by a test: :func:`key` is equal for a request and an interaction exactly where
:func:`differences` is empty. The first finds, in constant time; the second explains, on a miss only.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes, urlsplit

from autogen_harness.differences import Difference, compare

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.cassettes.cassette import Interaction
    from autogen_harness.model import HttpRequest

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
"""Methods whose body is part of what is asked, so that it is compared unless the interaction says otherwise."""

_PORTS = {"http": 80, "https": 443}

Place = tuple[str, str, int]
"""Scheme, host and port."""

Origin = tuple[str, str, str, int]
"""Method, scheme, host and port."""

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """The tolerance of an interaction without its hosts: interactions of one shape are told apart by their keys alone."""

    query: frozenset[str] | None
    path: str | None
    body: Literal["any", "compared"]

    @property
    def exact(self) -> bool:
        """Nothing of the URL may differ."""
        return self.query is None and self.path is None


class Asked:
    """A request taken apart, each piece when it is first needed."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.method = request.method.upper()
        parts = urlsplit(request.url)
        self.scheme, self.host = parts.scheme.lower(), (parts.hostname or "").lower()
        self.port = parts.port or _PORTS.get(self.scheme, 0)
        self.raw_path = parts.path or "/"
        self._query = parts.query

    @property
    def origin(self) -> Origin:
        """Method, scheme, host and port: where interactions are kept."""
        return self.method, self.scheme, self.host, self.port

    @cached_property
    def path(self) -> str:
        """The path in one spelling of its percent-encodings."""
        return "/".join(quote(unquote_to_bytes(piece), safe="") for piece in self.raw_path.split("/"))

    @cached_property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The query's pairs in one order; blank values and repeated names are kept."""
        return tuple(sorted(parse_qsl(self._query, keep_blank_values=True, errors="surrogateescape")))

    @cached_property
    def body(self) -> tuple[str, str | bytes]:
        """("json", canonical text) where the body is JSON, else ("raw", bytes)."""
        value = as_json(self.request.body)
        return ("raw", self.request.body) if value is _NOT_JSON else ("json", canonical(value))


_NOT_JSON = object()


def as_json(body: bytes) -> Any:
    """The JSON value of a body; a mark of its own where the body is none."""
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return _NOT_JSON


def _no_constant(literal: str) -> Any:
    raise ValueError(literal)  # NaN and the infinities are not JSON


def canonical(value: Any) -> str:
    """One text for equal JSON values: keys sorted, and ``1.0`` as ``1``."""
    return json.dumps(_whole(value), sort_keys=True, separators=(",", ":"))


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def shape(interaction: Interaction) -> Shape:
    """The tolerance that an interaction has towards requests of its own method."""
    match = interaction.match
    compared = match.body == "json" or (match.body is None and interaction.request.method.upper() in WITH_BODY)
    query = None if match.query is None else frozenset(match.query)
    return Shape(query, match.path, "compared" if compared else "any")


def moved(interaction: Interaction, url: str) -> Interaction:
    """The same interaction at another URL: scheme, host, port and path are now those; other tolerance stays."""
    match = replace(interaction.match, hosts=(), path=None)
    return replace(interaction, request=replace(interaction.request, url=url), match=match)


def origins(interaction: Interaction) -> list[Origin]:
    """Every origin at which an interaction answers."""
    asked = Asked(interaction.request)
    hosts = dict.fromkeys(host.lower() for host in interaction.match.hosts) or [asked.host]
    return [(asked.method, asked.scheme, host, asked.port) for host in hosts]


def key(form: Shape, asked: Asked) -> Key | None:
    """What a request looks like through a shape; None where the shape's path pattern does not fit it."""
    path = asked.path if form.path is None else (form.path if _fits(form.path, asked.raw_path) else None)
    if path is None:
        return None
    return path, _seen(form.query, asked), asked.body if form.body == "compared" else None


def own_key(form: Shape, interaction: Interaction) -> Key:
    """The key that requests must have to be answered by an interaction of this shape."""
    asked = Asked(interaction.request)
    path = asked.path if form.path is None else form.path
    return path, _seen(form.query, asked), asked.body if form.body == "compared" else None


def _seen(names: frozenset[str] | None, asked: Asked) -> tuple[tuple[str, str], ...]:
    return asked.query if names is None else tuple(pair for pair in asked.query if pair[0] in names)


def _fits(pattern: str, path: str) -> bool:
    compiled = _compiled(pattern)
    return bool(compiled.fullmatch(path) or compiled.fullmatch(unquote(path)))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def method(interaction: Interaction, asked: Asked) -> list[Difference]:
    """The method, in capitals."""
    return compare(interaction.request.method.upper(), asked.method, "method")


def origin(interaction: Interaction, asked: Asked) -> list[Difference]:
    """Scheme, host (or one of the hosts declared) and port."""
    own = Asked(interaction.request)
    hosts = [host.lower() for host in interaction.match.hosts] or [own.host]
    found = compare(own.scheme, asked.scheme, "scheme") + compare(own.port, asked.port, "port")
    if asked.host not in hosts:
        found.append(Difference("host", hosts[0] if len(hosts) == 1 else hosts, asked.host))
    return found


def path(interaction: Interaction, asked: Asked) -> list[Difference]:
    """The path, or the pattern declared for it."""
    pattern = interaction.match.path
    if pattern is not None:
        return [] if _fits(pattern, asked.raw_path) else [Difference("path", pattern, unquote(asked.raw_path))]
    own = Asked(interaction.request)
    return [] if own.path == asked.path else [Difference("path", unquote(own.raw_path), unquote(asked.raw_path))]


def query(interaction: Interaction, asked: Asked) -> list[Difference]:
    """The query's names and values in any order, or those of the names declared."""
    names = shape(interaction).query
    return compare(_values(_seen(names, Asked(interaction.request))), _values(_seen(names, asked)), "query")


def _values(pairs: tuple[tuple[str, str], ...]) -> dict[str, str | list[str]]:
    """One value as itself and several as a list, which is how a person writes them."""
    many: dict[str, list[str]] = {}
    for name, value in pairs:
        many.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in many.items()}


def body(interaction: Interaction, asked: Asked) -> list[Difference]:
    """The body, field by field where both are JSON."""
    if shape(interaction).body == "any":
        return []
    expected, actual = as_json(interaction.request.body), as_json(asked.request.body)
    if expected is not _NOT_JSON and actual is not _NOT_JSON:
        return compare(expected, actual, "body")
    raw = interaction.request.body, asked.request.body
    return [] if raw[0] == raw[1] else [Difference("body", _text(raw[0]), _text(raw[1]))]


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


MATCHERS: tuple[Callable[[Interaction, Asked], list[Difference]], ...] = (method, origin, path, query, body)
"""Every matcher, in the order in which a reader wants to hear of its differences."""


def differences(interaction: Interaction, asked: Asked) -> list[Difference]:
    """All that stands between a request and an interaction; empty where it fits."""
    return [difference for matcher in MATCHERS for difference in matcher(interaction, asked)]

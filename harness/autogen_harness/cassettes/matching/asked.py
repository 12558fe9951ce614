"""A request taken apart, in one spelling for each piece: what matchers compare."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlsplit

from autogen_harness.cassettes.matching import payloads

if TYPE_CHECKING:
    from collections.abc import Iterable
    from urllib.parse import SplitResult

    from autogen_harness.cassettes.matching.payloads import Payload, Reading
    from autogen_harness.model import HttpRequest

_PORTS = {"http": 80, "https": 443}

_PLAIN = re.compile(
    r"(https?)://([a-z0-9.-]+)(?::([0-9]{1,4}))?"  # scheme, host, port
    r"(/[A-Za-z0-9_.~/-]*)?"  # a path that nobody would encode
    r"(?:\?([!\"$&-*,-~]*))?"  # a query in which nothing is encoded: no % and no +, and no fragment behind it
)
"""URLs that are in one spelling already: most of them. Taking these apart is a third of what it costs in general."""

Place = tuple[str, str, int]
"""Scheme, host and port."""

Origin = tuple[str, str, str, int]
"""Method, scheme, host and port."""

Pairs = tuple[tuple[str, str], ...]


@lru_cache(maxsize=1024)
def _pairs(query: str) -> Pairs:
    """The pairs of a query in which nothing is encoded. Many requests share theirs, and equal ones are then the same."""
    return tuple(sorted([piece.partition("=")[::2] for piece in query.split("&") if piece]))


class Asked:
    """A request taken apart; its body when that is first needed.

    Attributes:
        raw_path: the path as it was sent.
        path: the same in one spelling of its percent-encodings.
        query: the query's pairs in one order; blank values and repeated names are kept.
    """

    __slots__ = ("_payloads", "host", "method", "path", "port", "query", "raw_path", "request", "scheme")

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.method = request.method.upper()
        self._payloads: dict[Reading, Payload] | None = None
        plain = _PLAIN.fullmatch(request.url)
        if plain is None:
            self._take_apart(urlsplit(request.url))
            return
        self.scheme, self.host, port, path, query = plain.groups()
        self.port = (int(port) if port else 0) or _PORTS[self.scheme]
        self.raw_path = self.path = path or "/"
        self.query: Pairs = _pairs(query) if query else ()

    def _take_apart(self, parts: SplitResult) -> None:
        self.scheme, self.host = parts.scheme.lower(), (parts.hostname or "").lower()
        self.port = parts.port or _PORTS.get(self.scheme, 0)
        self.raw_path = parts.path or "/"
        raw = self.raw_path.encode("utf-8", "surrogateescape").split(b"/")  # a client may have sent any bytes
        self.path = "/".join([quote(unquote_to_bytes(piece), safe="") for piece in raw])
        self.query = tuple(sorted(parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")))

    @property
    def origin(self) -> Origin:
        """Method, scheme, host and port: where interactions are kept."""
        return self.method, self.scheme, self.host, self.port

    def headers(self, names: Iterable[str]) -> Pairs:
        """The headers of these names (in small letters), in the order of the names; repeats in the order in which they came."""
        return tuple((name, value) for name in names for own, value in self.request.headers if own.lower() == name)

    def payload(self, reading: Reading) -> Payload:
        """The body, read by what it is or as it is told to be."""
        if self._payloads is None:
            self._payloads = {}
        if reading not in self._payloads:
            self._payloads[reading] = payloads.read(self.request.body, reading)
        return self._payloads[reading]

"""A request taken apart, in one spelling for each piece: what matchers compare."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlsplit

from autogen_harness.cassettes import payloads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autogen_harness.cassettes.payloads import Payload, Reading
    from autogen_harness.model import HttpRequest

_PORTS = {"http": 80, "https": 443}

Place = tuple[str, str, int]
"""Scheme, host and port."""

Origin = tuple[str, str, str, int]
"""Method, scheme, host and port."""

Pairs = tuple[tuple[str, str], ...]


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
        self._payloads: dict[Reading, Payload] = {}

    @property
    def origin(self) -> Origin:
        """Method, scheme, host and port: where interactions are kept."""
        return self.method, self.scheme, self.host, self.port

    @cached_property
    def path(self) -> str:
        """The path in one spelling of its percent-encodings."""
        return "/".join(quote(unquote_to_bytes(piece), safe="") for piece in self.raw_path.split("/"))

    @cached_property
    def query(self) -> Pairs:
        """The query's pairs in one order; blank values and repeated names are kept."""
        return tuple(sorted(parse_qsl(self._query, keep_blank_values=True, errors="surrogateescape")))

    def headers(self, names: Iterable[str]) -> Pairs:
        """The headers of these names (in small letters), in the order of the names; repeats in the order in which they came."""
        return tuple((name, value) for name in names for own, value in self.request.headers if own.lower() == name)

    def payload(self, reading: Reading) -> Payload:
        """The body, read by what it is or as it is told to be."""
        if reading not in self._payloads:
            self._payloads[reading] = payloads.read(self.request.body, reading)
        return self._payloads[reading]

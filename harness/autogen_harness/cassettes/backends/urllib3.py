"""Answers ``urllib3``, and ``requests`` and all else that stands on it, from a desk.

``HTTPConnectionPool._make_request`` is where every request goes that urllib3 makes of one: below its redirects, its retries
and their back-off, its pool. The real method runs, with a stand-in for the connection that it was given; so all that it does
is its own, and no connection of the pool is ever one in memory.

Most exchanges of requests are plain, and then most of what urllib3 does on the way there comes to nothing. Those are made at
``urlopen``, with a connection out of the pool and all that is to be seen of the rest. What is met there and is not plain goes
the whole way.
"""

from __future__ import annotations

import re
from functools import lru_cache, wraps
from socket import getdefaulttimeout
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.retry import Retry
from urllib3.util.timeout import Timeout

from autogen_harness.cassettes.backends.urllib3_connection import PORTS, StandIn, handing_down
from autogen_harness.cassettes.wire.waits import Limits
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autogen_harness.cassettes.backends import Desk


class Urllib3Backend:
    """One per player; installed between the player's ``open`` and ``close``."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._patches, self._on = desk, Patches(), False
        self._prepare = HTTPSConnectionPool._prepare_proxy
        self._made: Any = None

    def install(self) -> None:
        """Stand between every pool and its connections."""
        self._on = True
        self._patches.swap(HTTPConnectionPool, "urlopen", self._opening)
        self._patches.swap(HTTPConnectionPool, "_make_request", self._making)
        self._patches.swap(HTTPSConnectionPool, "_prepare_proxy", self._preparing)

    def uninstall(self) -> None:
        """Put back what was there."""
        self._on = False
        self._patches.undo()

    @property
    def is_on(self) -> bool:
        """Between ``install`` and ``uninstall``."""
        return self._on

    def _opening(self, real: Callable[..., Any]) -> Callable[..., Any]:
        own = _is_own(real) and _is_own(HTTPConnectionPool._make_request)  # else somebody watches what they do

        @wraps(real)
        def urlopen(pool: HTTPConnectionPool, method: str, url: str, *args: Any, **options: Any) -> Any:
            plain = own and self._on and not args and _is_plain_call(url, pool, options)
            place = _place(pool, url) if plain and type(pool)._make_request is self._made else None
            if place is None or self._desk.passes(*place):
                return real(pool, method, url, *args, **options)
            conn, made = pool._get_conn(), None
            try:
                conn.timeout = options["timeout"].connect_timeout
                stand_in = StandIn(self._desk, pool, conn, place, _limits(pool, options["timeout"]))
                made = stand_in.at_once(method, url, options)
            finally:
                if made is None:
                    pool._put_conn(conn)
            if made is not None:
                return made
            with handing_down(stand_in.met):
                return real(pool, method, url, **options)

        vars(urlopen)[_BY] = self, urlopen
        return urlopen

    def _making(self, real: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(real)
        def _make_request(pool: HTTPConnectionPool, conn: Any, method: str, url: str, *args: Any, **options: Any) -> Any:
            place = _place(pool, url)
            if not self._on or self._desk.passes(*place):
                return real(pool, conn, method, url, *args, **options)
            stand_in = StandIn(self._desk, pool, conn, place, _limits(pool, options.get("timeout")))
            stand_in.prepare = self._prepare
            return real(pool, stand_in, method, url, *args, **options)

        vars(_make_request)[_BY] = self, _make_request
        self._made = _make_request
        return _make_request

    def _preparing(self, real: Callable[..., None]) -> Callable[..., None]:
        @wraps(real)
        def _prepare_proxy(pool: HTTPSConnectionPool, conn: Any) -> None:
            if not self._on or self._desk.passes(*_place(pool, "/")):
                real(pool, conn)

        return _prepare_proxy


_OPTIONS = {
    "body",
    "headers",
    "redirect",
    "assert_same_host",
    "preload_content",
    "decode_content",
    "retries",
    "timeout",
    "chunked",
}
"""What requests says to ``urlopen``."""

_TARGET = re.compile(r"/(?:[A-Za-z0-9_.~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*(?:\?(?:[A-Za-z0-9_.~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*)?")
"""Paths and queries that urllib3 sends as they are."""


_BY = "autogen_harness_backend"
"""Where a stand-in keeps whose it is, and itself: who wraps it may have copied what it keeps."""


def _is_own(method: Callable[..., Any]) -> bool:
    """Is it urllib3's, with nothing before it but stand-ins of players that are closed? Closed out of order, these stay."""
    while (kept := vars(method).get(_BY)) is not None and kept[1] is method and not kept[0].is_on:
        method = vars(method)["__wrapped__"]
    return method.__module__ == HTTPConnectionPool.__module__ and not hasattr(method, "__wrapped__")


def _is_plain_call(url: str, pool: HTTPConnectionPool, options: Mapping[str, Any]) -> bool:
    """Would ``urlopen`` do nothing but fetch a connection, make the request with it and hand over the response unread?"""
    return (
        options.keys() == _OPTIONS
        and not (options["preload_content"] or options["redirect"] or options["assert_same_host"])
        and type(options["timeout"]) is Timeout
        and type(options["retries"]) is Retry
        and not options["retries"].status_forcelist
        and bool(options["headers"])
        and pool.proxy is None
        and not pool.proxy_headers
        and _TARGET.fullmatch(url) is not None
    )


def _place(pool: HTTPConnectionPool, url: str) -> tuple[str, str, int]:
    """Where a request is really meant to go: a proxy for plain HTTP is asked for an absolute URL."""
    if url.startswith("/"):
        return pool.scheme, pool.host, pool.port or PORTS[pool.scheme]
    asked = urlsplit(url)
    return asked.scheme, asked.hostname or pool.host, asked.port or PORTS.get(asked.scheme, 80)


def _limits(pool: HTTPConnectionPool, timeout: Any) -> Limits:
    given = timeout if isinstance(timeout, Timeout) else pool._get_timeout(timeout)
    return _known_limits(given.total, given._connect, given._read, getdefaulttimeout())


@lru_cache(maxsize=64)
def _known_limits(total: Any, connect: Any, read: Any, _default: float | None) -> Limits:
    """A program has few timeouts, and many requests."""
    return Limits(*map(Timeout.resolve_default_timeout, (total, connect, read)))

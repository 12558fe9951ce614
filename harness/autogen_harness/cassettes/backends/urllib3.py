"""Answers ``urllib3``, and ``requests`` and all else that stands on it, from a desk.

``HTTPConnectionPool._make_request`` is where every request goes that urllib3 makes of one: below its redirects, its retries
and their back-off, its pool. The real method runs, with a stand-in for the connection that it was given; so all that it does
is its own, and no connection of the pool is ever one in memory. Only where all of an exchange is plain it need not run: see
:meth:`~autogen_harness.cassettes.backends.urllib3_connection.StandIn.at_once`.
"""

from __future__ import annotations

from functools import lru_cache, wraps
from socket import getdefaulttimeout
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.timeout import Timeout

from autogen_harness.cassettes.backends.urllib3_connection import PORTS, StandIn
from autogen_harness.cassettes.wire.waits import Limits
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.cassettes.backends import Desk


class Urllib3Backend:
    """One per player; installed between the player's ``open`` and ``close``."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._patches, self._on = desk, Patches(), False
        self._prepare = HTTPSConnectionPool._prepare_proxy

    def install(self) -> None:
        """Stand between every pool and its connections."""
        self._on = True
        self._patches.swap(HTTPConnectionPool, "_make_request", self._making)
        self._patches.swap(HTTPSConnectionPool, "_prepare_proxy", self._preparing)

    def uninstall(self) -> None:
        """Put back what was there."""
        self._on = False
        self._patches.undo()

    def _making(self, real: Callable[..., Any]) -> Callable[..., Any]:
        own = real.__module__ == HTTPConnectionPool.__module__ and not hasattr(real, "__wrapped__")  # else somebody watches it

        @wraps(real)
        def _make_request(pool: HTTPConnectionPool, conn: Any, method: str, url: str, *args: Any, **options: Any) -> Any:
            scheme, host, port = _place(pool, url)
            if not self._on or self._desk.passes(scheme, host, port):
                return real(pool, conn, method, url, *args, **options)
            stand_in = StandIn(self._desk, pool, conn, (scheme, host, port), _limits(pool, options.get("timeout")))
            stand_in.prepare = self._prepare
            at_once = stand_in.at_once(method, url, options) if own and not args else None
            return real(pool, stand_in, method, url, *args, **options) if at_once is None else at_once

        return _make_request

    def _preparing(self, real: Callable[..., None]) -> Callable[..., None]:
        @wraps(real)
        def _prepare_proxy(pool: HTTPSConnectionPool, conn: Any) -> None:
            if not self._on or self._desk.passes(*_place(pool, "/")):
                real(pool, conn)

        return _prepare_proxy


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

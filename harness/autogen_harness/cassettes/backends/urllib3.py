"""Answers ``urllib3``, and ``requests`` and all else that stands on it, from a desk.

``HTTPConnectionPool._make_request`` is where every request goes that urllib3 makes of one: below its redirects, its retries
and their back-off, its pool. The real method runs, with a stand-in for the connection that it was given; so all that it does
is its own, and no connection of the pool is ever one in memory. Only where all of an exchange is plain, and no log is kept that
would tell, it is spared: that it counted the request and says on the response where this belongs is done here.
"""

from __future__ import annotations

import logging
import ssl
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError
from urllib3.util.proxy import connection_requires_http_tunnel
from urllib3.util.ssl_ import resolve_cert_reqs
from urllib3.util.timeout import Timeout

from autogen_harness.cassettes.backends.lines import Line
from autogen_harness.cassettes.backends.sending import through
from autogen_harness.cassettes.backends.urllib3_direct import is_plain, reply_as_read, request_as_sent
from autogen_harness.cassettes.wire.failures import CONNECTING, raised
from autogen_harness.cassettes.wire.waits import Limits
from autogen_harness.model import Delivery, HttpFailure, HttpReply, HttpRequest
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.cassettes.backends import Desk, Live
    from autogen_harness.model import Outcome

_PORTS = {"http": 80, "https": 443}
_log = logging.getLogger("urllib3.connectionpool")


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
        @wraps(real)
        def _make_request(pool: HTTPConnectionPool, conn: Any, method: str, url: str, *args: Any, **options: Any) -> Any:
            scheme, host, port = _place(pool, url)
            if not self._on or self._desk.passes(scheme, host, port):
                return real(pool, conn, method, url, *args, **options)
            stand_in = _Connection(self._desk, pool, conn, (scheme, host, port), _limits(pool, options.get("timeout")))
            stand_in.prepare = self._prepare
            at_once = None if args else stand_in.at_once(method, url, options)
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
        return pool.scheme, pool.host, pool.port or _PORTS[pool.scheme]
    asked = urlsplit(url)
    return asked.scheme, asked.hostname or pool.host, asked.port or _PORTS.get(asked.scheme, 80)


def _limits(pool: HTTPConnectionPool, timeout: Any) -> Limits:
    given = timeout if isinstance(timeout, Timeout) else pool._get_timeout(timeout)
    resolve = Timeout.resolve_default_timeout
    return _known_limits(resolve(given.total), resolve(given._connect), resolve(given._read))


_known_limits = lru_cache(maxsize=64)(Limits)
"""A program has few timeouts, and many requests."""


class _Connection:
    """What ``_make_request`` takes for a connection.

    Most requests and replies are plain, and made without being written and parsed. For all others the pool's real connection
    writes to a line in memory and parses what it reads from there.
    """

    is_closed = False
    is_verified = True
    proxy_is_verified = None
    has_connected_to_proxy = True
    _http_vsn_str = "HTTP/1.1"  # for the log of urllib3 2.0
    prepare: Callable[..., None]

    def __init__(self, desk: Desk, pool: HTTPConnectionPool, conn: Any, place: tuple[str, str, int], limits: Limits) -> None:
        self._desk, self._pool, self._conn, self._place, self._limits = desk, pool, conn, place, limits
        self.proxy = conn.proxy
        self.timeout: float | None = None  # set by _make_request: that of the connection, then that of reading
        self._met: Delivery | Live | None = None
        self._direct: HttpReply | None = None  # the reply, if it is one that need not be parsed

    @property
    def host(self) -> str:
        """For the text of that warning."""
        return str(self._conn.host)

    def at_once(self, method: str, url: str, options: dict[str, Any]) -> HTTPResponse | None:
        """What ``_make_request`` makes of a plain exchange; None where it has to, of what was met already or will be."""
        conn = self._conn
        if _log.isEnabledFor(logging.DEBUG) or not _is_usual(self._pool.__class__) or not self._is_trusted():
            return None
        self._ask(method, url, options)
        met = self._met
        if self._direct is None or met.seconds:
            return None
        self._pool.num_requests += 1
        made: Any = reply_as_read(self._direct, method, url, options)
        made.retries, made._connection, made._pool = options.get("retries"), options.get("response_conn"), self._pool
        return made

    def request(self, method: str, url: str, **options: Any) -> None:
        """Ask for what the request meets."""
        self._method, self._url, self._options = method, url, options
        if self._met is None:
            self._ask(method, url, options)
        if self._direct is None:
            self._write()
        self._warn()

    def _ask(self, method: str, url: str, options: Mapping[str, Any]) -> None:
        """Ask at the desk, if the request is plain; and see whether the reply is, too."""
        sent = request_as_sent(self._conn, method, url, **options) if _is_known(self._conn.__class__) else None
        if sent is not None:
            self._met = met = self._desk.answer(self._asked(method, url, *sent))
            if isinstance(met, Delivery) and isinstance(met.outcome, HttpReply) and is_plain(met.outcome):
                self._direct = met.outcome

    def getresponse(self) -> Any:
        """Hand over what came."""
        if self._direct is None:
            return self._read()
        assert isinstance(self._met, Delivery)  # noqa: S101 - it has a reply
        if self._met.seconds:
            self._wait(self._met)
        return reply_as_read(self._direct, self._method, self._url, self._options)

    def _wait(self, met: Delivery) -> None:
        seconds, struck = Limits(read=self.timeout).wait(met)
        self._desk.advance(seconds)
        if struck is not None:
            raise TimeoutError("timed out")

    def _warn(self) -> None:
        """Let urllib3 warn of a certificate that nobody would have looked at, now that a connection would stand."""
        self.is_verified = self._is_trusted()
        if not self.is_verified:
            self._pool._validate_conn(self)  # type: ignore[arg-type]  # the part of a connection that it looks at

    def _is_trusted(self) -> bool:
        """Would somebody look at the certificate, if there is to be one?"""
        conn = self._conn
        if self._place[0] != "https" or getattr(conn, "assert_fingerprint", None):
            return True
        return bool(resolve_cert_reqs(conn.cert_reqs) == ssl.CERT_REQUIRED)

    def _write(self) -> None:
        conn = self._conn
        conn.close()  # one that was kept alive since before; what follows needs none
        conn.sock = Line(self._meet, self._desk.advance, self.timeout)
        conn.request(self._method, self._url, **self._options)

    def _read(self) -> Any:
        conn = self._conn
        conn.timeout = self.timeout
        try:
            return conn.getresponse()
        finally:
            conn.sock = None

    def _meet(self, line: Line) -> Delivery | Outcome:
        head = line.reader.head
        if self._met is None and head is not None:
            self._met = self._desk.answer(self._asked(head.method, head.target, head.headers, line.reader.body))
        met = self._met
        outcome = met.outcome if isinstance(met, Delivery) else self._sent(met, bytes(line.sent))
        if isinstance(outcome, HttpFailure) and outcome.kind in CONNECTING:
            if isinstance(met, Delivery):
                self._desk.advance(self._limits.wait(met)[0])
            self._unconnected(outcome)
        self._conn._has_connected_to_proxy = bool(self.proxy)
        return met if isinstance(met, Delivery) else outcome

    def _asked(self, method: str, target: str, headers: Any, body: bytes) -> HttpRequest:
        return HttpRequest(method, self._absolute(target), headers, body, self._limits.reading, "urllib3")

    def _absolute(self, target: str) -> str:
        scheme, host, port = self._place
        if not target.startswith("/"):
            return target
        name = f"[{host}]" if ":" in host else host
        return f"{scheme}://{name}{target}" if port == _PORTS[scheme] else f"{scheme}://{name}:{port}{target}"

    def _sent(self, live: Any, request: bytes) -> Outcome:
        return through(live, self._dial, request, self._method)

    def _dial(self) -> Any:
        """A connection made as urllib3 makes it, with the socket's own exceptions."""
        pool = self._pool
        fresh: Any = pool._new_conn()
        pool.num_connections -= 1  # for the pool it is the one that it gave us
        fresh.timeout = self.timeout
        try:
            if pool.proxy and connection_requires_http_tunnel(pool.proxy, pool.proxy_config, self._place[0]):
                self.prepare(pool, fresh)
            else:
                fresh.connect()
        except HTTPError as error:
            raise error.__cause__ or error from None
        fresh.sock.settimeout(self._limits.reading)
        return fresh.sock

    def _unconnected(self, failed: HttpFailure) -> None:
        """Raise what ``urllib3.connection`` makes of a failure to connect."""
        conn, error = self._conn, raised(failed)
        if failed.kind == "tls":
            raise error
        if failed.kind == "unresolved":
            raise NameResolutionError(conn.host, conn, error) from error  # type: ignore[arg-type]  # of this kind it is one
        if failed.kind == "connect-timeout":
            text = f"Connection to {conn.host} timed out. (connect timeout={self.timeout})"
            raise ConnectTimeoutError(conn, text) from error
        raise NewConnectionError(conn, f"Failed to establish a new connection: {error}") from error


@lru_cache(maxsize=64)
def _is_usual(kind: type) -> bool:
    """Does this class of pools look at a connection as urllib3's own do?"""
    return kind._validate_conn in (HTTPConnectionPool._validate_conn, HTTPSConnectionPool._validate_conn)


@lru_cache(maxsize=64)
def _is_known(kind: type) -> bool:
    """Does this class of connections write and read as urllib3's own do?"""
    names = ("request", "getresponse", "putrequest", "putheader", "endheaders", "send")
    return all(getattr(kind, name) is getattr(HTTPConnection, name) for name in names)

"""What urllib3's ``_make_request`` is given in the place of a connection, while a cassette answers.

Most requests and replies are plain, and made without being written and parsed. For all others the pool's real connection
writes to a line in memory and parses what it reads from there.
"""

from __future__ import annotations

import logging
import ssl
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError
from urllib3.util.proxy import connection_requires_http_tunnel

from autogen_harness.cassettes.backends.lines import Line
from autogen_harness.cassettes.backends.sending import through
from autogen_harness.cassettes.backends.urllib3_direct import is_plain, reply_as_read, request_as_sent
from autogen_harness.cassettes.wire.failures import CONNECTING, raised
from autogen_harness.cassettes.wire.waits import Limits
from autogen_harness.model import Delivery, HttpFailure, HttpReply, HttpRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from autogen_harness.cassettes.backends import Desk, Live
    from autogen_harness.model import Outcome

PORTS = {"http": 80, "https": 443}
_log = logging.getLogger("urllib3.connectionpool")

_OTHERS = 300
"""Replies of a status from here on may have to be asked for again."""

_REQUIRED = (ssl.CERT_REQUIRED, "CERT_REQUIRED", "REQUIRED", None)
"""How urllib3 lets its users say that a certificate is to be looked at."""

_handed: ContextVar[list[Delivery | Live] | None] = ContextVar("autogen_harness_handed", default=None)


@contextmanager
def handing_down(met: Delivery | Live | None) -> Iterator[None]:
    """It was asked above already, and this is what the first attempt inside of the block meets; None: it was not."""
    token = _handed.set([] if met is None else [met])
    try:
        yield
    finally:
        _handed.reset(token)


class StandIn:
    """For one request. The connection of the pool stays as it is, but for a line in memory while one is needed."""

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
        handed = _handed.get()
        self.met = handed.pop() if handed else None
        self._direct: HttpReply | None = None  # the reply, if it is one that need not be parsed
        self._waits = False

    @property
    def host(self) -> str:
        """For the text of that warning."""
        return str(self._conn.host)

    def at_once(self, method: str, url: str, options: Mapping[str, Any]) -> Any:
        """What ``urlopen`` makes of a plain exchange; None where it has to make it, of what was met already or will be.

        The request is counted in the pool, and the response says where it belongs. Where a log is read, where urllib3 would
        warn or wait, and where it would look twice at the status, nothing is made here.
        """
        if _log.isEnabledFor(logging.DEBUG) or not self._is_trusted():
            return None
        self._ask(method, url, options)
        if self._direct is None or self._waits or self._direct.status >= _OTHERS:
            return None
        self._pool.num_requests += 1
        made: Any = reply_as_read(self._direct, method, url, options)
        made.retries, made._connection, made._pool = options["retries"], self._conn, self._pool
        return made

    def request(self, method: str, url: str, **options: Any) -> None:
        """Ask for what the request meets."""
        self.method, self._url, self._options = method, url, options
        if self._direct is None:
            self._ask(method, url, options)
        if self._direct is None:
            self._write()
        self._warn()

    def _ask(self, method: str, url: str, options: Mapping[str, Any]) -> None:
        """Ask at the desk, if the request is plain; and see whether the reply is, too."""
        kinds: tuple[Any, Any] = self._pool.__class__, self._conn.__class__
        sent = request_as_sent(self._conn, method, url, options) if _is_known(*kinds) else None
        if sent is not None:
            self.met = met = self.met or self._desk.answer(self._asked(method, url, *sent))
            if isinstance(met, Delivery) and isinstance(met.outcome, HttpReply) and is_plain(met.outcome):
                self._direct, self._waits = met.outcome, met.seconds > 0

    def getresponse(self) -> Any:
        """Hand over what came."""
        if self._direct is None:
            return self._read()
        assert isinstance(self.met, Delivery)  # noqa: S101 - it has a reply
        if self.met.seconds:
            self._wait(self.met)
        return reply_as_read(self._direct, self.method, self._url, self._options)

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
        return conn.cert_reqs in _REQUIRED

    def _write(self) -> None:
        conn = self._conn
        conn.close()  # one that was kept alive since before; what follows needs none
        conn.sock = Line(self._meet, self._desk.advance, self.timeout)
        conn.request(self.method, self._url, **self._options)

    def _read(self) -> Any:
        conn = self._conn
        conn.timeout = self.timeout
        try:
            return conn.getresponse()
        finally:
            conn.sock = None

    def _meet(self, line: Line) -> Delivery | Outcome:
        head = line.reader.head
        if self.met is None and head is not None:
            self.met = self._desk.answer(self._asked(head.method, head.target, head.headers, line.reader.body))
        met = self.met
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
        return f"{scheme}://{name}{target}" if port == PORTS[scheme] else f"{scheme}://{name}:{port}{target}"

    def _sent(self, live: Any, request: bytes) -> Outcome:
        return through(live, self._dial, request, self.method)

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
def _is_known(pools: Any, connections: Any) -> bool:
    """Do these classes look at a connection, write and read as urllib3's own do?"""
    names = ("request", "getresponse", "putrequest", "putheader", "endheaders", "send")
    validating = (HTTPConnectionPool._validate_conn, HTTPSConnectionPool._validate_conn)
    alike = all(getattr(connections, name) is getattr(HTTPConnection, name) for name in names)
    return alike and pools._validate_conn in validating

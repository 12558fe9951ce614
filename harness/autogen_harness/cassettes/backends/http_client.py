"""Answers ``http.client``, and ``urllib.request`` and all else that stands on it, from a desk.

``connect`` gives a connection a line in memory instead of a socket; writing, parsing and all that is built on them stay the
standard library's own. ``urllib3`` connects in its own way, and has a backend of its own.
"""

from __future__ import annotations

import socket
import sys
from functools import wraps
from http.client import HTTP_PORT, HTTPS_PORT, CannotSendRequest, HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from autogen_harness.cassettes.backends.lines import Line
from autogen_harness.cassettes.backends.sending import through
from autogen_harness.cassettes.wire.failures import CONNECTING, raised
from autogen_harness.cassettes.wire.waits import Limits
from autogen_harness.model import Delivery, HttpFailure, HttpRequest
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.cassettes.backends import Desk
    from autogen_harness.model import Outcome

    Connect = Callable[[Any], None]


class HttpClientBackend:
    """One per player; installed between the player's ``open`` and ``close``."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._patches, self._on = desk, Patches(), False
        self._claimed: WeakSet[Any] = WeakSet()
        self._dialing: WeakSet[Any] = WeakSet()

    @staticmethod
    def kinds() -> tuple[type, ...]:
        """The classes of connections whose ``connect`` is stood in for."""
        return HTTPConnection, HTTPSConnection

    def install(self) -> None:
        """Stand in for ``connect`` of plain and of TLS connections."""
        self._on = True
        for kind in self.kinds():
            self._patches.swap(kind, "connect", self._connecting)

    def uninstall(self) -> None:
        """Put back what was there; connections that were claimed connect anew when they are next used."""
        self._on = False
        self._patches.undo()
        for conn in list(self._claimed):
            if isinstance(conn.sock, Line):
                conn.close()

    def _connecting(self, real: Connect) -> Connect:
        @wraps(real)
        def connect(conn: Any) -> None:
            if not self._on or conn in self._dialing or self._desk.passes(*_place(conn)):
                real(conn)
                return
            self._claimed.add(conn)
            claimed = _Claimed(self._desk, conn, lambda: self._dial(real, conn))
            conn.sock = Line(claimed.meet, self._desk.advance, claimed.timeout)

        return connect

    def _dial(self, real: Connect, conn: Any) -> Any:
        """The socket of a connection that is made as ever."""
        line, conn.sock = conn.sock, None
        self._dialing.add(conn)
        try:
            real(conn)
            return conn.sock
        finally:
            self._dialing.discard(conn)
            conn.sock = line


class Httplib2Backend(HttpClientBackend):
    """The same for ``httplib2``, which is imported already: its connections are those of http.client but for ``connect``."""

    @staticmethod
    def kinds() -> tuple[type, ...]:
        """The classes of connections whose ``connect`` is stood in for."""
        httplib2 = sys.modules["httplib2"]
        return httplib2.HTTPConnectionWithTimeout, httplib2.HTTPSConnectionWithTimeout


def _place(conn: Any) -> tuple[str, str, int]:
    """Where the requests of a connection go; behind a tunnel that is not where it connects to."""
    scheme = "https" if isinstance(conn, HTTPSConnection) else "http"
    host, port = (conn._tunnel_host, conn._tunnel_port) if conn._tunnel_host else (conn.host, conn.port)
    return scheme, host, port or conn.default_port


class _Claimed:
    """A connection whose requests are answered from the desk."""

    def __init__(self, desk: Desk, conn: Any, dial: Callable[[], Any]) -> None:
        self._desk, self._place, self._dial = desk, _place(conn), dial
        # That of http.client itself: one that nobody gave is the socket module's.
        self.timeout = socket.getdefaulttimeout() if conn.timeout is _GLOBAL else conn.timeout

    def meet(self, line: Line) -> Delivery | Outcome:
        """What the request on the line meets."""
        head = line.reader.head
        if head is None:
            raise CannotSendRequest
        limits = Limits(connect=self.timeout, read=line.timeout)
        asked = HttpRequest(head.method, self._url(head.target), head.headers, line.reader.body, limits.reading, "http.client")
        met = self._desk.answer(asked)
        outcome = met.outcome if isinstance(met, Delivery) else through(met, self._dial, bytes(line.sent), head.method)
        if isinstance(outcome, HttpFailure) and outcome.kind in CONNECTING:
            if isinstance(met, Delivery):
                self._desk.advance(limits.wait(met)[0])
            raise raised(outcome)
        return met if isinstance(met, Delivery) else outcome

    def _url(self, target: str) -> str:
        """Absolute, as a request to a proxy is by itself."""
        scheme, host, port = self._place
        if not target.startswith("/"):
            return target
        name = f"[{host}]" if ":" in host else host
        default = HTTPS_PORT if scheme == "https" else HTTP_PORT
        return f"{scheme}://{name}{target}" if port == default else f"{scheme}://{name}:{port}{target}"


_GLOBAL = socket._GLOBAL_DEFAULT_TIMEOUT  # type: ignore[attr-defined]  # the mark of http.client for "none given"

"""Answers ``httpx`` and ``httpx2`` from a desk, through connections in memory below their connection pools.

Both stand on a core of the same shape, ``httpcore`` and ``httpcore2``, and both cores keep sync and async apart in classes of
the same shape. So there is one driver for four: what a request meets is decided in :mod:`.httpx_plan`, and the shells here
only wait for it. The pool's ``handle_request`` is wrapped: a connection of the core's own, with its parser and its retries,
answers on a network in memory, and never enters the pool. Transports of the user's own, and the mocks that stand above the
pool (``MockTransport``, ``pytest-httpx``, ``respx``), are not touched.
"""

from __future__ import annotations

import ssl
import sys
from functools import wraps
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes import misses
from autogen_harness.cassettes.backends.httpx_network import AsyncNetwork, Network
from autogen_harness.cassettes.backends.httpx_plan import Plan, asked
from autogen_harness.cassettes.backends.httpx_sending import Sending, asend, send
from autogen_harness.model import Note
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.cassettes.backends import Desk

_SCHEMES = {"http": ("http", 80), "https": ("https", 443), "ws": ("http", 80), "wss": ("https", 443)}


def httpx(desk: Desk) -> HttpxBackend:
    """The backend for ``httpx``."""
    return HttpxBackend(desk, "httpx", sys.modules["httpcore"])


def httpx2(desk: Desk) -> HttpxBackend:
    """The backend for ``httpx2``."""
    return HttpxBackend(desk, "httpx2", sys.modules["httpcore2"])


class HttpxBackend:
    """One per player and client; installed between the player's ``open`` and ``close``."""

    def __init__(self, desk: Desk, client: str, core: Any) -> None:
        self._desk, self._client, self._core, self._open = desk, client, core, False
        self._patches = Patches()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # in memory nobody looks at it

    def install(self) -> None:
        """Wrap the pools; where the core is not as it is known, say so, and leave the network guard to it."""
        core = self._core
        if not hasattr(core.ConnectionPool, "create_connection"):
            text = "its core has no ConnectionPool.create_connection, as that of httpx 0.27 has"
            self._desk.record(Note("backend", f"{self._client} cannot be answered: {text}"))
            return
        self._open = True
        self._patches.swap(core.ConnectionPool, "handle_request", self._wrapped)
        self._patches.swap(core.AsyncConnectionPool, "handle_async_request", self._awrapped)

    def uninstall(self) -> None:
        """Put back what was there. What somebody kept of it lets everything pass from now on."""
        self._open = False
        self._patches.undo()

    def _wrapped(self, real: Any) -> Any:
        @wraps(real)
        def handle_request(pool: Any, request: Any) -> Any:
            if self._theirs(real, request):
                return real(pool, request)
            request.stream = _Body(b"".join(request.stream))
            plan = self._plan(pool, request)
            network = Network(plan, lambda live: send(Sending(live, self._core, pool, request)))
            make = self._core.HTTPConnection
            connection = make(request.url.origin, self._context, retries=pool._retries, network_backend=network)
            try:
                return plan.dressed(connection.handle_request(request))
            except BaseException as error:
                raise error from None  # as the pool does

        return handle_request

    def _awrapped(self, real: Any) -> Any:
        @wraps(real)
        async def handle_async_request(pool: Any, request: Any) -> Any:
            if self._theirs(real, request):
                return await real(pool, request)
            request.stream = _Body(b"".join([piece async for piece in request.stream]))
            plan = self._plan(pool, request)
            network = AsyncNetwork(plan, lambda live: asend(Sending(live, self._core, pool, request)))
            make = self._core.AsyncHTTPConnection
            connection = make(request.url.origin, self._context, retries=pool._retries, network_backend=network)
            try:
                return plan.dressed(await connection.handle_async_request(request))
            except BaseException as error:
                raise error from None

        return handle_async_request

    def _theirs(self, real: Any, request: Any) -> bool:
        """The request goes its own way, or to a mock that was there before."""
        place = _SCHEMES.get(request.url.scheme.decode())
        if not self._open or place is None or str(getattr(real, "__module__", "")).startswith("respx"):
            return True
        return self._desk.passes(place[0], request.url.host.decode(), request.url.port or place[1])

    def _plan(self, pool: Any, request: Any) -> Plan:
        wanted = asked(request, self._client)
        if any(name.lower() == b"upgrade" and value.lower() == b"websocket" for name, value in request.headers):
            missed = misses.websocket(wanted)
            self._desk.record(missed)
            raise misses.error(missed)
        return Plan(self._desk, self._core, wanted, pool._network_backend)


class _Body:
    """A request's body, which can be read as often as it is sent."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        if self._body:
            yield self._body

    async def __aiter__(self) -> Any:
        if self._body:
            yield self._body

"""Answers ``aiohttp`` from a desk, through a connection in memory.

``BaseConnector.connect`` is wrapped, for connectors made before and after. A request that is ours goes through aiohttp's own
``connect`` as well, so that limits, traces and timeouts are its own; only where a connector would open a socket, it gets a
connection in memory, which is never kept alive. Everything above it is aiohttp's own code: the parser, timeouts, redirects,
cookies, checks, middlewares.
"""

from __future__ import annotations

import inspect
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any

from aiohttp import helpers
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import BaseConnector

from autogen_harness.cassettes.backends import InsteadOf
from autogen_harness.cassettes.backends.aiohttp_call import Call
from autogen_harness.cassettes.backends.aiohttp_line import Handler, Line
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from aiohttp import ClientRequest, ClientTimeout

    from autogen_harness.cassettes.backends import Backend, Desk

_SCHEMES = {"ws": "http", "wss": "https"}
_NEEDED = (
    (BaseConnector, "connect", ["self", "req", "traces", "timeout"]),
    (BaseConnector, "_create_connection", ["self", "req", "traces", "timeout"]),
    (ResponseHandler, "start_timeout", ["self"]),
    (ResponseHandler, "_on_read_timeout", ["self"]),
)
"""What is not public and used here, with the parameters that it is known to have (aiohttp 3.9 to 3.14)."""


def backend(desk: Desk) -> Backend:
    """The driver.

    Raises:
        InsteadOf: it does not know this aiohttp; what stands on ``aioresponses`` does.
    """
    strange = [name for owner, name, known in _NEEDED if _parameters(owner, name) != known]
    if strange:
        name = "aioresponses"
        raise InsteadOf(name, "aiohttp", f"{' and '.join(strange)} are not what they were")
    return AiohttpBackend(desk)


class AiohttpBackend:
    """One per player; installed between the player's ``open`` and ``close``."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._open = desk, False
        self._patches = Patches()

    def install(self) -> None:
        """Wrap ``BaseConnector.connect``."""
        self._open = True
        self._patches.swap(BaseConnector, "connect", self._wrapped)
        if hasattr(helpers, "ceil"):  # it rounds long timeouts up to whole seconds of a clock that began anywhere
            self._patches.put(helpers, "ceil", float)

    def uninstall(self) -> None:
        """Put back what was there. What somebody kept of it lets everything pass from now on."""
        self._open = False
        self._patches.undo()

    def _wrapped(self, real: Any) -> Any:
        @wraps(real)
        async def connect(connector: BaseConnector, req: ClientRequest, traces: Any, timeout: ClientTimeout) -> Any:
            theirs = not self._open or isinstance(connector, _Seat) or self._passes(req)
            return await real(connector if theirs else _Seat(connector, self._desk), req, traces, timeout)

        return connect

    def _passes(self, req: ClientRequest) -> bool:
        """Decided by where the request is for: a proxy on the way does not count."""
        url = req.url
        return self._desk.passes(_SCHEMES.get(url.scheme, url.scheme), url.raw_host or "", url.port or 0)


def _parameters(owner: type, name: str) -> list[str]:
    method = getattr(owner, name, None)
    return [] if method is None else list(inspect.signature(method).parameters)


class _Seat:
    """Takes a connector's place while it connects: has no connection in its pool, and makes new ones in memory."""

    def __init__(self, connector: BaseConnector, desk: Desk) -> None:
        self.harness_connector, self.harness_desk = connector, desk

    def __getattr__(self, name: str) -> Any:
        return getattr(self.harness_connector, name)

    def _get(self, *_args: Any) -> Any:
        """Find no connection; awaited since aiohttp 3.11."""
        return _nothing() if _is_awaited(type(self.harness_connector)._get) else None

    async def _create_connection(self, req: ClientRequest, traces: Any, timeout: ClientTimeout) -> ResponseHandler:
        call = Call(self.harness_desk, self.harness_connector, req, traces, timeout)
        await call.begin()
        handler = Handler(self.harness_connector._loop)
        handler.connection_made(Line(handler, call))
        handler.force_close()  # it must not be found in the pool once the player is closed
        return handler


_is_awaited = lru_cache(maxsize=16)(inspect.iscoroutinefunction)
"""Asked for every request, and of few functions."""


async def _nothing() -> None:
    """Find nothing."""

"""Answers ``aiohttp`` from a desk, through a connection in memory.

``BaseConnector.connect`` is wrapped, for connectors made before and after. A request that is ours goes through aiohttp's own
``connect`` as well, so that limits, traces and timeouts are its own; only where a connector would open a socket, it gets a
connection in memory, which is never kept alive. Everything above it is aiohttp's own code: the parser, timeouts, redirects,
cookies, checks, middlewares. A plain reply that takes no time, to a plain request that would not have to wait for a connection
and is not traced, is there as soon as it is asked for: of connecting and parsing nothing could be seen.
"""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any

from aiohttp import helpers
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import BaseConnector, Connection

from autogen_harness.cassettes.backends import InsteadOf
from autogen_harness.cassettes.backends.aiohttp_call import WRITES_AT_ONCE, Call, passes, step
from autogen_harness.cassettes.backends.aiohttp_ready import Ready
from autogen_harness.cassettes.backends.aiohttp_seat import Seat, has_room, seat
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from aiohttp import ClientRequest, ClientTimeout

    from autogen_harness.cassettes.backends import Backend, Desk

_NEEDED = (
    (BaseConnector, "connect", ["self", "req", "traces", "timeout"]),
    (BaseConnector, "_create_connection", ["self", "req", "traces", "timeout"]),
    (BaseConnector, "_available_connections", ["self", "key"]),
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
            if not self._open or isinstance(connector, Seat) or passes(self._desk, req):
                return await real(connector, req, traces, timeout)
            call = Call(self._desk, connector, req, traces, timeout)
            if WRITES_AT_ONCE and not traces and has_room(connector, req):
                call.ask()
                if call.bare and (plain := call.plain):
                    await step()
                    return Connection(connector, req.connection_key, Ready(call, plain), call.loop)
            return await real(seat(connector, call), req, traces, timeout)

        return connect


def _parameters(owner: type, name: str) -> list[str]:
    method = getattr(owner, name, None)
    return [] if method is None else list(inspect.signature(method).parameters)

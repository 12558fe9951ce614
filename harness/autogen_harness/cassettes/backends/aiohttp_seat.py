"""Takes the place of an aiohttp connector while a request of ours connects, so that limits, traces and timeouts are its own."""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.backends.aiohttp_line import connected

if TYPE_CHECKING:
    from aiohttp import BaseConnector, ClientRequest, ClientTimeout

    from autogen_harness.cassettes.backends.aiohttp_call import Call
    from autogen_harness.cassettes.backends.aiohttp_line import Handler


class Seat:
    """Has no connection in its pool, and makes one in memory.

    Its class inherits that of the connector, and its state is the connector's own: aiohttp finds there what it looks for as
    fast as ever, and changes it.
    """

    __slots__ = ()
    harness_connector: BaseConnector
    harness_call: Call
    harness_awaits: bool

    def __getattr__(self, name: str) -> Any:
        """Find what a connector keeps in slots of its own."""
        return getattr(self.harness_connector, name)

    def __del__(self) -> None:
        """Leave the connector as it is, with its connections."""

    def _get(self, *_args: Any) -> Any:
        """Find no connection; awaited since aiohttp 3.11."""
        return _nothing() if self.harness_awaits else None

    async def _create_connection(self, _req: ClientRequest, _traces: Any, _timeout: ClientTimeout) -> Handler:
        await self.harness_call.begin()
        return connected(self.harness_call)


def seat(connector: BaseConnector, call: Call) -> Any:
    """What stands for a connector that connects for one call."""
    kind: Any = type(connector)
    made: Any = object.__new__(_class_for(kind))
    made.__dict__ = connector.__dict__
    made.harness_connector, made.harness_call = connector, call
    return made


@lru_cache(maxsize=16)
def _class_for(kind: Any) -> type:
    own = {"__slots__": ("harness_call", "harness_connector"), "harness_awaits": inspect.iscoroutinefunction(kind._get)}
    return type(kind.__name__, (Seat, kind), own)


async def _nothing() -> None:
    """Find nothing."""


def has_room(connector: BaseConnector, req: ClientRequest) -> bool:
    """Whether a request would get a connection without waiting for one."""
    return connector._available_connections(req.connection_key) > 0 and not (connector._waiters or connector._closed)

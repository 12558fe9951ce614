"""A network in memory for httpx's core, sync and async: nothing but the waiting for the steps of a plan."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.backends.letting_pass import let_pass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from autogen_harness.cassettes.backends import Live
    from autogen_harness.cassettes.backends.httpx_plan import Plan
    from autogen_harness.model import Outcome


class _Stream:
    """What both kinds of connections have."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def get_extra_info(self, _info: str) -> None:
        """There is no socket and no TLS."""


class Stream(_Stream):
    """A connection for one request."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Give the next bytes, once their time has passed."""
        step = self._plan.read(max_bytes, timeout)
        self._plan.desk.advance(step.seconds)
        return step.taken()

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """What is written was known before."""

    def start_tls(self, *_args: Any, **_options: Any) -> Stream:
        """Trust: what is not trusted fails to connect."""
        return self

    def close(self) -> None:
        """Nothing is held."""


class AsyncStream(_Stream):
    """A connection for one request."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Give the next bytes, once their time has passed."""
        step = self._plan.read(max_bytes, timeout)
        await _pass(self._plan, step.seconds)
        return step.taken()

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """What is written was known before."""

    async def start_tls(self, *_args: Any, **_options: Any) -> AsyncStream:
        """Trust: what is not trusted fails to connect."""
        return self

    async def aclose(self) -> None:
        """Nothing is held."""


class Network:
    """Where a pool's connections are made. ``send`` sends the request where that is wanted, and says what came of it."""

    def __init__(self, plan: Plan, send: Callable[[Live], Outcome]) -> None:
        self._plan, self._send = plan, send

    def connect_tcp(self, *_place: Any, timeout: float | None = None, **_options: Any) -> Stream:
        """Ask what this attempt meets, and connect or fail."""
        live = self._plan.meet()
        if live is not None:
            self._plan.came(self._send(live))
        step = self._plan.connected(timeout)
        self._plan.desk.advance(step.seconds)
        step.taken()
        return Stream(self._plan)

    def sleep(self, seconds: float) -> None:
        """Wait between two attempts, as the client does."""
        self._plan.real.sleep(seconds)


class AsyncNetwork:
    """As :class:`Network`."""

    def __init__(self, plan: Plan, send: Callable[[Live], Awaitable[Outcome]]) -> None:
        self._plan, self._send = plan, send
        plan.quiet = True

    async def connect_tcp(self, *_place: Any, timeout: float | None = None, **_options: Any) -> AsyncStream:
        """Ask what this attempt meets, and connect or fail."""
        live = self._plan.meet()
        if live is not None:
            self._plan.came(await self._send(live))
        step = self._plan.connected(timeout)
        await _pass(self._plan, step.seconds)
        step.taken()
        return AsyncStream(self._plan)

    async def sleep(self, seconds: float) -> None:
        """Wait between two attempts, as the client does."""
        await self._plan.real.sleep(seconds)


async def _pass(plan: Plan, seconds: float) -> None:
    """On the loop's own time; loops that are not asyncio's have none that is virtual."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        plan.desk.advance(seconds)
    else:
        await let_pass(seconds)

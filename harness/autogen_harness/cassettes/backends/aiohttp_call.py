"""One request of aiohttp on its way: what it meets, or how it is really sent where a cassette is recorded."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aiohttp import hdrs
from aiohttp.payload import BytesPayload

from autogen_harness.cassettes.backends.aiohttp_failures import fail_to_connect, too_late
from autogen_harness.cassettes.backends.aiohttp_sending import Sending
from autogen_harness.cassettes.misses import error, websocket
from autogen_harness.cassettes.wire.waits import Limits
from autogen_harness.model import Delivery, HttpFailure, HttpRequest

if TYPE_CHECKING:
    from aiohttp import BaseConnector, ClientRequest, ClientTimeout

    from autogen_harness.cassettes.backends import Desk
    from autogen_harness.cassettes.wire.wire import RequestReader
    from autogen_harness.model import Headers

_before: ContextVar[Call | None] = ContextVar("autogen_harness_aiohttp_call", default=None)
"""The call before, in the same task: aiohttp may be repeating it."""


class Call:
    """A request, from the moment a connection is wanted for it.

    Attributes:
        met: what it meets; None as long as that is not known.
        bare: it has no body, so that it is whole as soon as anything of it is written.
        sends: it is really sent, on a connection that stands.
    """

    def __init__(self, desk: Desk, connector: BaseConnector, req: ClientRequest, traces: Any, timeout: ClientTimeout) -> None:
        self._desk, self._connector, self._req, self._traces, self._timeout = desk, connector, req, traces, timeout
        self.loop, self.method = connector._loop, req.method
        self.place = req.url.raw_host, req.url.port
        self.met: Delivery | None = None
        self.bare = False
        self._sending: Sending | None = None

    @property
    def sends(self) -> bool:
        """Whether the real connection stands."""
        return self._sending is not None

    @property
    def never_strikes(self) -> bool:
        """A silence that no timer of aiohttp's ends: there is none, or it has run out while a cassette was recorded."""
        return self.sends or not (self._timeout.total or self._timeout.sock_read)

    async def begin(self) -> None:
        """Ask at once if the body is known before it is written, so that failures come from where a connector raises them.

        Raises:
            UnmatchedRequest: nothing answers; or it asks for a websocket.
            ClientConnectorError: or what else a connection fails with.
        """
        if self._req.headers.get(hdrs.UPGRADE, "").lower() == "websocket":
            missed = websocket(HttpRequest(self.method, str(self._req.url)))
            self._desk.record(missed)
            raise error(missed)
        before = _before.get()
        _before.set(self)
        body = _known_body(self._req)
        self.bare = body == b"" and hdrs.EXPECT not in self._req.headers
        if before is not None and before.stands_for(self):
            self.met = before.met
        elif body is not None:
            await self._ask(tuple(self._req.headers.items()), body)

    def stands_for(self, repeat: Call) -> bool:
        """It met what also meets the client's own repeat of it, and ``repeat`` is that: of the same call of a session."""
        return self.met is not None and self.met.stands and repeat._traces is self._traces and repeat._req.url == self._req.url

    async def finish(self, written: RequestReader, raw: bytes) -> Delivery:
        """What the request meets, now that it is written; ``raw`` is all of it.

        Raises:
            UnmatchedRequest: as :meth:`begin`; and whatever sending it was refused with.
        """
        if self._sending is None and written.head is not None:
            try:
                await self._ask(written.head.headers, written.body)
            except asyncio.TimeoutError:
                raise too_late(self._req) from None
        if self._sending is not None:
            self.met = Delivery(await self._sending.send(raw))
        assert self.met is not None  # noqa: S101 - one of the two
        return self.met

    async def _ask(self, headers: Headers, body: bytes) -> None:
        timeout = self._timeout
        limit = _limit(timeout.total, timeout.sock_read)
        met = self._desk.answer(HttpRequest(self.method, str(self._req.url), headers, body, limit, "aiohttp"))
        if isinstance(met, Delivery):
            self.met = met
        else:
            sending = Sending(met, self._connector, self._req, self._traces, timeout)
            failure = await sending.connect()
            if failure is None:
                self._sending = sending
                return
            self.met = Delivery(failure)
        if isinstance(self.met.outcome, HttpFailure):
            await fail_to_connect(self.met, self._req, timeout, waited=not isinstance(met, Delivery))

    def close(self) -> None:
        """The client does not wait for it any more."""
        if self._sending is not None:
            self._sending.close()


@lru_cache(maxsize=64)
def _limit(total: float | None, sock_read: float | None) -> float | None:
    """How long a request of these timeouts waits for its answer. A session has one, and many requests."""
    return Limits(total or None, None, sock_read or None).reading


def _known_body(req: ClientRequest) -> bytes | None:
    """The body where it is bytes already, and goes out as it is; None where only writing it tells."""
    body: Any = req.body
    if isinstance(body, bytes):
        return body
    value = getattr(body, "_value", None)
    known = isinstance(body, BytesPayload) and isinstance(value, (bytes, bytearray)) and not req.compress
    return bytes(value) if known and value is not None else None

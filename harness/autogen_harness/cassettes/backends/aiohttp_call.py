"""One request of aiohttp on its way: what it meets, or how it is really sent where a cassette is recorded."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from types import coroutine
from typing import TYPE_CHECKING, Any

from aiohttp import hdrs
from aiohttp.http_writer import StreamWriter
from aiohttp.payload import BytesPayload

from autogen_harness.cassettes.backends.aiohttp_direct import plain
from autogen_harness.cassettes.backends.aiohttp_failures import fail_to_connect, too_late
from autogen_harness.cassettes.backends.aiohttp_sending import Sending
from autogen_harness.cassettes.misses import error, websocket
from autogen_harness.cassettes.wire.waits import Limits
from autogen_harness.model import Delivery, HttpFailure, HttpReply, HttpRequest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from aiohttp import BaseConnector, ClientRequest, ClientTimeout

    from autogen_harness.cassettes.backends import Desk, Live
    from autogen_harness.cassettes.backends.aiohttp_direct import Plain
    from autogen_harness.cassettes.wire.wire import RequestReader
    from autogen_harness.model import Headers

WRITES_AT_ONCE = hasattr(StreamWriter, "set_eof")
"""A request without a body is written within one step of the loop, by no task of its own: so since aiohttp 3.11."""

_SCHEMES = {"ws": "http", "wss": "https"}

_before: ContextVar[Call | None] = ContextVar("autogen_harness_aiohttp_call", default=None)
"""The call before, in the same task: aiohttp may be repeating it."""


_given: ContextVar[Delivery | Live | None] = ContextVar("autogen_harness_aiohttp_given", default=None)
"""What the next call of this task meets, where that was asked already."""


@contextmanager
def given(met: Delivery | Live) -> Iterator[None]:
    """Let the first call in the block meet what was asked for it."""
    token = _given.set(met)
    try:
        yield
    finally:
        _given.reset(token)


class Call:
    """A request, from the moment a connection is wanted for it.

    Attributes:
        met: what it meets; None as long as that is not known.
        bare: it has no body, so that it is whole as soon as anything of it is written.
        at_once: a reply that takes no time is there for it, so that it can come as soon as the request is written: the wait of
            at least one step of the loop, which every connection takes, is over by then.
        sends: it is really sent, on a connection that stands.
    """

    def __init__(self, desk: Desk, connector: BaseConnector, req: ClientRequest, traces: Any, timeout: ClientTimeout) -> None:
        self._desk, self._connector, self._req, self._traces, self._timeout = desk, connector, req, traces, timeout
        self.loop, self.method = connector._loop, req.method
        self.place = req.url.raw_host, req.url.port
        self.met: Delivery | None = None
        self.bare = self.at_once = self._asked = False
        self._live: Live | None = None
        self._sending: Sending | None = None

    @property
    def sends(self) -> bool:
        """Whether the real connection stands."""
        return self._sending is not None

    @property
    def never_strikes(self) -> bool:
        """A silence that no timer of aiohttp's ends: there is none, or it has run out while a cassette was recorded."""
        return self.sends or not (self._timeout.total or self._timeout.sock_read)

    @property
    def plain(self) -> Plain | None:
        """The reply that is met at once, where it need not be written and parsed."""
        return plain(self.met.outcome, self.method) if self.met is not None and not self.met.seconds else None

    def ask(self) -> None:
        """Ask what it meets, if the body is known before it is written.

        Raises:
            UnmatchedRequest: nothing answers; or it asks for a websocket.
        """
        req = self._req
        if req.headers.get(hdrs.UPGRADE, "").lower() == "websocket":
            missed = websocket(HttpRequest(self.method, str(req.url)))
            self._desk.record(missed)
            raise error(missed)
        self._asked = True
        before, known = _before.get(), _given.get()
        _before.set(self)
        body = _known_body(req)
        self.bare = body == b"" and hdrs.EXPECT not in req.headers
        if known is not None:
            _given.set(None)
            self._take(known)
        elif before is not None and before.stands_for(self):
            self.met = before.met
        elif body is not None:
            self._ask(tuple(req.headers.items()), body)

    async def begin(self) -> None:
        """Connect: failures of connections come from where a connector raises them.

        Raises:
            UnmatchedRequest: as :meth:`ask`, which it does where that was not done.
            ClientConnectorError: or what else a connection fails with.
        """
        if not self._asked:
            self.ask()
        await self._connect()
        met = self.met
        if WRITES_AT_ONCE and self.bare and met is not None and not met.seconds and isinstance(met.outcome, HttpReply):
            await step()
            self.at_once = True

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
                self._ask(written.head.headers, written.body)
                await self._connect()
            except asyncio.TimeoutError:
                raise too_late(self._req) from None
        if self._sending is not None:
            self.met = Delivery(await self._sending.send(raw))
        assert self.met is not None  # noqa: S101 - one of the two
        return self.met

    def _ask(self, headers: Headers, body: bytes) -> None:
        limit = limit_of(self._timeout)
        self._take(self._desk.answer(HttpRequest(self.method, str(self._req.url), headers, body, limit, "aiohttp")))

    def _take(self, met: Delivery | Live) -> None:
        if isinstance(met, Delivery):
            self.met = met
        else:
            self._live = met

    async def _connect(self) -> None:
        """Meet what comes before the request is sent: a real connection is made, or one fails."""
        if self._live is not None:
            sending = Sending(self._live, self._connector, self._req, self._traces, self._timeout)
            failure = await sending.connect()
            if failure is None:
                self._sending = sending
                return
            self.met = Delivery(failure)
        if self.met is not None and isinstance(self.met.outcome, HttpFailure):
            await fail_to_connect(self.met, self._req, self._timeout, waited=self._live is not None)

    def close(self) -> None:
        """The client does not wait for it any more."""
        if self._sending is not None:
            self._sending.close()


def passes(desk: Desk, req: ClientRequest) -> bool:
    """Whether a request goes its own way. Decided by where it is for: a proxy on the way does not count."""
    url = req.url
    return desk.passes(_SCHEMES.get(url.scheme, url.scheme), url.raw_host or "", url.port or 0)


@coroutine
def step() -> Generator[None, None, None]:
    """One step of the loop: what else is ready runs first. It is no sleep of the code under test."""
    yield


def limit_of(timeout: ClientTimeout) -> float | None:
    """How long a request of these timeouts waits for its answer."""
    return _limit(timeout.total, timeout.sock_read)


@lru_cache(maxsize=64)  # a session has one, and many requests
def _limit(total: float | None, sock_read: float | None) -> float | None:
    return Limits(total or None, None, sock_read or None).reading


def _known_body(req: ClientRequest) -> bytes | None:
    """The body where it is bytes already, and goes out as it is; None where only writing it tells."""
    body: Any = req.body
    if isinstance(body, bytes):
        return body
    value = getattr(body, "_value", None)
    known = isinstance(body, BytesPayload) and isinstance(value, (bytes, bytearray)) and not req.compress
    return bytes(value) if known and value is not None else None

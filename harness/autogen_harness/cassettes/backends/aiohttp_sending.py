"""Sends one request of aiohttp for real, because a cassette is recorded, and takes down all that comes of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError

from autogen_harness.cassettes.backends.aiohttp_failures import broken, not_connected
from autogen_harness.cassettes.wire.captured import captured
from autogen_harness.clock.timeline import Real
from autogen_harness.model import HttpFailure

if TYPE_CHECKING:
    from aiohttp import BaseConnector, ClientRequest, ClientTimeout

    from autogen_harness.cassettes.backends import Live
    from autogen_harness.model import HttpReply, Outcome

_LONG = 2**20
"""Bytes of a line or header that are taken down; what is too long for the client is for the client to say."""

_SLACK = 0.005
"""Seconds by which a timer of asyncio may strike early."""


class Sending:
    """One request on a real connection, made by the client's own connector: its resolver, TLS and proxies."""

    def __init__(self, live: Live, connector: BaseConnector, req: ClientRequest, traces: Any, timeout: ClientTimeout) -> None:
        self._live, self._connector, self._req, self._traces, self._timeout = live, connector, req, traces, timeout
        self._tap: _Tap | None = None
        self._began = Real.monotonic()
        self._message: Any = None
        self._payload: Any = None
        self._body = bytearray()
        self._chunks: list[int] = []

    async def connect(self) -> Outcome | None:
        """What the client is to meet where no connection is made; None where one stands.

        Raises:
            Exception: the connector was kept from trying, or cancelled.
        """
        try:
            real = await self._connector._create_connection(self._req, self._traces, self._timeout)
        except asyncio.CancelledError:
            if self._struck(self._timeout.connect):
                self._came(HttpFailure("connect-timeout"))
            raise
        except Exception as error:
            failure = not_connected(error)
            if failure is None:
                raise
            return self._came(failure)
        self._tap = _Tap(real)
        return None

    async def send(self, raw: bytes) -> Outcome:
        """Send the request as it was written, and return what the client is to meet.

        Raises:
            Exception: it is no account of the network.
        """
        assert self._tap is not None and self._tap.transport is not None  # noqa: S101, PT018 - connect() came before
        self._began = Real.monotonic()
        self._tap.listen(self._timeout.sock_read, head=self._req.method == "HEAD")
        self._tap.transport.write(raw)
        self._tap.start_timeout()
        try:
            outcome: Outcome = await self._read(self._tap)
        except asyncio.CancelledError:
            if self._struck(None):
                self._came(HttpFailure("read-timeout", self._begun()))
            raise
        except HttpProcessingError:
            outcome = HttpFailure("closed", text=_text(bytes(self._tap.raw)))
        except Exception as error:
            failure = broken(error, self._tap.lost, self._begun())
            if failure is None:
                raise
            outcome = failure
        finally:
            self.close()
        return self._came(outcome)

    def close(self) -> None:
        """Leave the real connection."""
        if self._tap is not None:
            self._tap.leave()

    async def _read(self, tap: _Tap) -> HttpReply:
        """The reply, behind those that only announce it (RFC 9110, section 15.2)."""
        while self._message is None or (self._message.code < 200 and self._message.code != 101):
            self._message, self._payload = await tap.read()
        size = 0
        while not self._payload.at_eof():
            piece, ends = await self._payload.readchunk()
            self._body += piece
            size += len(piece)
            if ends and size:
                self._chunks.append(size)
                size = 0
        return self._taken(whole=True)

    def _taken(self, *, whole: bool) -> HttpReply:
        """What came of the reply so far."""
        message = self._message
        headers = tuple((_text(name), _text(value)) for name, value in message.raw_headers)
        version = f"{message.version.major}.{message.version.minor}"
        made = captured(message.code, message.reason or "", headers, bytes(self._body), version, whole=whole)
        return replace(made, chunks=tuple(self._chunks)) if self._chunks else made

    def _begun(self) -> HttpReply | None:
        if self._message is None:
            return None
        unread = b"".join(getattr(self._payload, "_buffer", ()))  # which a broken stream does not give away
        self._body += unread[getattr(self._payload, "_buffer_offset", 0) :]
        return self._taken(whole=False)

    def _struck(self, limit: float | None) -> bool:
        """It was cancelled by a limit of the client, not by its user."""
        total = getattr(self._req._timer, "_cancelled", False)  # set when the total time of the request is over
        return bool(total or (limit and Real.monotonic() - self._began >= limit - _SLACK))

    def _came(self, outcome: Outcome) -> Outcome:
        now = Real.monotonic()
        first = (self._tap.first if self._tap is not None else None) or now
        return self._live.came(outcome, first - self._began, now - self._began)


class _Tap(ResponseHandler):
    """Reads a real connection in the client's place.

    Attributes:
        raw: what came before it was understood.
        first: when the first of it came.
        lost: how the connection was lost; None while it stands, and when it was closed in order.
    """

    def __init__(self, real: ResponseHandler) -> None:
        super().__init__(asyncio.get_running_loop())
        self.raw, self.first = bytearray(), 0.0
        self.lost: BaseException | None = None
        transport: Any = real.transport
        transport.set_protocol(self)
        self.connection_made(transport)

    def listen(self, read_timeout: float | None, *, head: bool) -> None:
        """Expect a reply, one without a body if it is that of a HEAD."""
        self.set_response_params(
            skip_payload=head,
            read_until_eof=True,
            auto_decompress=False,
            read_timeout=read_timeout,
            max_line_size=_LONG,
            max_field_size=_LONG,
        )

    def leave(self) -> None:
        """Close the connection in this step of the loop, as aiohttp itself leaves TLS: a goodbye may outlast the loop."""
        if self.transport is not None:
            self.transport.abort()
        self.close()

    def data_received(self, data: bytes) -> None:
        """Take what comes."""
        self.first = self.first or Real.monotonic()
        if not len(self):
            self.raw += data
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Remember how."""
        self.lost = exc
        super().connection_lost(exc)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")

"""Sends one request of httpx for real, because a cassette is recorded, and takes down all that comes of it."""

from __future__ import annotations

from ast import literal_eval
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.backends.httpx_plan import REFUSED
from autogen_harness.cassettes.wire.captured import captured
from autogen_harness.cassettes.wire.failures import failure
from autogen_harness.clock.timeline import Real
from autogen_harness.model import HttpFailure

if TYPE_CHECKING:
    from autogen_harness.cassettes.backends import Live
    from autogen_harness.model import HttpReply, Outcome

_NO_HTTP = "illegal status line: bytearray("


def send(sending: Sending) -> Outcome:
    """Send it, and return what the client is to meet.

    Raises:
        Exception: it is no account of the network; then nothing is taken down.
    """
    try:
        response = sending.connection.handle_request(sending.request)
        sending.begins(response)
        for piece in response.stream:
            sending.pieces.append(piece)
    except Exception as error:  # noqa: BLE001 - what is no account of the network is raised again
        return sending.failed(error)
    finally:
        sending.connection.close()
    return sending.whole()


async def asend(sending: Sending) -> Outcome:
    """As :func:`send`."""
    try:
        response = await sending.connection.handle_async_request(sending.request)
        sending.begins(response)
        async for piece in response.stream:
            sending.pieces.append(piece)
    except Exception as error:  # noqa: BLE001 - what is no account of the network is raised again
        return sending.failed(error)
    finally:
        await sending.connection.aclose()
    return sending.whole()


class Sending:
    """One request on its way, on a connection of its own that the client's pool makes: its network, TLS and proxies."""

    def __init__(self, live: Live, core: Any, pool: Any, request: Any) -> None:
        self._live, self._core = live, core
        self.connection = pool.create_connection(request.url.origin)
        self.connection._retries = 0  # each attempt is taken down by itself
        extensions = {name: value for name, value in request.extensions.items() if name != "trace"}
        self.request = core.Request(request.method, request.url, headers=request.headers, extensions=extensions)
        self.request.stream = request.stream
        self.pieces: list[bytes] = []
        self._response: Any = None
        self._began = Real.monotonic()
        self._first = 0.0

    def begins(self, response: Any) -> None:
        """The head of a reply is there."""
        self._response, self._first = response, Real.monotonic() - self._began

    def whole(self) -> Outcome:
        """The reply is complete."""
        return self._came(self._taken(whole=True))

    def failed(self, error: Exception) -> Outcome:
        """It ended in an exception.

        Raises:
            Exception: ``error``, where it is no account of the network.
        """
        failed = self._understood(error)
        if failed is None:
            raise error
        return self._came(failed)

    def _understood(self, error: Exception) -> HttpFailure | None:
        core, cause = self._core, error.__cause__
        begun = self._taken(whole=False) if self._response is not None else None
        if isinstance(error, core.ConnectTimeout):
            return HttpFailure("connect-timeout")
        if isinstance(error, core.ConnectError):
            told = None if str(cause) == REFUSED else failure(cause or error, connected=False)
            return told or HttpFailure("refused")
        if isinstance(error, (core.ReadTimeout, core.WriteTimeout)):
            return HttpFailure("read-timeout", begun)
        if isinstance(error, core.RemoteProtocolError):
            return HttpFailure("closed", begun, _first_line(str(error)))
        return HttpFailure("reset", begun) if isinstance(error, core.NetworkError) else None

    def _taken(self, *, whole: bool) -> HttpReply:
        told = self._response
        pairs = tuple((name.decode("latin-1"), value.decode("utf-8", "surrogateescape")) for name, value in told.headers)
        reason = told.extensions.get("reason_phrase", b"").decode("utf-8", "surrogateescape")
        version = told.extensions.get("http_version", b"HTTP/1.1").decode("ascii").partition("/")[2]
        made = captured(told.status, reason, pairs, b"".join(self.pieces), version, whole=whole)
        chunked = any(name.lower() == "transfer-encoding" for name, _ in pairs)
        return replace(made, chunks=tuple(map(len, self.pieces))) if chunked else made

    def _came(self, outcome: Outcome) -> Outcome:
        total = Real.monotonic() - self._began
        return self._live.came(outcome, self._first or total, total)


def _first_line(text: str) -> str:
    """What came in place of a reply, which only the error quotes; nothing where something else is wrong."""
    quoted = text.removeprefix(_NO_HTTP)
    return "" if quoted == text else literal_eval(quoted.removesuffix(")")).decode("utf-8", "surrogateescape") + "\r\n\r\n"

"""Sends a request to where it was meant to go, and takes down all that comes, for a cassette that is being recorded."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import replace
from http.client import BadStatusLine, HTTPException, HTTPResponse, IncompleteRead, RemoteDisconnected
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.wire.captured import as_text, captured
from autogen_harness.cassettes.wire.failures import failure
from autogen_harness.clock.timeline import Real
from autogen_harness.model import HttpFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.cassettes.backends import Live
    from autogen_harness.model import HttpReply, Outcome

_PIECE = 2**16


def through(live: Live, dial: Callable[[], Any], request: bytes, method: str) -> Outcome:
    """Send a request, have it taken down, and return what the client is to meet.

    Args:
        live: takes it down.
        dial: makes the connection as the client does, and returns its socket, with the client's timeout for reading.
        request: all bytes of it.
        method: of the request: the end of a reply depends on it.

    Raises:
        Exception: what ``dial`` raised, where that is no failure of a connection; then nothing is taken down.
    """
    taking = _Taking(method)
    outcome = taking.outcome(dial, request)
    return live.came(outcome, taking.first_byte, taking.total)


class _Taking:
    """One request on its way, with when what came of it."""

    def __init__(self, method: str) -> None:
        self._method, self._connected = method, False
        self._reply: _Noting | None = None
        self._body = bytearray()
        self._began = Real.monotonic()
        self.first_byte = self.total = 0.0

    def outcome(self, dial: Callable[[], Any], request: bytes) -> Outcome:
        try:
            with closing(dial()) as connection:
                self._connected = True
                with suppress(BrokenPipeError, ConnectionResetError):  # it may have answered before it had read all
                    connection.sendall(request)
                self._read(connection)
        except (OSError, HTTPException) as error:
            return self._failed(error)
        finally:
            self.total = Real.monotonic() - self._began
            self.first_byte = self.first_byte or self.total
        return self._taken(whole=True)

    def _read(self, connection: Any) -> None:
        self._began = Real.monotonic()
        with closing(_Noting(connection, method=self._method)) as reply:
            reply.begin()
            self.first_byte, self._reply = Real.monotonic() - self._began, reply
            while piece := reply.read1(_PIECE):
                self._body += piece
            if reply.length:  # so much was promised, and did not come
                raise IncompleteRead(bytes(self._body), reply.length)

    def _failed(self, error: OSError | HTTPException) -> HttpFailure:
        if isinstance(error, BadStatusLine) and not isinstance(error, RemoteDisconnected):
            return HttpFailure("closed", text=as_text(str(error.line)))  # type: ignore[attr-defined]  # typeshed lacks it
        if self._reply is None and not isinstance(error, OSError):
            raise error  # a head that http.client does not understand has no place in a cassette
        failed = failure(error, connected=self._connected, reply=self._taken(whole=False) if self._reply else None)
        assert failed is not None  # noqa: S101 - it is one of the two kinds that are
        return failed

    def _taken(self, *, whole: bool) -> HttpReply:
        reply = self._reply
        assert reply is not None  # noqa: S101 - its head has been read
        headers = tuple((name, as_text(value)) for name, value in reply.msg.items())
        version = f"{reply.version // 10}.{reply.version % 10}"
        made = captured(reply.status, as_text(reply.reason), headers, bytes(self._body), version, whole=whole)
        return replace(made, chunks=tuple(filter(None, reply.sizes))) if reply.sizes else made


class _Noting(HTTPResponse):
    """A response that notes the sizes of its chunks."""

    def __init__(self, connection: Any, method: str) -> None:
        super().__init__(connection, method=method)
        self.sizes: list[int] = []

    def _read_next_chunk_size(self) -> int:
        size: int = super()._read_next_chunk_size()  # type: ignore[misc]  # typeshed lacks it; it is there since Python 3.5
        self.sizes.append(size)
        return size

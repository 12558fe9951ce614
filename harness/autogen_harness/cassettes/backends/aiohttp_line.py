"""A connection in memory for aiohttp: takes the bytes of one request, and gives those of what it meets."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp.client_proto import ResponseHandler

from autogen_harness.cassettes.wire.failures import raised
from autogen_harness.cassettes.wire.wire import RequestReader, ends_by_itself, rendered
from autogen_harness.model import HttpReply

if TYPE_CHECKING:
    from autogen_harness.cassettes.backends.aiohttp_call import Call
    from autogen_harness.model import Delivery, Outcome

PIECE = 64 * 1024
"""Bytes handed over at once: a client that has enough for now is not given the rest."""

_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


def connected(call: Call) -> Handler:
    """The client's end of a line for one call, which must not be found in a pool once the player is closed."""
    handler = Handler(call.loop)
    handler.connection_made(Line(handler, call))
    handler.force_close()
    return handler


class Handler(ResponseHandler):
    """The client's end of the line. Its count of the seconds of silence can be held, while nobody knows what is to come."""

    held = False

    def start_timeout(self) -> None:
        """Called when the request is written."""
        if not self.held:
            super().start_timeout()

    def hold(self) -> None:
        """Do not count."""
        self.held = True
        self._drop_timeout()

    def go_on(self) -> None:
        """Count from now."""
        if self.held:
            self.held = False
            self.start_timeout()


class Line(asyncio.Transport):
    """The other end, for one request."""

    _told = _asked = _paused = _closing = _lost = _handing = False
    _left = b""
    _outcome: Outcome | None = None
    _task: asyncio.Task[None] | None = None
    _timer: asyncio.Handle | None = None

    def __init__(self, handler: Handler, call: Call) -> None:
        super().__init__()
        self._handler, self._call = handler, call
        self._loop = call.loop
        self._reader: RequestReader | None = None
        self._raw = bytearray()

    # -- what aiohttp does with it -----------------------------------------------------------------------------------------

    def write(self, data: Any) -> None:
        """Take the next bytes of the request, and answer it once it is whole."""
        if self._closing or self._asked:
            return
        if self._call.bare and self._call.met is not None:
            self._asked = True
            self._deliver(self._call.met)
            return
        data = bytes(data)
        self._raw += data
        self._reader = reader = self._reader or RequestReader()
        reader.feed(data)
        if reader.whole:
            self._asked = True
            self._begin(reader)
        elif reader.waits_to_go_on and not self._told:
            self._told = True
            self._loop.call_soon(self._handler.data_received, _GO_ON)

    def is_closing(self) -> bool:
        """Whether nothing more comes."""
        return self._closing

    def close(self) -> None:
        """The client has enough."""
        for waiting in (self._task, self._timer):
            if waiting is not None:
                waiting.cancel()
        self._call.close()
        self._end(None)

    def abort(self) -> None:
        """The client wants to have enough at once."""
        self.close()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Where the connection leads; it has no socket."""
        return self._call.place if name == "peername" else default

    def pause_reading(self) -> None:
        """The client has more than it can take."""
        self._paused = True

    def resume_reading(self) -> None:
        """It can take more."""
        if self._paused:
            self._paused = False
            self._loop.call_soon(self._hand_over)

    def get_write_buffer_size(self) -> int:
        """Everything that was written was taken."""
        return 0

    # -- what it does ------------------------------------------------------------------------------------------------------

    def _begin(self, written: RequestReader) -> None:
        met = self._call.met
        if met is not None:
            self._deliver(met)
        else:
            self._handler.hold()
            self._task = self._loop.create_task(self._find_out(written))

    async def _find_out(self, written: RequestReader) -> None:
        """What the request meets, where that was not known before its body was written."""
        try:
            self._deliver(await self._call.finish(written, bytes(self._raw)))
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the code that waits for the reply
            self._handler.set_exception(error)

    def _deliver(self, met: Delivery) -> None:
        if not self._closing:
            self._handler.go_on()
            if self._call.at_once:
                self._play(met.outcome)
            else:  # never within this step of the loop: the client has not noticed yet that it has written everything
                self._timer = self._loop.call_later(met.seconds, self._play, met.outcome)

    def _play(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._left = rendered(outcome, self._call.method)
        self._hand_over()

    def _hand_over(self) -> None:
        while self._left and not self._paused and not self._closing:
            piece, self._left = self._left[:PIECE], self._left[PIECE:]
            self._handing = True
            self._handler.data_received(piece)
            self._handing = False
        if self._outcome is not None and not self._left and not self._paused and not self._closing:
            self._finish(self._outcome)

    def _finish(self, outcome: Outcome) -> None:
        """Everything came: now the connection stays, ends, breaks or is silent."""
        if isinstance(outcome, HttpReply):
            if not ends_by_itself(outcome, self._call.method):
                self._end_of_file()
        elif outcome.kind == "read-timeout":
            if self._call.never_strikes:
                self._handler._on_read_timeout()
        elif outcome.kind == "closed":
            self._end_of_file()
        else:
            self._end(raised(outcome))

    def _end_of_file(self) -> None:
        self._handler.eof_received()
        self._end(None)

    def _end(self, error: Exception | None) -> None:
        """Later, where the client closes the line while it takes a piece, as aiohttp 3.11 to 3.13 do, or before it has all."""
        if self._call.at_once and not self._handing and not self._left:
            self._lose(error)
        else:
            self._closing = True
            self._loop.call_soon(self._lose, error)

    def _lose(self, error: Exception | None) -> None:
        self._closing = True
        if not self._lost:
            self._lost = True
            self._handler.connection_lost(error)

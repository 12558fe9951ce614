"""A connection for aiohttp that need not be made, since a plain reply is there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import StreamReader

from autogen_harness.cassettes.backends.aiohttp_direct import LARGE
from autogen_harness.cassettes.backends.aiohttp_line import Handler, Line

if TYPE_CHECKING:
    from autogen_harness.cassettes.backends.aiohttp_call import Call
    from autogen_harness.cassettes.backends.aiohttp_direct import Plain


class Ready(Handler):
    """The client's end of it: the reply comes as soon as the request is written."""

    def __init__(self, call: Call, reply: Plain) -> None:
        super().__init__(call.loop)
        self._call: Call | None = call
        self._reply = reply
        self._options: dict[str, Any] = {}
        self.transport = _Ear(self)
        self.force_close()

    def set_response_params(self, **options: Any) -> None:
        """Called before the request is written. To a client with limits of its own the reply is played on a line."""
        self._options = options
        call, self._call = self._call, None  # which knows the request, and that what is read here: a circle
        if call is not None and not self._reply.suits(options):
            self.transport, call.at_once = Line(self, call), True
            super().set_response_params(**options)

    def answer(self) -> None:
        """Do what :meth:`data_received` does once the parser has all of a reply."""
        limit, timer = self._options.get("read_bufsize", LARGE), self._options.get("timer")
        payload = StreamReader(self, limit, timer=timer, loop=self._loop)
        payload.feed_data(self._reply.reply.body)
        payload.feed_eof()
        self.feed_data((self._reply.message, payload), 0)


class _Ear(asyncio.Transport):
    """Where the request is written to."""

    def __init__(self, handler: Ready) -> None:
        self._handler = handler

    def write(self, _data: Any) -> None:
        self._handler.answer()

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        """There is nothing to close."""

    abort = pause_reading = resume_reading = close

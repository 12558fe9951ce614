"""A server that sends its answer drop by drop: each comes before the timeout of reading, and the whole takes for ever."""

from __future__ import annotations

import asyncio
import http.client
import sys
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Self


class Drip:
    """Reading a body takes virtual time, ``seconds`` a byte, as long as it is entered: in ``http.client``, and in aiohttp.

    Args:
        seconds: for one byte.
        advance: lets virtual time pass.
    """

    def __init__(self, seconds: float, advance: Callable[[float], None]) -> None:
        self._seconds, self._advance = seconds, advance
        self._reading: set[int] = set()  # one way of reading is made of another: only the outermost takes time
        self._patches = Patches()

    def __enter__(self) -> Self:
        for name in ("read", "read1", "readinto"):
            self._patches.swap(http.client.HTTPResponse, name, self._slow)
        streams = sys.modules.get("aiohttp.streams")  # a tool that uses it has imported it
        if streams is not None:
            for name in ("read", "readany", "readchunk", "readexactly", "readline"):
                self._patches.swap(streams.StreamReader, name, self._slow_async)
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.undo()

    def _slow(self, read: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(read)
        def slow(reply: Any, *args: Any, **options: Any) -> Any:
            if id(reply) in self._reading:
                return read(reply, *args, **options)
            with self._outermost(reply):
                got = read(reply, *args, **options)
            self._advance(self._seconds * (got if isinstance(got, int) else len(got or b"")))
            return got

        return slow

    def _slow_async(self, read: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(read)
        async def slow(reader: Any, *args: Any, **options: Any) -> Any:
            if id(reader) in self._reading:
                return await read(reader, *args, **options)
            with self._outermost(reader):
                got = await read(reader, *args, **options)
            data = got[0] if isinstance(got, tuple) else got
            with reader._timer:  # the client's own limit for the whole, which ends a wait for data
                await asyncio.sleep(self._seconds * len(data))
            return got

        return slow

    @contextmanager
    def _outermost(self, reader: Any) -> Iterator[None]:
        self._reading.add(id(reader))
        try:
            yield
        finally:
            self._reading.discard(id(reader))

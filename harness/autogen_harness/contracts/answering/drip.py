"""A server that sends its answer drop by drop: each comes before the timeout of reading, and the whole takes for ever."""

from __future__ import annotations

import sys
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering import reads
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

_DROPS = 1_000
"""Pieces in which an asynchronous client gets what has come at once."""


class Drip:
    """A body takes virtual time, ``seconds`` a byte, as long as it is entered: for ``http.client``, and for aiohttp.

    Args:
        seconds: for one byte.
        advance: lets virtual time pass.
    """

    def __init__(self, seconds: float, advance: Callable[[float], None]) -> None:
        self._seconds, self._advance = seconds, advance
        self._due: dict[int, float] = {}  # by reader: seconds until its last drop
        self._patches = Patches()

    def __enter__(self) -> Self:
        reads.of_http_client(self._patches, self._wait)
        streams = sys.modules.get("aiohttp.streams")  # a tool that uses it has imported it
        if streams is not None:
            self._patches.swap(streams.StreamReader, "feed_data", self._in_drops)
            self._patches.swap(streams.StreamReader, "feed_eof", self._after_the_last)
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.undo()

    def _wait(self, _reply: object, size: int) -> None:
        """A synchronous client waits in its read until all that it wants has come."""
        self._advance(self._seconds * size)

    def _in_drops(self, feed: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(feed)
        def feed_data(reader: Any, data: bytes, *_: Any) -> bool:
            size = max(1, len(data) // _DROPS)
            for start in range(0, len(data), size):
                drop = data[start : start + size]
                self._later(reader, self._seconds * len(drop), partial(_deliver, reader, feed, drop))
            return False

        return feed_data

    def _after_the_last(self, feed: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(feed)
        def feed_eof(reader: Any) -> None:
            self._later(reader, 0.0, lambda: feed(reader))

        return feed_eof

    def _later(self, reader: Any, seconds: float, step: Callable[[], object]) -> None:
        self._due[id(reader)] = self._due.get(id(reader), 0.0) + seconds
        reader._loop.call_later(self._due[id(reader)], step)


def _deliver(reader: Any, feed: Callable[..., Any], drop: bytes) -> None:
    """Hand over a drop, as if it came from the socket now: the client's wait for data begins anew."""
    if reader.is_eof() or reader.exception() is not None:
        return
    feed(reader, drop)
    reschedule = getattr(reader._protocol, "_reschedule_timeout", None)
    if reschedule is not None:
        reschedule()

"""A connection in memory, for clients that stand on ``http.client``: they write a request to it, and read what it meets."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.wire.failures import raised
from autogen_harness.cassettes.wire.waits import Limits
from autogen_harness.cassettes.wire.wire import RequestReader, rendered
from autogen_harness.model import Delivery, HttpFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.model import Outcome

Met = Delivery | HttpFailure | Any
"""What a request meets: a delivery, which takes its virtual time, or an outcome that has just come in real time."""


class Line:
    """What ``http.client`` takes for a socket. It serves one request after the other, as a connection that is kept alive does.

    Args:
        meet: called once a request is written, says what it meets; what it raises, the writer meets.
        advance: lets virtual seconds pass.
        timeout: of each read, in seconds; None is no limit.

    Attributes:
        reader: the request as it was written so far.
        sent: its bytes.
    """

    def __init__(
        self, meet: Callable[[Line], Delivery | Outcome], advance: Callable[[float], None], timeout: float | None
    ) -> None:
        self._meet, self.advance, self.timeout = meet, advance, timeout
        self._begin()

    def _begin(self) -> None:
        self.reader, self.sent = RequestReader(), bytearray()
        self._met: Delivery | Outcome | None = None

    def sendall(self, data: bytes, _flags: int = 0) -> None:
        """Take the next bytes of a request."""
        if self._met is not None:
            self._begin()
        self.sent += data
        self.reader.feed(bytes(data))
        if self.reader.whole:
            self._met = self._meet(self)

    def makefile(self, *_mode: Any, **_options: Any) -> io.BufferedReader:
        """What comes of the request, also where less of it was written than was promised."""
        if self._met is None:
            self._met = self._meet(self)
        method = self.reader.head.method if self.reader.head is not None else "GET"
        return io.BufferedReader(_Incoming(self, self._met, method))

    def settimeout(self, seconds: float | None) -> None:
        """Set the timeout of each read."""
        self.timeout = seconds

    def gettimeout(self) -> float | None:
        """The timeout of each read."""
        return self.timeout

    def setsockopt(self, *_option: Any) -> None:
        """There is no system that could be told."""

    def shutdown(self, _how: int) -> None:
        """Nobody is at the other end."""

    def close(self) -> None:
        """Nothing is held; what was begun can be read to its end, as with a socket whose file is open."""


class _Incoming(io.RawIOBase):
    """The bytes of an outcome, after their time, and then what ends them."""

    def __init__(self, line: Line, met: Delivery | Outcome, method: str) -> None:
        super().__init__()
        self._line, self._delivery = line, met if isinstance(met, Delivery) else None
        self._outcome: Outcome = met.outcome if isinstance(met, Delivery) else met
        self._rest = memoryview(rendered(self._outcome, method))
        self._waited = self._delivery is None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._waited:
            self._wait()
        if not self._rest:
            return self._end()
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count

    def _wait(self) -> None:
        """Let the time before the first byte pass, or as much of it as the client waits."""
        self._waited = True
        assert self._delivery is not None  # noqa: S101 - else there was nothing to wait for
        seconds, struck = Limits(read=self._line.timeout).wait(self._delivery)
        self._line.advance(seconds)
        if struck is not None:
            raise TimeoutError("timed out")

    def _end(self) -> int:
        failed = self._outcome
        if not isinstance(failed, HttpFailure) or failed.kind == "closed":
            return 0
        if failed.kind == "read-timeout" and self._delivery is not None:
            self._line.advance(self._line.timeout or 0.0)
        raise raised(failed)

"""What a request of httpx meets, step by step: how long each step takes, and what it gives. Waits for nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from autogen_harness.cassettes.wire.failures import CONNECTING, raised
from autogen_harness.cassettes.wire.waits import Limits
from autogen_harness.cassettes.wire.wire import rendered
from autogen_harness.model import Delivery, HttpFailure, HttpRequest

if TYPE_CHECKING:
    from autogen_harness.cassettes.backends import Desk, Live
    from autogen_harness.model import Outcome

REFUSED = "All connection attempts failed"
"""What anyio, on which httpx stands in asyncio, says when nobody listens: never which attempt, or why."""


class Step(NamedTuple):
    """``data``, or ``error``, after ``seconds`` of virtual time."""

    seconds: float = 0.0
    data: bytes = b""
    error: Exception | None = None

    def taken(self) -> bytes:
        """What it gives, once its time has passed."""
        if self.error is not None:
            raise self.error
        return self.data


class Plan:
    """One request: asked at the desk for each attempt to connect, read from until its end.

    Args:
        desk: where to ask.
        core: the module with the client's classes of errors.
        asked: the request.
        real: the network that the client's pool stands on.

    Attributes:
        quiet: the client's network says nothing of silences and breaks, as that of asyncio does.
    """

    def __init__(self, desk: Desk, core: Any, asked: HttpRequest, real: Any) -> None:
        self.desk, self.real, self.quiet = desk, real, False
        self._core, self._asked = core, asked
        self._met = Delivery(HttpFailure("closed"))
        self._left = memoryview(b"")
        self._waited = self._sent = False

    def meet(self) -> Live | None:
        """Ask what this attempt meets; how to send it, where that is not known.

        Raises:
            UnmatchedRequest: nothing answers.
        """
        met = self.desk.answer(self._asked)
        if isinstance(met, Delivery):
            self._takes(met)
            return None
        return met

    def came(self, outcome: Outcome) -> None:
        """It was sent, and this is what the client is to meet; the time it took has passed."""
        self._takes(Delivery(outcome))
        self._waited = self._sent = True

    def connected(self, limit: float | None) -> Step:
        """The connection, or that there is none. ``limit``: seconds that the client gives it, None for any."""
        failed = self._met.outcome
        if not isinstance(failed, HttpFailure) or failed.kind not in CONNECTING:
            return Step()
        seconds, struck = (0.0, None) if self._waited else Limits(connect=limit).wait(self._met)
        if struck is not None or failed.kind == "connect-timeout":
            return Step(seconds, error=self._silence("ConnectTimeout"))
        return Step(seconds, error=self._broken("ConnectError", failed))

    def read(self, most: int, limit: float | None) -> Step:
        """The next bytes, at most so many; none at the end. ``limit``: seconds that the client waits for them."""
        seconds = 0.0
        if not self._waited:
            seconds, struck = Limits(read=limit).wait(self._met)
            if struck is not None:
                return Step(seconds, error=self._silence("ReadTimeout"))
            self._waited = True
        if not self._left:
            return self._end(seconds, limit)
        data, self._left = bytes(self._left[:most]), self._left[most:]
        return Step(seconds, data)

    def dressed(self, response: Any) -> Any:
        """The client's response, which says what was recorded of a version of HTTP that is not written as text."""
        version = getattr(self._met.outcome, "version", "1.1")
        if not version.startswith("1."):
            response.extensions["http_version"] = b"HTTP/" + version.encode()
            del response.extensions["reason_phrase"]  # which these versions have not (RFC 9113, section 8.3.2)
        return response

    def _takes(self, met: Delivery) -> None:
        self._met, self._waited, self._sent = met, False, False
        self._left = memoryview(rendered(met.outcome, self._asked.method))

    def _end(self, seconds: float, limit: float | None) -> Step:
        failed = self._met.outcome
        if not isinstance(failed, HttpFailure) or failed.kind == "closed":
            return Step(seconds)
        if failed.kind == "read-timeout":
            silence = 0.0 if self._sent else limit or 0.0
            return Step(seconds + silence, error=self._silence("ReadTimeout"))
        return Step(seconds, error=self._broken("ReadError", failed))

    def _silence(self, name: str) -> Exception:
        return self._error(name, TimeoutError(*([] if self.quiet else ["timed out"])))

    def _broken(self, name: str, failed: HttpFailure) -> Exception:
        quiet = {"reset": ConnectionResetError(), "refused": OSError(REFUSED)} if self.quiet else {}
        return self._error(name, quiet.get(failed.kind) or raised(failed))

    def _error(self, name: str, cause: Exception) -> Exception:
        error: Exception = getattr(self._core, name)(cause)
        error.__cause__ = cause
        return error


def asked(request: Any, client: str) -> HttpRequest:
    """A request of the core as it goes out; its stream can be read again."""
    url = request.url
    host = url.host.decode()
    place = f"[{host}]" if ":" in host else host
    port = "" if url.port is None else f":{url.port}"
    headers = tuple((name.decode("latin-1"), value.decode("utf-8", "surrogateescape")) for name, value in request.headers)
    limit = request.extensions.get("timeout", {}).get("read")
    address = f"{url.scheme.decode()}://{place}{port}{url.target.decode()}"
    return HttpRequest(request.method.decode(), address, headers, b"".join(request.stream), limit, client)

"""Answers ``requests`` from a desk, standing on ``responses``. The only home of both.

``responses`` stands in for ``HTTPAdapter.send``: sessions, adapters of the user's own, redirects, hooks and cookies are the
real ones. One response object serves every request, and builds what urllib3 would have built; faults are raised as
``HTTPAdapter.send`` raises them after a real one.
"""

from __future__ import annotations

from http.client import HTTPMessage, RemoteDisconnected
from inspect import getclosurevars
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import urlsplit

import requests
import responses
from requests.adapters import HTTPAdapter
from responses.registries import FirstMatchRegistry
from urllib3._collections import HTTPHeaderDict  # in urllib3 itself only since 2.0
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, ProtocolError, ReadTimeoutError
from urllib3.response import HTTPResponse
from urllib3.util import Timeout

from autogen_harness.cassettes.backends import NO_RECORDING
from autogen_harness.cassettes.backends.bodies import Body
from autogen_harness.cassettes.matching.matchers import Asked
from autogen_harness.cassettes.wire.framing import begun, framed
from autogen_harness.cassettes.wire.waits import Limits
from autogen_harness.errors import UsageError
from autogen_harness.model import Delivery, HttpReply, HttpRequest, Note

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest

    from autogen_harness.cassettes.backends import Desk, Missed, Patcher
    from autogen_harness.cassettes.wire.waits import Which
    from autogen_harness.model import HttpFailure

_RETRIES = Note(
    "back-off",
    "back-off not checked on this backend: a requests session retries through urllib3's Retry, which `responses` replaces by"
    " its own loop: statuses are retried without waiting, timeouts and broken connections are not retried at all",
)


class ResponsesBackend:
    """One per player; installed between the player's ``open`` and ``close``."""

    def __init__(self, desk: Desk) -> None:
        self._mock = _Mock(desk)
        self._watchers = watchers(desk.missed)

    def install(self) -> None:
        """Put the mock in place of ``HTTPAdapter.send``."""
        self._mock.start()
        for one in self._watchers:
            one.start()

    def uninstall(self) -> None:
        """Put back what was there."""
        for one in self._watchers:
            one.stop()
        self._mock.stop(allow_assert=False)
        self._mock.closed = True


class _Mock(responses.RequestsMock):
    """A mock without a list of responses: everything is asked at the desk."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(assert_all_requests_are_fired=False)
        self._registry = _Registry(desk)
        self._desk, self._noted, self.closed = desk, False, False
        self._standing = _standing(HTTPAdapter.send)

    def _on_request(self, adapter: HTTPAdapter, request: PreparedRequest, *, retries: Any = None, **options: Any) -> Any:
        if self.closed:  # a mock that outlived us has put us back
            return self._real_send(adapter, request, **options)  # type: ignore[call-arg]  # the options are send's own
        if self._standing is not None:
            return self._standing(adapter, request, **options)
        if self._desk.passes(*Asked(HttpRequest("", str(request.url))).origin[1:]):
            return self._real_send(adapter, request, **options)  # type: ignore[call-arg]  # as above
        if retries is not None:
            self._note()
        try:
            return super()._on_request(adapter, request, retries=retries, **options)
        except requests.RequestException:
            policy = adapter.max_retries
            if policy.total or policy.connect or policy.read:
                self._note()
            raise

    def _note(self) -> None:
        if not self._noted:
            self._noted = True
            self._desk.record(_RETRIES)


def _standing(send: Any) -> Any:
    """``send`` if it is that of a mock which the user started before: it wins as one started later does; else None."""
    owner = getclosurevars(send).nonlocals.get("self")
    return send if isinstance(owner, responses.RequestsMock) and not isinstance(owner, _Mock) else None


class _Registry(FirstMatchRegistry):
    """Finds the same response for every request."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._only = _Response(desk)

    def find(self, request: PreparedRequest) -> tuple[responses.BaseResponse, list[str]]:  # noqa: ARG002 - its signature
        return self._only, []


class _Response(responses.BaseResponse):
    """Asks at the desk and builds what came of it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("GET", "http://cassette/")
        self._desk = desk

    def get_response(self, request: PreparedRequest) -> HTTPResponse:
        met = self._desk.answer(asked_for(request, _limits(request).reading))
        if not isinstance(met, Delivery):
            raise UsageError(NO_RECORDING)
        return delivered(met, request, self._desk.advance)


def delivered(met: Delivery, request: PreparedRequest, advance: Callable[[float], None]) -> HTTPResponse:
    """Let the time pass, and hand over what came.

    Raises:
        requests.RequestException: as a real failure of the kind ends in ``HTTPAdapter.send``.
    """
    limits = _limits(request)
    seconds, struck = limits.wait(met)
    advance(seconds)
    if struck is not None:
        raise _timeout(struck, request, limits)
    outcome = met.outcome
    return _built(outcome, request) if isinstance(outcome, HttpReply) else _failed(outcome, request)


def _failed(failure: HttpFailure, request: PreparedRequest) -> HTTPResponse:
    """The beginning of a reply, or the exception that a real failure of the kind ends in."""
    if failure.reply is not None:
        return _built(failure.reply, request, breaks=True)
    raise requests.ConnectionError(ProtocolError("Connection aborted.", _causes(failure)), request=request)


def _causes(failure: HttpFailure) -> Exception:
    if failure.kind == "closed":
        return RemoteDisconnected("Remote end closed connection without response")
    known = {"reset": (104, "Connection reset by peer"), "refused": (111, "Connection refused")}
    return ConnectionResetError(*known.get(failure.kind, (0, failure.text or failure.kind)))


def asked_for(request: PreparedRequest, timeout: float | None) -> HttpRequest:
    """What a prepared request asks for, with the limit of reading in seconds."""
    body = request.body
    if body is not None and not isinstance(body, (str, bytes)):
        # An iterator can be sent once, on the wire too; a redirect that keeps the body finds it where it now is.
        body = request.body = b"".join(piece.encode() if isinstance(piece, str) else piece for piece in body)
    sent = body.encode() if isinstance(body, str) else body or b""
    headers = tuple((name, _text(value)) for name, value in request.headers.items())
    return HttpRequest(str(request.method), str(request.url), headers, sent, timeout, "requests")


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _limits(request: PreparedRequest) -> Limits:
    """The connect and the read timeout of everything that ``requests`` takes for one."""
    timeout = request.req_kwargs.get("timeout")  # type: ignore[attr-defined]  # `responses` adds it
    if isinstance(timeout, Timeout):
        timeout = timeout.connect_timeout, timeout.read_timeout
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    return Limits(connect=connect, read=read)


def _built(reply: HttpReply, request: PreparedRequest, *, breaks: bool = False) -> HTTPResponse:
    """The reply as urllib3 hands it to ``requests``: nothing read yet, nothing decoded."""
    headers, body = (begun if breaks else framed)(reply, str(request.method))
    message = HTTPMessage()  # where requests looks for cookies
    for name, value in headers:
        message.add_header(name, value)
    chunked = [pair for pair in headers if pair[0].lower() == "transfer-encoding"]
    original = SimpleNamespace(msg=message, isclosed=lambda: True, close=lambda: None)
    response = HTTPResponse(
        body=Body(body),
        headers=HTTPHeaderDict(pair for pair in headers if pair not in chunked),
        status=reply.status,
        reason=reply.reason,
        version=11,
        preload_content=False,
        decode_content=False,  # requests decodes when it reads
        original_response=original,  # type: ignore[arg-type]  # the three attributes of it that are used
        request_method=request.method,
    )
    for name, value in chunked:  # seen by the user, but the chunks are joined already
        response.headers.add(name, value)
    return response


def _timeout(struck: Which, request: PreparedRequest, limits: Limits) -> requests.Timeout:
    """What ``HTTPAdapter.send`` raises when a limit strikes."""
    asked = urlsplit(str(request.url))
    kind = HTTPSConnectionPool if asked.scheme == "https" else HTTPConnectionPool
    pool, path = kind(asked.hostname or "", asked.port), request.path_url
    if struck == "connect":
        text = f"Connection to {asked.hostname} timed out. (connect timeout={limits.connect})"
        return requests.ConnectTimeout(MaxRetryError(pool, path, ConnectTimeoutError(pool, text)), request=request)
    error = ReadTimeoutError(pool, path, f"Read timed out. (read timeout={limits.read})")
    return requests.ReadTimeout(error, request=request)


def watchers(missed: Missed) -> list[Patcher]:
    """See :func:`autogen_harness.cassettes.backends.watchers`."""
    return [patch.object(responses.RequestsMock, "_find_match", _watched(missed))]


def _watched(missed: Missed) -> Any:
    """``RequestsMock._find_match`` that reports the misses of mocks which are not ours."""
    original = responses.RequestsMock._find_match

    def _find_match(mock: responses.RequestsMock, request: PreparedRequest) -> Any:
        found = original(mock, request)
        if found[0] is None and not _passed_on(mock, str(request.url)):
            missed(str(request.method), str(request.url), "responses mock")
        return found

    return _find_match


def _passed_on(mock: responses.RequestsMock, url: str) -> bool:
    """The mock was told to let requests to this URL through."""
    prefixes = mock.passthru_prefixes
    return any(url.startswith(prefix) if isinstance(prefix, str) else prefix.match(url) for prefix in prefixes)

"""Answers ``aiohttp`` from a desk, standing on ``aioresponses``. The only home of both.

``aioresponses`` stands in for ``ClientSession._request`` of every session, whenever it was made. What it lacks is done here:
matching of bodies, timeouts, the cookie jar, redirects that keep method and body, headers in wire order. Its
repairs for aiohttp 3.14 are in :mod:`~autogen_harness.cassettes.backends.aioresponses_repairs`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from unittest.mock import patch

import aiohttp
from aiohttp import ClientResponse, ClientSession, ClientTimeout, FormData, hdrs, payload
from aiohttp.helpers import TimerNoop
from aioresponses import aioresponses, core
from aioresponses.compat import merge_params
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from autogen_harness.cassettes.backends import NO_RECORDING, Desk
from autogen_harness.cassettes.backends.aioresponses_repairs import Repaired, reader, watchers
from autogen_harness.cassettes.backends.letting_pass import let_pass
from autogen_harness.cassettes.wire.framing import NO_BODY, begun, framed
from autogen_harness.cassettes.wire.waits import Limits, Which
from autogen_harness.errors import UsageError
from autogen_harness.model import Delivery, HttpFailure, HttpReply, HttpRequest, Outcome

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

# aiohttp 3.10 gave these errors classes of their own; before, both were their common parent.
_ReadTimeout = getattr(aiohttp, "SocketTimeoutError", aiohttp.ServerTimeoutError)
_ConnectTimeout = getattr(aiohttp, "ConnectionTimeoutError", aiohttp.ServerTimeoutError)


class AioresponsesBackend:
    """One per player; installed between the player's ``open`` and ``close``."""

    def __init__(self, desk: Desk) -> None:
        self._mock = _Mock(desk)
        self._watchers = watchers(desk.missed)

    def install(self) -> None:
        """Put the mock in place of ``ClientSession._request``."""
        for one in (*self._watchers, self._mock):
            one.start()

    def uninstall(self) -> None:
        """Put back what was there."""
        self._mock.closed = True
        for one in (self._mock, *self._watchers):
            one.stop()


class _Mock(aioresponses):
    """A mock without a list of responses: everything is asked at the desk."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._live, self.closed = desk, ClientSession._request, False
        # In place of aioresponses' own patcher: its stand-in is a Mock, over which no second mock can be put.
        self.patcher: Any = patch.object(ClientSession, "_request", _stand_in(self))

    async def _request_mock(
        self, orig_self: ClientSession, method: str, url: URL | str, *args: Any, **kwargs: Any
    ) -> ClientResponse:
        if self.closed or _is_users(self._live):  # a mock outlived us and has put us back; or one stood before and wins
            return await self._live(orig_self, method, url, *args, **kwargs)
        place = orig_self._build_url(url)
        if self._desk.passes(place.scheme, place.host or "", place.port or 0):
            return await self._live(orig_self, method, url, *args, **kwargs)
        # What match() is not told: the session, and the URL before its query was sorted.
        seat = orig_self, merge_params(place, kwargs.get("params"))
        return await super()._request_mock(orig_self, method, url, *args, **kwargs, harness_seat=seat)

    def _build_request_call(self, method: str = "GET", *_args: Any, **_options: Any) -> core.RequestCall:
        return core.RequestCall((method,), {})  # the ledger has it all: no deep copy of every argument

    async def match(self, method: str, url: URL, allow_redirects: bool = True, **kwargs: Any) -> ClientResponse:  # noqa: FBT001, FBT002 - its signature
        """The last response of a chain of redirects."""
        session, url = kwargs["harness_seat"]
        sending = await Sending.of(session, url, method.upper(), kwargs)
        found = await followed(sending, self._attempt, kwargs.get("max_redirects", 10) if allow_redirects else None)
        assert found is not None  # noqa: S101 - the desk answers, or raises
        return found

    async def _attempt(self, sending: Sending) -> ClientResponse:
        """One request on the wire."""
        request, session = sending.request(), sending.session
        assert session is not None  # noqa: S101 - it came with the request
        met = self._desk.answer(request)
        if not isinstance(met, Delivery):
            raise UsageError(NO_RECORDING)
        await _meet(met, sending.url, sending.limits)
        response = built(met.outcome, sending.info(request), session)
        session.cookie_jar.update_cookies(response.cookies, response.url)
        return response


def _is_users(request: Any) -> bool:
    """This stands in for ``ClientSession._request`` on behalf of an aioresponses object of the user's own."""
    owner = getattr(getattr(getattr(request, "mock", None), "side_effect", None), "__self__", None)
    return isinstance(owner, aioresponses)


def _stand_in(mock: _Mock) -> Any:
    @wraps(ClientSession._request)
    async def _request(session: ClientSession, method: str, url: URL | str, **options: Any) -> ClientResponse:
        return await mock._request_mock(session, method, url, **options)

    return _request


Attempt = Callable[["Sending"], Awaitable[ClientResponse | None]]


async def followed(sending: Sending, attempt: Attempt, most: int | None) -> ClientResponse | None:
    """Send a request, and follow its redirects as aiohttp does.

    Args:
        sending: the request; it becomes the last one.
        attempt: sends one request; None where nothing answers, which ends it.
        most: redirects followed, 0 for any number; None follows none.

    Raises:
        aiohttp.TooManyRedirects: there are more.
    """
    history: list[ClientResponse] = []
    while True:
        response = await attempt(sending)
        if response is None or most is None or response.status not in _REDIRECTS:
            break
        history.append(response)  # with or without a place to go, as in aiohttp
        if 0 < most <= len(history):
            raise aiohttp.TooManyRedirects(history[0].request_info, tuple(history))
        target = _target(response)
        if target is None:
            break
        sending.redirect(response.status, target)
    if response is not None:
        response._history = (*history, *response._history)  # as aioresponses does
    return response


@dataclass(slots=True)
class Sending:
    """A request as redirects change it. ``described`` are the headers that come with the body and go with it."""

    session: ClientSession | None
    method: str
    url: URL
    headers: CIMultiDict[str]
    body: bytes
    described: dict[str, str]
    limits: Limits

    @classmethod
    async def of(cls, session: ClientSession, url: URL, method: str, options: dict[str, Any]) -> Sending:
        """Read the request off the arguments of ``ClientSession._request``."""
        body, described = await body_of(options, session.json_serialize)
        headers = session._prepare_headers(options.get("headers"))  # with those of the session, whatever aioresponses did
        limits = _limits(options.get("timeout", aiohttp.helpers.sentinel), session)
        return cls(session, method, url, headers, body, described, limits)

    def request(self) -> HttpRequest:
        """Make what is asked at the desk."""
        headers = CIMultiDict(self.headers)
        for name, value in self.described.items():
            headers.setdefault(name, value)
        url, timeout = str(self.url.with_fragment(None)), self.limits.reading
        return HttpRequest(self.method, url, tuple(headers.items()), self.body, timeout, "aiohttp")

    def info(self, request: HttpRequest) -> aiohttp.RequestInfo:
        """What a response says of its request."""
        headers = CIMultiDictProxy(CIMultiDict(request.headers))
        return aiohttp.RequestInfo(self.url, request.method, headers, self.url)

    def redirect(self, status: int, target: URL) -> None:
        """Become the request that follows a redirect."""
        if (status == 303 and self.method != "HEAD") or (status in {301, 302} and self.method == "POST"):
            self.method, self.body, self.described = "GET", b"", {}
        if target.origin() != self.url.origin():
            self.headers.popall(hdrs.AUTHORIZATION, None)
        self.url = target


async def _meet(met: Delivery, url: URL, limits: Limits) -> None:
    """Wait as a delivery makes the client wait, and raise what a failure ends in; return if a reply comes, or its beginning."""
    seconds, struck = limits.wait(met)
    await let_pass(seconds)
    fail(met.outcome, struck, url)


def fail(failure: Outcome, struck: Which | None, url: URL) -> None:
    """Raise what a failure ends in, or the limit that ``struck``; return if a reply comes, or its beginning."""
    if struck == "total":
        raise asyncio.TimeoutError
    if struck == "connect":
        raise _ConnectTimeout(f"Connection timeout to host {url}")
    if struck == "read":
        message = "Timeout on reading data from socket"
        raise _ReadTimeout(message)
    if isinstance(failure, HttpFailure) and failure.reply is None:
        if failure.kind == "closed":
            raise aiohttp.ServerDisconnectedError
        number, text = (111, "Connection refused") if failure.kind == "refused" else (104, "Connection reset by peer")
        raise aiohttp.ClientOSError(number, failure.text or text)


class _Collector:
    """Where a payload writes itself, in place of a connection."""

    def __init__(self) -> None:
        self.data = bytearray()

    async def write(self, chunk: bytes) -> None:
        self.data += chunk


def _limits(timeout: Any, session: ClientSession) -> Limits:
    """What the request says of timeouts, else what the session does; 0 is no limit."""
    if timeout is aiohttp.helpers.sentinel:
        timeout = session.timeout
    if not isinstance(timeout, ClientTimeout):
        timeout = ClientTimeout(total=timeout)
    connects = [limit for limit in (timeout.connect, timeout.sock_connect) if limit]
    return Limits(timeout.total or None, min(connects, default=None), timeout.sock_read or None)


async def body_of(options: dict[str, Any], dumps: Callable[[Any], str] = json.dumps) -> tuple[bytes, dict[str, str]]:
    """The bytes that ``json=`` or ``data=`` come to, and the headers that describe them."""
    value, data = options.get("json"), options.get("data")
    if value is not None:
        data = payload.JsonPayload(value, dumps=dumps)
    if data is None:
        return b"", {}
    if isinstance(data, FormData):
        data = data()
    try:
        sent = payload.PAYLOAD_REGISTRY.get(data, disposition=None)
    except payload.LookupError:  # not the built-in one
        sent = FormData(data)()  # type: ignore[arg-type]  # whatever else it is, aiohttp takes it for a form too
    collector = _Collector()
    await sent.write(collector)  # type: ignore[arg-type]  # the part of a writer that payloads use
    return bytes(collector.data), {"Content-Type": sent.headers[hdrs.CONTENT_TYPE]}


def _target(response: ClientResponse) -> URL | None:
    """Where a response redirects to."""
    place = response.headers.get(hdrs.LOCATION) or response.headers.get(hdrs.URI)
    return response.url.join(URL(place)) if place else None


def built(outcome: Outcome, info: aiohttp.RequestInfo, session: ClientSession | None) -> ClientResponse:
    """The reply as aiohttp's own parser would have left it: its head read, its body waiting, decoded."""
    breaks = isinstance(outcome, HttpFailure)
    reply = outcome.reply or HttpReply(0) if isinstance(outcome, HttpFailure) else outcome
    headers, sent = (begun if breaks else framed)(reply, info.method)
    loop = asyncio.get_running_loop()
    parts: dict[str, Any] = {"writer": None, "continue100": None, "timer": TimerNoop(), "traces": [], "loop": loop}
    response = Repaired(info.method, info.url, request_info=info, session=session, **parts)
    response.status, response.reason, response.version = reply.status, reply.reason, aiohttp.HttpVersion11
    response._headers = CIMultiDictProxy(CIMultiDict(headers))
    response._raw_headers = tuple((name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers)
    for value in response.headers.getall(hdrs.SET_COOKIE, ()):
        response.cookies.load(value)
    response.content = reader(loop)
    has_body = info.method != "HEAD" and reply.status not in NO_BODY
    response.content.feed_data(sent if breaks or not has_body else reply.body)
    if breaks and has_body:
        message = "Response payload is not completed: not enough data to satisfy the Content-Length header"
        response.content.set_exception(aiohttp.ClientPayloadError(message))
    else:
        response.content.feed_eof()
    return response

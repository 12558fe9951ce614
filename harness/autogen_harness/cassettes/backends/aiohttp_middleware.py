"""Answers ``aiohttp`` above its connections, in ``ClientSession._request``: for suites with very many requests.

Answered here is a GET that says nothing but its URL, in a session that adds nothing to it, by a plain reply that takes no time.
Such a request has the headers of the first one to the same place, which went all the way. All others, what they meet, and
what is recorded go the way of the default driver, which stands below: there is no second account of redirects or failures.
"""

from __future__ import annotations

from functools import wraps
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from aiohttp import ClientRequest, ClientResponse, ClientSession, RequestInfo, StreamReader, hdrs
from aiohttp.base_protocol import BaseProtocol
from aiohttp.helpers import TimerNoop
from yarl import URL

from autogen_harness.cassettes.backends.aiohttp_call import given, limit_of, step
from autogen_harness.cassettes.backends.aiohttp_direct import LARGE, LIMITS, WRITER, plain
from autogen_harness.model import Delivery, HttpRequest
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from multidict import CIMultiDictProxy

    from autogen_harness.cassettes.backends import Desk
    from autogen_harness.cassettes.backends.aiohttp_direct import Plain
    from autogen_harness.model import Headers

_OFTEN = 8
"""Of so many requests one lets the loop look for timers and sockets. Tasks that are ready are let run by each."""

_OPTIONS = frozenset({"allow_redirects", "params"})

_ADDING = ("_trace_configs", "_middlewares", "_default_auth", "_default_proxy", "_trust_env", "_raise_for_status", "_base_url")
"""What a session may add to a request, or do with its reply, that is the default driver's."""


class _Sent(NamedTuple):
    """The headers of a request, for the ledger and for the response."""

    pairs: Headers
    shown: CIMultiDictProxy[str]


class MiddlewareBackend:
    """One per player; installed between the player's ``open`` and ``close``."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._open = desk, False
        self._patches, self._count = Patches(), count()
        self._sent: dict[Any, _Sent] = {}

    def install(self) -> None:
        """Wrap ``ClientSession._request``, unless a mock of the user's own stands there, which wins."""
        self._open = True
        if not hasattr(ClientSession._request, "mock"):
            self._patches.swap(ClientSession, "_request", self._answering)

    def uninstall(self) -> None:
        """Put back what was there. What somebody kept of it lets everything pass from now on."""
        self._open = False
        self._patches.undo()

    def _answering(self, real: Callable[..., Awaitable[ClientResponse]]) -> Any:
        @wraps(real)
        async def _request(session: ClientSession, method: str, target: str | URL, **options: Any) -> ClientResponse:
            url = _url(session, method, target, options) if self._open else None
            if url is None or self._desk.passes(url.scheme, url.raw_host or "", url.port or 0):
                return await real(session, method, target, **options)
            place = _place(session, url)
            sent = self._sent.get(place)
            if sent is None:
                response = await real(session, method, target, **options)
                if not response.history:
                    shown = response.request_info.headers
                    self._sent[place] = _Sent(tuple(shown.items()), shown)
                return response
            met = self._desk.answer(HttpRequest(method, str(url), sent.pairs, b"", limit_of(session.timeout), "aiohttp"))
            reply = plain(met.outcome, method) if isinstance(met, Delivery) and not met.seconds else None
            if reply is None or not reply.final:
                with given(met):
                    return await real(session, method, target, **options)
            if next(self._count) % _OFTEN == 0 or getattr(session._loop, "_ready", True):
                await step()
            return _response(session, url, sent.shown, reply)

        return _request


def _url(session: ClientSession, method: str, target: str | URL, options: dict[str, Any]) -> URL | None:
    """Where a request goes that says nothing else, in a session that adds nothing; None for any other."""
    if method != hdrs.METH_GET or not _OPTIONS.issuperset(options) or session.closed or len(session.cookie_jar):
        return None
    if any(getattr(session, name, None) for name in _ADDING) or not _reads_as_usual(session):
        return None
    try:
        url = URL(target)
        url = url.extend_query(params) if (params := options.get("params")) else url
    except (AttributeError, TypeError, ValueError):  # no such method in an older yarl; or aiohttp has something to say of it
        return None
    return url if url.scheme in ("http", "https") and url.raw_host and not (url.raw_user or url.raw_fragment) else None


def _place(session: Any, url: URL) -> tuple[object, ...]:
    """What the headers of such a request depend on."""
    own = session._skip_auto_headers, session._version, session._connector.force_close
    return url.scheme, url.raw_host, url.port, *own, *session.headers.items()


def _reads_as_usual(session: Any) -> bool:
    usual = session._response_class is ClientResponse and session._request_class is ClientRequest
    return usual and session._read_bufsize >= LARGE and all(getattr(session, f"_{name}", most) == most for name, most in LIMITS)


def _response(session: ClientSession, url: URL, headers: CIMultiDictProxy[str], reply: Plain) -> ClientResponse:
    """What the real ``_request`` returns once all of a reply has come."""
    loop, message = session._loop, reply.message
    made: Any = ClientResponse(
        hdrs.METH_GET,
        url,
        writer=None,
        continue100=None,
        timer=TimerNoop(),
        request_info=RequestInfo(url, hdrs.METH_GET, headers, url),
        traces=[],
        loop=loop,
        session=session,
        **WRITER,
    )
    made.version, made.status, made.reason = message.version, message.code, message.reason
    made._headers, made._raw_headers, made._closed = message.headers, message.raw_headers, False
    made.content = StreamReader(BaseProtocol(loop), session._read_bufsize, loop=loop)
    made.content.feed_data(reply.reply.body)
    made.content.feed_eof()
    made.content.on_eof(made._response_eof)
    return made  # type: ignore[no-any-return]  # of a class whose private attributes are set

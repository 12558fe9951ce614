"""Answers ``requests`` from a desk where it hands over to urllib3: ``HTTPAdapter.send``, above pools and connections.

Only plain requests are asked about here, and only plain replies are made here. All else goes on to urllib3 and the driver that
is below it, with what was answered already: so failures, waits, retries, proxies and recording are what they are without this.
"""

from __future__ import annotations

import logging
from functools import lru_cache, wraps
from os.path import exists
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from autogen_harness.cassettes.backends.urllib3_connection import PORTS, handing_down
from autogen_harness.cassettes.backends.urllib3_direct import headers_as_sent, is_plain, reply_as_read
from autogen_harness.model import Delivery, HttpReply, HttpRequest
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from requests import PreparedRequest, Response

    from autogen_harness.cassettes.backends import Desk


_UNREAD = {"preload_content": False, "decode_content": False}
"""What requests asks of urllib3: it reads and decodes when its user does."""

_NO_PROXY = {"no"}
_log = logging.getLogger("urllib3.connectionpool")


class AdapterBackend:
    """One per player; installed between the player's ``open`` and ``close``."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._patches, self._on = desk, Patches(), False

    def install(self) -> None:
        """Stand between sessions and urllib3."""
        self._on = True
        self._patches.swap(HTTPAdapter, "send", self._sending)

    def uninstall(self) -> None:
        """Put back what was there."""
        self._on = False
        self._patches.undo()

    def _sending(self, real: Callable[..., Response]) -> Callable[..., Response]:
        own = real.__module__ == HTTPAdapter.__module__ and not hasattr(real, "__wrapped__")  # else it is a mock's, which wins

        @wraps(real)
        def send(adapter: HTTPAdapter, request: PreparedRequest, *args: Any, **options: Any) -> Response:
            target = _target(request) if own and self._on and not args and _is_usual(adapter, options) else None
            asked = None if target is None or self._desk.passes(*target.place) else _asked(request, target, options)
            if asked is None or target is None:
                return real(adapter, request, *args, **options)
            met = self._desk.answer(asked)
            if isinstance(met, Delivery) and not met.seconds and isinstance(met.outcome, HttpReply) and is_plain(met.outcome):
                made: Any = reply_as_read(met.outcome, asked.method, target.path, _UNREAD, bare=True)
                made.retries = adapter.max_retries
                return adapter.build_response(request, made)
            with handing_down(met):
                return real(adapter, request, **options)

        return send


def _is_usual(adapter: HTTPAdapter, options: Mapping[str, Any]) -> bool:
    """Is nothing to be retried, looked at or logged on the way to urllib3, and no proxy to be asked?"""
    retries, verify = adapter.max_retries, options.get("verify", True)
    kind: Any = adapter.__class__
    return (
        _is_known(kind)
        and type(retries) is Retry
        and retries.total == 0
        and not retries.status_forcelist
        and (verify is True or (type(verify) is str and exists(verify)))  # noqa: PTH110 - a Path would cost as much as all of this
        and not options.get("cert")
        and (options.get("proxies") or {}).keys() <= _NO_PROXY
        and _is_limit(options.get("timeout"))
        and not _log.isEnabledFor(logging.DEBUG)
    )


@lru_cache(maxsize=64)
def _is_known(kind: Any) -> bool:
    """Does this class of adapters find its way to urllib3 as requests' own does?"""
    return all(getattr(kind, name, None) is getattr(HTTPAdapter, name, None) for name in _WAYS)


_WAYS = (
    "add_headers",
    "build_connection_pool_key_attributes",
    "cert_verify",
    "get_connection",
    "get_connection_with_tls_context",
    "request_url",
)
"""Methods that ``send`` calls on its way; not all of them are there in every version."""


def _is_limit(timeout: Any) -> bool:
    """Is it a timeout in seconds, or a pair of them, as nobody refuses?"""
    if type(timeout) is tuple:
        return len(timeout) == 2 and _is_limit(timeout[0]) and _is_limit(timeout[1])
    return timeout is None or (type(timeout) in (int, float) and timeout > 0)


class _Target(NamedTuple):
    """Where a request is for: scheme, host and port; then path and query."""

    place: tuple[str, str, int]
    path: str


def _target(request: PreparedRequest) -> _Target | None:
    """None where the URL is not plain."""
    url = request.url
    if type(url) is not str or not (url.isascii() and url.isprintable()) or " " in url or "#" in url:
        return None
    end = url.find("/", 8)
    place = _place(url[:end])
    return None if place is None else _Target(place, url[end:])


@lru_cache(maxsize=64)
def _place(origin: str) -> tuple[str, str, int] | None:
    parts = urlsplit(origin)
    if parts.scheme not in PORTS or not parts.hostname or "@" in origin or "[" in origin:
        return None
    return parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme]


def _asked(request: PreparedRequest, target: _Target, options: Mapping[str, Any]) -> HttpRequest | None:
    """The request as urllib3 would send it; None where only that knows."""
    method, body, timeout, (scheme, host, port) = request.method or "", request.body, options.get("timeout"), target.place
    if not method.isalpha() or not (body is None or (isinstance(body, (bytes, str)) and "Content-Length" in request.headers)):
        return None
    headers = headers_as_sent(host, port, PORTS[scheme], None, request.headers)
    sent = body.encode() if isinstance(body, str) else body or b""
    limit = timeout[1] if isinstance(timeout, tuple) else timeout
    return None if headers is None else HttpRequest(method, str(request.url), headers, sent, limit, "requests")

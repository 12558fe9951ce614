"""Send one request without any client, and take what comes as an interaction. For the command ``record``."""

from __future__ import annotations

import ssl
from dataclasses import replace
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

from autogen_harness.cassettes.backends import sending
from autogen_harness.cassettes.cassette import Timing
from autogen_harness.cassettes.recording.taking import now, taken
from autogen_harness.errors import UsageError
from autogen_harness.model import HttpReply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.cassettes.cassette import Interaction
    from autogen_harness.model import HttpRequest, Outcome

TIMEOUT = 30.0
"""Seconds to wait for a connection, and for each piece of an answer."""

MOST = 10
"""Redirects that are followed."""

_USUAL = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "close",
    "User-Agent": "Mozilla/5.0 (compatible; autogen-harness)",  # some services answer no others
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def fetch(request: HttpRequest, url: str = "") -> tuple[Interaction, HttpRequest]:
    """What comes of a request, and what was really sent; ``url`` is where, in place of its own URL.

    Raises:
        UsageError: nothing is answered there; says why.
    """
    sent, began, live = replace(request, url=url or request.url), now(), _Taking()
    try:
        outcome = sending.through(live, lambda: _dialled(sent.url), _written(sent), sent.method)
    except ValueError as error:
        raise UsageError(f"{sent.method} {request.url} cannot be sent: {error}") from error
    if not isinstance(outcome, HttpReply):
        host, told = urlsplit(sent.url).hostname, outcome.text or outcome.kind
        raise UsageError(f"nothing was recorded: {host} does not answer ({told}); is there a network, and is the URL right?")
    return taken(request, outcome, began, live.timing), sent


def follow(request: HttpRequest) -> Iterator[tuple[Interaction, HttpRequest]]:
    """The same of a request, and of those to which it is redirected: a client that follows asks for each.

    Raises:
        UsageError: as :func:`fetch`.
    """
    for _ in range(MOST + 1):
        one, sent = fetch(request)
        yield one, sent
        assert isinstance(one.outcome, HttpReply)  # noqa: S101 - fetch raises otherwise
        place = next((value for name, value in one.outcome.headers if name.lower() == "location"), "")
        if one.outcome.status not in _REDIRECTS or not place:
            return
        request = _redirected(request, one.outcome.status, place)


def _redirected(request: HttpRequest, status: int, place: str) -> HttpRequest:
    """As browsers and clients do it, whatever the standard says: a POST becomes a GET, but for 307 and 308."""
    moved = replace(request, url=urljoin(request.url, place))
    if urlsplit(moved.url).netloc != urlsplit(request.url).netloc:
        moved = replace(moved, headers=())  # what was said to one host is not for another
    if status == 303 or (status in (301, 302) and request.method == "POST"):
        return replace(moved, method="HEAD" if request.method == "HEAD" else "GET", body=b"")
    return moved


class _Taking:
    """See :class:`~autogen_harness.cassettes.backends.Live`."""

    timing: Timing | None = None

    def came(self, outcome: Outcome, first_byte: float, total: float) -> Outcome:
        self.timing = Timing(round(first_byte, 6), round(total, 6))
        return outcome


def _dialled(url: str) -> Any:
    """A socket to the server of a URL, or to the proxy that the environment names; TLS is checked as usual."""
    asked, proxy = urlsplit(url), _proxy(url)
    host, port = (proxy.hostname, proxy.port) if proxy else (asked.hostname, asked.port)
    connection = (
        HTTPSConnection(host or "", port, timeout=TIMEOUT, context=ssl.create_default_context())
        if asked.scheme == "https"
        else HTTPConnection(host or "", port, timeout=TIMEOUT)
    )
    if proxy and asked.scheme == "https":
        connection.set_tunnel(asked.hostname or "", asked.port)
    connection.connect()
    return connection.sock


def _proxy(url: str) -> Any:
    asked = urlsplit(url)
    found = getproxies().get(asked.scheme)
    return urlsplit(found) if found and not proxy_bypass(asked.hostname or "") else None


def _written(request: HttpRequest) -> bytes:
    asked = urlsplit(request.url)
    path = urlunsplit(("", "", asked.path or "/", asked.query, ""))
    target = request.url if asked.scheme == "http" and _proxy(request.url) else path
    given = {name.lower() for name, _ in request.headers}
    pairs = [("Host", asked.netloc.rpartition("@")[2]), *(pair for pair in _USUAL.items() if pair[0].lower() not in given)]
    length = [("Content-Length", str(len(request.body)))] if request.body or request.method in ("POST", "PUT", "PATCH") else []
    lines = [
        f"{request.method} {target} HTTP/1.1",
        *(f"{name}: {value}" for name, value in (*pairs, *request.headers, *length)),
    ]
    if any("\r" in line or "\n" in line for line in lines):
        message = "a header holds a line break"
        raise ValueError(message)
    return "\r\n".join((*lines, "", "")).encode() + request.body

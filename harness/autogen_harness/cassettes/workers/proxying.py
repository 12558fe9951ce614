"""Programs that are not Python, such as curl: they are given a proxy, as the variables say that most of them heed.

What they ask by HTTP is answered like the requests of the test itself. TLS ends in the program, so that nothing can be read of
it or answered: the attempt is refused, and is the finding ``network-attempted``, unless the host may be reached.
Sources: RFC 9110, sections 7.6.1 and 9.3.6, for proxies; https://everything.curl.dev/usingcurl/proxies/env.html for the names.
"""

from __future__ import annotations

import base64
import os
import selectors
import socket
from contextlib import suppress
from socketserver import StreamRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from autogen_harness.cassettes.wire.wire import Head, RequestReader, rendered
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.model import Delivery, Finding, HttpFailure, HttpRequest
from autogen_harness.network.listener import Listener, close_by_reset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager

    from autogen_harness.cassettes.backends import Desk, Live
    from autogen_harness.model import Outcome

VARIABLE = "AUTOGEN_HARNESS_PROXY"
"""The environment variable by which a Python process that such a program starts knows our proxy, which is not for it."""

_NAMES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_DIRECT = "localhost,127.0.0.1,::1"
_PIECE = 2**16
_HOP = "proxy-"
_ASK = b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\nContent-Length: 0\r\n\r\n'


def variables(url: str) -> Mapping[str, str]:
    """What a program needs to find in its environment. Servers of this machine are reached as ever."""
    return {**dict.fromkeys(_NAMES, url), "no_proxy": _DIRECT, "NO_PROXY": _DIRECT, "NODE_USE_ENV_PROXY": "1", VARIABLE: url}


def forget() -> None:
    """Take our proxy out of this process's environment: it asks its test in a better way."""
    ours = os.environ.pop(VARIABLE, None)
    for name in (*_NAMES, "no_proxy", "NO_PROXY"):
        if ours is not None and os.environ.get(name) in (ours, _DIRECT):
            del os.environ[name]


class Proxy:
    """Answers programs from a desk, from :meth:`start` to :meth:`stop`.

    Args:
        desk: knows the answers.
        entered: of a token and a number, the scope that a program belongs to; LookupError for strangers.
    """

    def __init__(self, desk: Desk, entered: Callable[[str, int], AbstractContextManager[None]]) -> None:
        self._desk, self._entered = desk, entered
        self._listener = Listener("127.0.0.1", 0, self._handler)
        self.start, self.stop = self._listener.start, self._listener.stop

    def url(self, token: str, scope: int) -> str:
        """The proxy of programs that are started in a scope."""
        return f"http://{scope}:{token}@127.0.0.1:{self._listener.server_address[1]}"

    def _handler(self, *args: Any) -> StreamRequestHandler:
        proxy = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):  # the program is gone
                    proxy.serve(self.request)

        return Handler(*args)

    def serve(self, client: socket.socket) -> None:
        """Answer the one request that comes on a connection."""
        reader = _read(client)
        if reader is None or reader.head is None:
            return
        try:
            scope = self._entered(*_credentials(reader.head))
        except (LookupError, ValueError):
            client.sendall(_ASK)
            return
        with scope:
            if reader.head.method == "CONNECT":
                self._tunnel(client, reader.head)
            else:
                self._answer(client, reader.head, reader.body)

    def _answer(self, client: socket.socket, head: Head, body: bytes) -> None:
        headers = tuple((name, value) for name, value in head.headers if not name.lower().startswith(_HOP))
        request = HttpRequest(head.method, head.target, headers, body, None, "a program")
        try:
            met = self._desk.answer(request)
        except UnmatchedRequest as error:
            client.sendall(_refusal(str(error)))
            return
        if isinstance(met, Delivery):
            self._desk.advance(met.seconds)
            outcome = met.outcome
        else:
            outcome = _sent(met, request)
        if isinstance(outcome, HttpFailure) and outcome.kind == "reset":
            close_by_reset(client)
        client.sendall(rendered(outcome, head.method))

    def _tunnel(self, client: socket.socket, head: Head) -> None:
        host, _, port = head.target.rpartition(":")
        if not self._desk.passes("https", host.strip("[]"), int(port)):
            self._desk.record(_attempt(host.strip("[]"), int(port)))
            client.sendall(_refusal(f"autogen-harness blocked an attempt to connect to {head.target}"))
            return
        with socket.create_connection((host.strip("[]"), int(port))) as server:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _shuttle(client, server)


def _read(client: socket.socket) -> RequestReader | None:
    """A whole request; None where the connection ends before."""
    reader, told = RequestReader(), False
    while not reader.whole:
        data = client.recv(_PIECE)
        if not data:
            return None
        reader.feed(data)
        if reader.waits_to_go_on and not told:
            told = True
            client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    return reader


def _credentials(head: Head) -> tuple[str, int]:
    """The token and the scope that the address of the proxy holds."""
    kind, _, word = (head.values("proxy-authorization") or [""])[0].partition(" ")
    scope, _, token = base64.b64decode(word, validate=True).decode().partition(":")
    return (token, int(scope)) if kind.lower() == "basic" else ("", -1)


def _sent(live: Live, request: HttpRequest) -> Outcome:
    """What comes where the request really goes, as it is recorded."""
    import http.client  # noqa: F401  # its backend is made as it is first imported, and stands on the next module

    from autogen_harness.cassettes.backends.sending import through

    return through(live, lambda: _dial(request.url), _direct(request), request.method)


def _direct(request: HttpRequest) -> bytes:
    """The request as it is sent to the server itself."""
    asked = urlsplit(request.url)
    target = (asked.path or "/") + (f"?{asked.query}" if asked.query else "")
    lines: Iterable[str] = (f"{name}: {value}" for name, value in request.headers if name.lower() != "transfer-encoding")
    length = (
        [] if any(name.lower() == "content-length" for name, _ in request.headers) else [f"Content-Length: {len(request.body)}"]
    )
    text = "\r\n".join([f"{request.method} {target} HTTP/1.1", *lines, *length, "Connection: close", "", ""])
    return text.encode("utf-8", "surrogateescape") + request.body


def _dial(url: str) -> socket.socket:
    asked = urlsplit(url)
    return socket.create_connection((asked.hostname or "", asked.port or 80))


def _shuttle(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until one side ends."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(one, selectors.EVENT_READ, other)
        waiting.register(other, selectors.EVENT_READ, one)
        while True:
            for key, _ in waiting.select():
                data = key.fileobj.recv(_PIECE)  # type: ignore[union-attr]  # a selector's type speaks of numbers as well
                if not data:
                    return
                key.data.sendall(data)


def _refusal(text: str) -> bytes:
    body = f"{text}\n".encode()
    head = f"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _attempt(host: str, port: int) -> Finding:
    return Finding(
        "network-attempted",
        f"a program that the test started tried to connect to {host}:{port}",
        fix="what a program that is not Python says by TLS, no cassette can answer: let it ask by http, let Python ask, or "
        f'allow the host: harness_allow_hosts = {host}, or @pytest.mark.harness(allow_hosts=["{host}"])',
        expect=f'harness.expect("network-attempted", host="{host}")',
        fields={"host": host, "port": port, "how": "connect"},
    )

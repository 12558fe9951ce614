"""HTTP in and out: reads one request after the other from a connection, and writes the answers."""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from autogen_harness.server.answers import refusing
from autogen_harness.server.sending import send

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autogen_harness.server.answers import Answer


class Serve(Protocol):
    """What answers a request; the names of ``headers`` are in lower case."""

    def __call__(self, method: str, path: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        """The answer."""


class Handler(BaseHTTPRequestHandler):
    """One connection, whose requests ``serve`` answers."""

    protocol_version = "HTTP/1.1"
    server_version = "autogen-harness"
    sys_version = ""
    disable_nagle_algorithm = True

    def __init__(self, serve: Serve, *args: Any) -> None:
        self._serve = serve
        super().__init__(*args)

    def _answer(self) -> None:
        body = self._body()
        if body is None:
            self.close_connection = True
            send(refusing(411, "the length of the body is missing: send Content-Length", "invalid_request_error"), self)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        send(self._serve(self.command, urlsplit(self.path).path, headers, body), self)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - http.server calls them by these names

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - http.server's
        """What is no request of HTTP, or has a method that the API has nowhere: said as JSON, like all else."""
        self.close_connection = True
        send(refusing(code, message or HTTPStatus(code).phrase, "invalid_request_error"), self)

    def _body(self) -> bytes | None:
        length = self.headers.get("content-length") or "0"
        if "chunked" in self.headers.get("transfer-encoding", "").lower() or not length.isdigit():
            return None
        return self.rfile.read(int(length))

    def log_message(self, *_args: Any) -> None:
        """Nothing: the journal holds every attempt."""

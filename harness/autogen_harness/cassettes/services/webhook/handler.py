"""HTTP in and out of the receiver: any method, bodies with a length or in chunks."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.wire.framing import NO_BODY, framed
from autogen_harness.model import HttpReply

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.model import Headers

    Receive = Callable[[str, str, Headers, bytes], HttpReply | None]

_UNREADABLE = HttpReply(400, "Bad Request", (("content-type", "text/plain"), ("connection", "close")), b"the body is torn")


class Handler(BaseHTTPRequestHandler):
    """One connection, whose requests ``receive`` answers; None closes it without an answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, receive: Receive, *args: Any) -> None:
        self._receive = receive
        super().__init__(*args)

    def _answer(self) -> None:
        body = self._body()
        if body is None:
            self._send(_UNREADABLE)
            return
        reply = self._receive(self.command, self.path, tuple(self.headers.items()), body)
        if reply is None:
            self.close_connection = True
        else:
            self._send(reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 - http.server calls these

    def _send(self, reply: HttpReply) -> None:
        headers, body = framed(reply, self.command)
        self.send_response_only(reply.status, reply.reason)
        for name, value in headers:
            if name.lower() != "transfer-encoding":  # the body is sent in one piece
                self.send_header(name, value)
        if reply.status not in NO_BODY and "content-length" not in {name.lower() for name, _ in headers}:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> bytes | None:
        """The bytes of the body; None where they cannot be told from what follows, or end too early."""
        try:
            if "chunked" in self.headers.get("transfer-encoding", "").lower():
                return self._chunks()
            length = int(self.headers.get("content-length") or "0")
            return self._exactly(length)
        except ValueError:
            return None

    def _chunks(self) -> bytes:
        found = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            found.append(self._exactly(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return b"".join(found)

    def _exactly(self, size: int) -> bytes:
        body = self.rfile.read(size) if size >= 0 else b""
        if len(body) != size:
            raise ValueError(size)
        return body

    def log_message(self, *_args: Any) -> None:
        """Nothing: the ledger holds every delivery."""

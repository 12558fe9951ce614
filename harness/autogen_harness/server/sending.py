"""An answer goes over the socket, or breaks off on its way."""

from __future__ import annotations

import socket
from contextlib import suppress
from http.server import BaseHTTPRequestHandler

from autogen_harness.network.listener import close_by_reset
from autogen_harness.server.answers import Answer

PATIENCE = 30.0
"""Real seconds that a stalled answer is held before the connection is reset, where the client does not give up first."""


def send(answer: Answer, handler: BaseHTTPRequestHandler) -> None:
    """Write ``answer``; the connection is closed after one that does not end well."""
    if answer.status:
        handler.send_response(answer.status)
        for name, value in answer.headers:
            handler.send_header(name, value)
        _send_stream(answer, handler) if answer.streamed else _send_body(answer, handler)
    if answer.ending != "whole":
        handler.close_connection = True
        if answer.ending == "stall":
            _hold(handler.connection)
        close_by_reset(handler.connection)


def _send_body(answer: Answer, handler: BaseHTTPRequestHandler) -> None:
    body = b"".join(answer.parts)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _send_stream(answer: Answer, handler: BaseHTTPRequestHandler) -> None:
    """An event a chunk; HTTP/1.0 has no chunks, so there the end of the connection is the end of the stream."""
    chunked = handler.request_version != "HTTP/1.0"
    if chunked:
        handler.send_header("transfer-encoding", "chunked")
    else:
        handler.close_connection = True
    handler.end_headers()
    for part in answer.parts:
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
    if chunked and answer.ending == "whole":
        handler.wfile.write(b"0\r\n\r\n")


def _hold(sock: socket.socket) -> None:
    """Say nothing until the client hangs up, the server closes, or patience ends."""
    sock.settimeout(PATIENCE)
    with suppress(OSError):
        while sock.recv(4096):
            pass

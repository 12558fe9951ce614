"""A listening socket and its threads: one that accepts, and one a connection. None is left when it is closed."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from contextlib import suppress
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from socketserver import BaseRequestHandler

NAME = "autogen_harness server"
"""Threads of this name are not taken for work of the test by the virtual clock: they only wait for clients."""

_RESET = struct.pack("ii", 1, 0)  # linger for no time: closing sends RST in place of FIN
_STEP = 0.02
_PATIENCE = 1.0


def close_by_reset(sock: socket.socket) -> None:
    """Let this connection end in a reset in place of a farewell."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def is_reset(sock: socket.socket) -> bool:
    """Was this connection marked to be closed by a reset?"""
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(_RESET)) == _RESET


class Listener(TCPServer):
    """Serves connections by ``handler`` from :meth:`start` to :meth:`stop`. Not http.server's own class, which asks the DNS.

    Args:
        host, port: where; port 0 takes any that is free.
        handler: makes the handler of a connection.
    """

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, handler: Callable[..., BaseRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), handler)
        self._open: dict[threading.Thread, socket.socket] = {}
        self._lock = threading.Lock()
        self._accepting = threading.Thread(target=self.serve_forever, args=(_STEP,), name=NAME, daemon=True)

    def start(self) -> None:
        """Begin to accept."""
        self._accepting.start()

    def stop(self) -> None:
        """Stop accepting, let answers that are on their way arrive, and wait for the threads. Safe to call twice."""
        if self._accepting.is_alive():
            self.shutdown()
            self._accepting.join()
        self.server_close()
        with self._lock:
            left = dict(self._open)
        for how in (socket.SHUT_RD, socket.SHUT_RDWR):  # no further request; then, if a client does not read, no answer either
            for connection in left.values():
                with suppress(OSError):
                    connection.shutdown(how)
            for thread in left:
                thread.join(_PATIENCE if how == socket.SHUT_RD else None)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Handle one connection in a thread of its own."""
        thread = threading.Thread(target=self._handle, args=(request, client_address), name=NAME, daemon=True)
        with self._lock:
            self._open[thread] = request
        thread.start()

    def _handle(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except Exception:  # noqa: BLE001 - told where socketserver tells it, and the other connections go on
            self.handle_error(request, client_address)
        finally:
            self.shutdown_request(request)
            with self._lock:
                del self._open[threading.current_thread()]

    def shutdown_request(self, request: Any) -> None:
        """Close a connection; one that is reset says no farewell before."""
        if is_reset(request):
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

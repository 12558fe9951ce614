"""Which ports does this process serve? Sockets are asked, not the system: another process's server is not ours."""

from __future__ import annotations

import gc
import socket
from collections.abc import Iterator
from weakref import WeakSet

_INTERNET = (socket.AF_INET, socket.AF_INET6)


class ServedPorts:
    """The ports that sockets of this process listen on, or, without connections, are bound to."""

    def __init__(self) -> None:
        self._known: WeakSet[socket.socket] = WeakSet()

    def note(self, sock: socket.socket) -> None:
        """Remember a socket that listens."""
        self._known.add(sock)

    def serve(self, host: str, port: object, *, local: bool) -> bool:
        """Is this port of ``host`` served here? ``local``: the host is a loopback address or name."""
        return any(own and own == port and (local or host == at) for at, own in map(_served, self._candidates()))

    def _candidates(self) -> Iterator[socket.socket]:
        yield from list(self._known)
        yield from _sockets()


def _sockets() -> list[socket.socket]:
    """All sockets among live objects. Slow, so asked only before an attempt is refused: for servers older than the guard."""
    return [thing for thing in gc.get_objects() if issubclass(type(thing), socket.socket)]


def _served(sock: socket.socket) -> tuple[str, int]:
    try:
        if sock.family in _INTERNET and (
            sock.type == socket.SOCK_DGRAM or sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        ):
            host, port = sock.getsockname()[:2]
            return host, port
    except OSError:  # closed meanwhile
        pass
    return "", 0

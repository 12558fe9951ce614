"""The network guard: an attempt to reach another machine is recorded and refused, whoever swallows the refusal.

It patches the class ``socket.socket`` and the resolver, so it holds for every thread and every client library. Unix sockets,
socket pairs and ports that this process listens on are allowed: a test may serve itself.
"""

from __future__ import annotations

import socket
from functools import wraps
from typing import TYPE_CHECKING, Any

from autogen_harness.errors import NetworkBlocked
from autogen_harness.model import Finding
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0", "::", "ip6-localhost")


class NetworkGuard:
    """Refuses connections from :meth:`open` to :meth:`close`.

    Args:
        record: receives a finding ``network-attempted`` for each attempt.
        allow: host names or addresses that may be reached.
    """

    def __init__(self, record: Callable[[Finding], None], allow: Iterable[str] = ()) -> None:
        self._record, self._allow = record, set(allow)
        self._listening: set[int] = set()
        self._patches = Patches()

    def open(self) -> None:
        """Start refusing."""
        self._patches.swap(socket.socket, "listen", self._noting_ports)
        for name in ("connect", "connect_ex"):
            self._patches.swap(socket.socket, name, self._guarding_connect)
        self._patches.swap(socket.socket, "sendto", self._guarding_sendto)
        self._patches.swap(socket, "getaddrinfo", self._guarding_lookup)

    def close(self) -> None:
        """Stop refusing, without a trace."""
        self._patches.undo()

    def _noting_ports(self, original: Any) -> Any:
        @wraps(original)
        def listen(sock: socket.socket, *args: Any) -> None:
            original(sock, *args)
            if sock.family in (socket.AF_INET, socket.AF_INET6):
                self._listening.add(sock.getsockname()[1])

        return listen

    def _guarding_connect(self, original: Any) -> Any:
        @wraps(original)
        def connect(sock: socket.socket, address: Any) -> Any:
            self._check(sock.family, address, "connect")
            return original(sock, address)

        return connect

    def _guarding_sendto(self, original: Any) -> Any:
        @wraps(original)
        def sendto(sock: socket.socket, data: Any, *args: Any) -> Any:
            self._check(sock.family, args[-1], "sendto")
            return original(sock, data, *args)

        return sendto

    def _guarding_lookup(self, original: Any) -> Any:
        @wraps(original)
        def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
            name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
            if name and not self._is_local(name) and name not in self._allow:
                self._refuse(name, port, "look up")
            return original(host, port, *args, **kwargs)

        return getaddrinfo

    def _check(self, family: int, address: Any, how: str) -> None:
        if family not in (socket.AF_INET, socket.AF_INET6) or not isinstance(address, tuple):
            return
        host, port = str(address[0]), address[1]
        if host in self._allow or (self._is_local(host) and self._serves(port)):
            return
        self._refuse(host, port, how)

    @staticmethod
    def _is_local(host: str) -> bool:
        return host.startswith(_LOOPBACK)

    def _serves(self, port: int) -> bool:
        """Does this process listen on ``port``? Servers older than the guard are found by trying to bind the port."""
        if port in self._listening:
            return True
        return port in _listening_ports()

    def _refuse(self, host: str, port: Any, how: str) -> None:
        target = f"{host}:{port}" if port else host
        self._record(
            Finding(
                "network-attempted",
                f"something tried to {how} {target}",
                fix=f'play a cassette for it with harness.http.play("..."), or allow the host: harness_allow_hosts = {host}',
                expect=f'harness.expect("network-attempted", host="{host}")',
                fields={"host": host, "port": port, "how": how},
            )
        )
        message = f"autogen-harness blocked an attempt to {how} {target}; tests run offline unless harness_allow_hosts says otherwise"
        raise NetworkBlocked(message)


def _listening_ports() -> set[int]:
    """Ports of all listening sockets that this process holds, found among live objects: only asked when a connect is in doubt."""
    import gc

    return {port for thing in gc.get_objects() if isinstance(thing, socket.socket) and (port := _listening_port(thing))}


def _listening_port(sock: socket.socket) -> int:
    try:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return int(sock.getsockname()[1])
    except OSError:  # closed meanwhile
        pass
    return 0

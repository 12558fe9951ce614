"""The network guard: an attempt to reach another machine is recorded and refused, whoever swallows the refusal.

It patches the class ``socket.socket`` and the resolver, so it holds for every thread and for every client library that is
written in Python. Unix sockets, socket pairs and ports that this process serves are allowed: a test may serve itself.
"""

from __future__ import annotations

import ipaddress
import socket
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Literal

from autogen_harness.errors import NetworkBlocked
from autogen_harness.model import Finding
from autogen_harness.network.ports import ServedPorts
from autogen_harness.origin import origin
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_INTERNET = (socket.AF_INET, socket.AF_INET6)
_LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback", "")
_LOOKUPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr")


class NetworkGuard:
    """Refuses connections from :meth:`open` to :meth:`close`.

    Args:
        record: receives a finding ``network-attempted`` for each attempt.
        allow: host names or addresses that may be reached. A name also allows the addresses that it is resolved to; a name
            or address of this machine allows all of its loopback.
    """

    def __init__(self, record: Callable[[Finding], None], allow: Iterable[str] = ()) -> None:
        self._record, self._allow = record, {_plain(host) for host in allow}
        self._loopback = any(is_local(host) for host in self._allow)
        self._ports = ServedPorts()
        self._patches = Patches()
        self._on = False

    def open(self) -> None:
        """Start refusing."""
        self._on = True
        self._patches.swap(socket.socket, "listen", self._noting)
        for name in ("connect", "connect_ex", "sendto"):
            self._patches.swap(socket.socket, name, partial(self._guarding_last_argument, name))
        if hasattr(socket.socket, "sendmsg"):  # not on Windows
            self._patches.swap(socket.socket, "sendmsg", self._guarding_sendmsg)
        for name in _LOOKUPS:
            self._patches.swap(socket, name, self._guarding_lookup)

    def close(self) -> None:
        """Stop refusing, without a trace. Who kept one of the stand-ins has the real function from now on."""
        self._on = False
        self._patches.undo()

    def serves(self, host: str, port: int) -> bool:
        """Does this process serve it?"""
        name = _plain(host)
        local = is_local(name)
        return (local or is_address(name)) and self._ports.serve(name, port, local=local)

    def reach(self, host: str, port: int) -> Literal["", "own", "allowed"]:
        """May this be reached, and why: because it is allowed, or because this process serves it? "" where it may not."""
        name = _plain(host)
        if name in self._allow or (self._loopback and is_local(name)):
            return "allowed"
        return "own" if self.serves(host, port) else ""

    def _noting(self, original: Any) -> Any:
        @wraps(original)
        def listen(sock: socket.socket, *args: Any) -> None:
            original(sock, *args)
            self._ports.note(sock)

        return listen

    def _guarding_last_argument(self, name: str, original: Any) -> Any:
        @wraps(original)
        def send(sock: socket.socket, *args: Any) -> Any:
            if args:
                self._check(sock, args[-1], name)
            return original(sock, *args)

        return send

    def _guarding_sendmsg(self, original: Any) -> Any:
        @wraps(original)
        def sendmsg(sock: socket.socket, buffers: Any, *args: Any) -> Any:
            if len(args) > 2:  # ancillary data, flags, address
                self._check(sock, args[2], "sendmsg")
            return original(sock, buffers, *args)

        return sendmsg

    def _guarding_lookup(self, original: Any) -> Any:
        @wraps(original)
        def lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
            name = _plain(host)
            if self._on and not (is_address(name) or is_local(name) or name in self._allow):
                self._refuse(name, args[0] if args else kwargs.get("port"), "look up")
            found = original(host, *args, **kwargs)
            if name in self._allow:
                self._allow |= _addresses(found)
            return found

        return lookup

    def _check(self, sock: socket.socket, address: Any, how: str) -> None:
        if not self._on or sock.family not in _INTERNET or not isinstance(address, tuple):
            return
        host, port = _plain(address[0]), address[1]
        local = is_local(host)
        if host in self._allow or (local and self._loopback) or self._ports.serve(host, port, local=local):
            return
        if sock.type == socket.SOCK_STREAM:  # socket.create_connection closes it after an OSError only, and ours is none
            sock.close()
        self._refuse(host, port, how, local=local)

    def _refuse(self, host: str, port: Any, how: str, *, local: bool = False) -> None:
        target = f"{host}:{port}" if port else host
        where = origin()
        allow = f'allow the host: harness_allow_hosts = {host}, or @pytest.mark.harness(allow_hosts=["{host}"])'
        cure = "serve that port in this process" if local else 'play a cassette for it with harness.http.play("...")'
        finding = Finding(
            "network-attempted",
            f"something tried to {how.removesuffix('_ex')} {target}" + (f", at {where}" if where else ""),
            fix=f"{cure}, or {allow}",
            expect=f'harness.expect("network-attempted", host="{host}")',
            fields={"host": host, "port": port, "how": how},
        )
        self._record(finding)
        message = f"autogen-harness blocked an attempt to {how} {target}; only hosts in harness_allow_hosts may be reached"
        blocked = NetworkBlocked(message)
        blocked.finding = finding
        raise blocked


def is_address(host: str) -> bool:
    """Is this an address, which nobody has to look up?"""
    return _address(host) is not None


def is_local(host: str) -> bool:
    """Does this name or address mean this very machine, whatever its network?"""
    address = _address(host)
    if address is None:
        return host in _LOCAL_NAMES or host.endswith(".localhost") or host == _plain(socket.gethostname())
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _plain(host: Any) -> str:
    """A host as text that can be compared: None and "" are this machine, case and a final dot mean nothing."""
    text = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host or "")
    return text.lower().rstrip(".")


def _addresses(found: Any) -> set[str]:
    """Every address in what a lookup returned: a string, or tuples and lists of them."""
    if isinstance(found, str):
        return {_plain(found)} if is_address(found) else set()
    return {address for part in found for address in _addresses(part)} if isinstance(found, list | tuple) else set()

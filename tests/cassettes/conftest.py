from __future__ import annotations

import gzip
import socket
import struct
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest

from autogen_harness.cassettes import Cassette, Interaction, Match, Player, fault, save
from autogen_harness.clock import VirtualClock
from autogen_harness.ledger import Ledger
from autogen_harness.model import HttpReply, HttpRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Desk(NamedTuple):
    """A player with what it reports to, and a folder of cassettes of its own."""

    player: Player
    ledger: Ledger
    clock: VirtualClock
    root: Path

    def keep(self, name: str, *interactions: Interaction) -> None:
        """Save a cassette in the folder."""
        save(Cassette(interactions), self.root / f"{name}.json")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A player that is not open; closed in the end, whatever the test did."""
    ledger, clock = Ledger(), VirtualClock()
    player = Player(ledger.record, clock, [tmp_path])
    yield Desk(player, ledger, clock, tmp_path)
    player.close()


@pytest.fixture
def opened(desk: Desk) -> Iterator[Desk]:
    """A player that stands between the clients and the network, on virtual time."""
    with desk.clock:
        desk.player.open()
        yield desk
        desk.player.close()


@pytest.fixture
def interaction():
    """Make an interaction in one line."""

    def make(method="GET", url="http://a.test/", body=b"", reply=None, match=None, **rest) -> Interaction:
        answer = reply or HttpReply(200, "OK", (("content-type", "application/json"),), b"{}")
        return Interaction(HttpRequest(method, url, (), body), answer, match or Match(), **rest)

    return make


PNG = bytes(range(256)) * 4
PAGES = {
    "/json": HttpReply(200, "OK", (("Content-Type", "application/json"), ("X-A", "1")), b'{"a": "\xc3\xa9"}'),
    "/script": HttpReply(200, "OK", (("Content-Type", "application/x-javascript"),), b'{"a": 1}'),
    "/page": HttpReply(200, "OK", (("Content-Type", "application/json"),), b"<html>no json</html>"),
    "/latin": HttpReply(200, "OK", (("Content-Type", "text/plain; charset=iso-8859-1"),), b"caf\xe9"),
    "/teapot": HttpReply(418, "Short and stout", (("Content-Type", "text/plain"),), b"no"),
    "/error": HttpReply(503, "Service Unavailable", (("Retry-After", "3"), ("Content-Type", "text/plain")), b"busy"),
    "/empty": HttpReply(204, "No Content", (("X-A", "1"),), b""),
    "/bin": HttpReply(200, "OK", (("Content-Type", "image/png"),), PNG),
    "/big": HttpReply(200, "OK", (("Content-Type", "text/plain"),), b"0123456789" * 30_000),
    "/gzip": HttpReply(200, "OK", (("Content-Type", "application/json"), ("Content-Encoding", "gzip")), b'{"z": [1, 2]}'),
    "/chunks": HttpReply(200, "OK", (("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")), b"one\ntwo\n"),
    "/cookies": HttpReply(200, "OK", (("Set-Cookie", "a=1; Path=/"), ("X-M", "1"), ("Set-Cookie", "b=2"), ("X-M", "2")), b""),
    "/found": HttpReply(302, "Found", (("Location", "/json"), ("Set-Cookie", "seen=1; Path=/")), b"gone"),
    "/again": HttpReply(307, "Temporary Redirect", (("Location", "/json"),), b""),
    "/loop": HttpReply(302, "Found", (("Location", "/loop"),), b""),
    "/nowhere": HttpReply(302, "Found", (), b"no place"),
}
"""What a real server says, and what a cassette says in its place."""


def _wire(reply: HttpReply) -> bytes:
    """The reply as bytes on the wire."""
    names = {name for name, _ in reply.headers}
    body = gzip.compress(reply.body, mtime=0) if "Content-Encoding" in names else reply.body
    if "Transfer-Encoding" in names:
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:4], body[4:])) + b"0\r\n\r\n"
    head = [f"HTTP/1.1 {reply.status} {reply.reason}", *(f"{name}: {value}" for name, value in reply.headers)]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


class Origin:
    """A real server on this machine that sends exactly the pages above, or behaves badly."""

    def __init__(self) -> None:
        self.pages = {path: replace(reply, headers=self._headers(reply)) for path, reply in PAGES.items()}
        self._stop = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        self._deaf, self._queue = socket.create_server(("127.0.0.1", 0), backlog=0), []
        self.deaf = f"http://127.0.0.1:{self._deaf.getsockname()[1]}"

    def _headers(self, reply: HttpReply) -> tuple[tuple[str, str], ...]:
        length = len(gzip.compress(reply.body, mtime=0)) if ("Content-Encoding", "gzip") in reply.headers else len(reply.body)
        framing = (
            ()
            if reply.status == 204 or ("Transfer-Encoding", "chunked") in reply.headers
            else (("Content-Length", str(length)),)
        )
        return (*reply.headers, *framing, ("Connection", "close"))

    def stuff(self) -> None:
        """Fill the queue of the server that never accepts, so that the next connection waits."""
        for _ in range(3):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(self._deaf.getsockname())
            self._queue.append(waiting)

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._serve, args=[connection], daemon=True))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            method, path = stream.readline().decode().split(" ")[:2]
            length = 0
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            stream.read(length)
            self._answer(connection, method, path)

    def _answer(self, connection: socket.socket, method: str, path: str) -> None:
        if path == "/silent":
            self._stop.wait(5)
        elif path == "/reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif path == "/cut":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n" + b'{"a"')
        else:
            wire = _wire(self.pages[path])
            connection.sendall(wire.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == "HEAD" else wire)

    def close(self) -> None:
        """Stop answering, and leave no thread at work: the virtual clock looks for them."""
        self._stop.set()
        self._socket.shutdown(socket.SHUT_RDWR)  # to close it would not wake the thread that accepts
        for one in (self._socket, self._deaf, *self._queue):
            one.close()
        for thread in self._threads:
            thread.join(6)


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    """The real server; what it says is also on cassette."""
    server = Origin()
    yield server
    server.close()


@pytest.fixture
def replayed(opened: Desk, origin: Origin) -> Desk:
    """An open player that has on cassette what the real server says and does."""
    pages = [
        Interaction(HttpRequest(method, origin.url + path), reply, Match(body="any"), times="any", optional=True)
        for path, reply in origin.pages.items()
        for method in ("GET", "HEAD", "POST")
    ]
    opened.keep("pages", *pages)
    opened.player.play("pages")
    bad = HttpReply(200, "OK", (("Content-Type", "application/json"),), b'{"a": 1}')
    faults = {"/silent": fault.timeout(), "/reset": fault.connection_reset(), "/cut": fault.truncated()}
    for number, (path, met) in enumerate(faults.items()):
        opened.keep(f"bad{number}", Interaction(HttpRequest("GET", origin.url + path), bad))
        opened.player.play(f"bad{number}", fault=met, times="any", optional=True)
    opened.keep("deaf", Interaction(HttpRequest("GET", origin.deaf + "/"), bad))
    opened.player.play("deaf", fault=fault.timeout("connect"), times="any", optional=True)
    return opened

"""A real server on this machine whose answers lead clients into their corners. It keeps connections alive, as servers do."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
import zlib
from collections import Counter
from contextlib import suppress

BINARY = bytes(range(256)) * 4
LARGE = b"0123456789" * 30_000
SLOW = 0.5
"""Seconds before a slow page answers."""

PAGES = {
    "/json": (200, "OK", [("Content-Type", "application/json"), ("X-A", "1")], b'{"a": "\xc3\xa9", "price": 1.10}'),
    "/odd-json": (200, "OK", [("Content-Type", "application/json; charset=utf-8")], b'{"b": 1.10,\n  "a":"\\u00e9"}'),
    "/script": (200, "OK", [("Content-Type", "application/x-javascript")], b'{"a": 1}'),
    "/page": (200, "OK", [("Content-Type", "text/html")], b"<html>no json</html>"),
    "/no-type": (200, "OK", [], b"plain"),
    "/latin": (200, "OK", [("Content-Type", "text/plain; charset=iso-8859-1")], b"caf\xe9"),
    "/bom": (200, "OK", [("Content-Type", "application/json")], b'\xef\xbb\xbf{"a": 1}'),
    "/teapot": (418, "Short and stout", [("Content-Type", "text/plain")], b"no"),
    "/no-reason": (299, "", [("Content-Type", "text/plain")], b"fine"),
    "/missing": (404, "Not Found", [("Content-Type", "application/json")], b'{"error": "nope"}'),
    "/broken": (500, "Internal Server Error", [("Content-Type", "text/html")], b"<h1>oops</h1>"),
    "/busy": (503, "Service Unavailable", [("Retry-After", "1"), ("Content-Type", "text/plain")], b"busy"),
    "/empty": (204, "No Content", [("X-A", "1")], b""),
    "/unchanged": (304, "Not Modified", [("ETag", '"1"')], b""),
    "/nothing": (200, "OK", [("Content-Type", "application/json")], b""),
    "/bin": (200, "OK", [("Content-Type", "image/png")], BINARY),
    "/large": (200, "OK", [("Content-Type", "text/plain")], LARGE),
    "/gzip": (200, "OK", [("Content-Type", "application/json"), ("Content-Encoding", "gzip")], b'{"z": [1, 2]}'),
    "/deflate": (200, "OK", [("Content-Type", "text/plain"), ("Content-Encoding", "deflate")], b"deflated " * 9),
    "/cookies": (200, "OK", [("Set-Cookie", "a=1; Path=/"), ("X-M", "1"), ("Set-Cookie", "b=2"), ("X-M", "2")], b"in"),
    "/utf8-header": (200, "OK", [("X-Name", "caf\u00e9"), ("Content-Type", "text/plain")], b"x"),
    "/found": (302, "Found", [("Location", "/json?from=found"), ("Set-Cookie", "seen=1; Path=/")], b"gone"),
    "/other": (303, "See Other", [("Location", "/echo")], b""),
    "/again": (307, "Temporary Redirect", [("Location", "/echo")], b""),
    "/moved": (301, "Moved Permanently", [("Location", "/echo")], b""),
    "/loop": (302, "Found", [("Location", "/loop")], b""),
    "/nowhere": (302, "Found", [], b"no place"),
    "/linked": (200, "OK", [("Link", '</json?page=2>; rel="next"'), ("Content-Type", "text/plain")], b"1"),
    "/dated": (200, "OK", [("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT"), ("Content-Type", "text/plain")], b"1"),
}
"""Status, reason, headers and decoded body by path; their lengths and codings are added on the wire."""

CHUNKS = [b"line0\n", b"line1\n", b"li", b"ne2\n", b"{}"]
CODERS = {"gzip": lambda body: gzip.compress(body, mtime=0), "deflate": zlib.compress}


class Origin:
    """Serves until :meth:`close`. ``hits`` are the requests that came, as "GET /json?x=1"."""

    def __init__(self):
        self.hits, self._counts = [], Counter()
        self._open, self._stop = set(), threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def reset(self):
        """What depends on how often it was asked begins again."""
        self._counts.clear()
        self.hits.clear()

    def close(self):
        """Stop answering, and leave no thread at work."""
        self._stop.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self):
        while not self._stop.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.add(connection)
            self._threads.append(threading.Thread(target=self._serve, args=[connection], daemon=True))
            self._threads[-1].start()

    def _serve(self, connection):
        try:
            with connection, connection.makefile("rb") as stream:
                if stream.peek(1)[:1] == b"\x16":  # the client speaks TLS
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                    return
                while (line := stream.readline().decode("latin-1").strip()) and self._answer(connection, stream, line):
                    pass
        except OSError:
            pass
        finally:
            self._open.discard(connection)

    def _answer(self, connection, stream, line):
        """Answer one request; false where the connection ends with it."""
        method, target, _ = line.split(" ")
        headers = {}
        while raw := stream.readline().decode("latin-1").strip():
            name, _, value = raw.partition(":")
            headers.setdefault(name.lower(), value.strip())
        if "100-continue" in headers.get("expect", ""):
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = _body(stream, headers)
        self.hits.append(f"{method} {target}")
        path = target.partition("?")[0]
        self._counts[path] += 1
        special = getattr(self, f"_{path[1:].replace('-', '_')}", None)
        if special is not None:
            return special(connection, method, target, headers, body)
        return self._write(connection, method, PAGES.get(path, (404, "Not Found", [], b"no such page")))

    def _write(self, connection, method, page):
        status, reason, headers, body = page
        coder = CODERS.get(dict(headers).get("Content-Encoding"), lambda plain: plain)
        sent = coder(body)
        length = [] if status in (204, 304) else [("Content-Length", str(len(sent)))]
        lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in [*headers, *length])]
        head = "\r\n".join([*lines, "", ""]).encode("utf-8")
        connection.sendall(head if method == "HEAD" or status in (204, 304) else head + sent)
        return True

    def _json_page(self, connection, method, value):
        return self._write(connection, method, (200, "OK", [("Content-Type", "application/json")], json.dumps(value).encode()))

    # -- pages that do something; each is the path with "-" as "_" ---------------------------------------------------------

    def _echo(self, connection, method, target, headers, body):
        shown = {name: headers.get(name) for name in ("content-type", "x-sent", "cookie", "authorization", "content-length")}
        told = {"method": method, "target": target, "headers": shown, "body": body.decode("utf-8", "backslashreplace")}
        return self._json_page(connection, method, told)

    def _seq(self, connection, method, *_):
        return self._json_page(connection, method, {"n": self._counts["/seq"]})

    def _flaky(self, connection, method, *_):
        return self._write(connection, method, PAGES["/busy" if self._counts["/flaky"] % 3 else "/json"])

    def _down(self, connection, method, *_):
        return self._write(connection, method, PAGES["/busy"])

    def _flaky_reset(self, connection, method, *rest):
        if self._counts["/flaky-reset"] % 2:
            return self._reset(connection, method, *rest)
        return self._write(connection, method, PAGES["/json"])

    def _whoami(self, connection, method, _target, headers, _body):
        return self._json_page(connection, method, {"cookie": headers.get("cookie")})

    def _chunks(self, connection, method, *_):
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in CHUNKS) + b"0\r\n\r\n"
        connection.sendall(head if method == "HEAD" else head + chunks)
        return True

    def _until_closed(self, connection, *_):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nuntil the end")
        return False

    def _old(self, connection, *_):
        connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nold")
        return False

    def _slow(self, connection, method, *_):
        self._stop.wait(SLOW)
        return self._json_page(connection, method, {"slow": True})

    def _silent(self, *_):
        self._stop.wait(8 * SLOW)
        return False

    def _stalled(self, connection, *_):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n" + b'{"a"')
        self._stop.wait(8 * SLOW)
        return False

    def _cut(self, connection, *_):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n" + b'{"a"')
        return False

    def _cut_chunks(self, connection, *_):
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nwo"
        )
        return False

    def _closed(self, *_):
        return False

    def _garbage(self, connection, *_):
        connection.sendall(b"this is no HTTP\r\n\r\n")
        return False

    def _reset(self, connection, *_):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def _reset_later(self, connection, *_):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n" + b'{"a"')
        time.sleep(0.05)  # else the reset overtakes what was sent
        return self._reset(connection)


def _body(stream, headers):
    if "chunked" not in headers.get("transfer-encoding", ""):
        return stream.read(int(headers.get("content-length", 0)))
    pieces = []
    while size := int(stream.readline().split(b";")[0], 16):
        pieces.append(stream.read(size))
        stream.readline()
    stream.readline()
    return b"".join(pieces)


def unused_url():
    """A URL where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"

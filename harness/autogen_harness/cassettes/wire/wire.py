"""HTTP/1.1 as bytes: a request read out of what a client writes, a reply as a client reads it.

For clients that are given a connection in memory. They parse what they read themselves, so that status lines, headers, codings
and the ends of bodies are understood by the same code as live. RFC 9112 is the source of the framing rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autogen_harness.cassettes.wire.framing import NO_BODY, begun, framed
from autogen_harness.model import HttpFailure

if TYPE_CHECKING:
    from autogen_harness.model import Headers, HttpReply, Outcome

_LENGTHS = frozenset({"content-length", "transfer-encoding"})
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the body of a request."""

    method: str
    target: str
    headers: Headers

    def values(self, name: str) -> list[str]:
        """All values of a header, whose name is given in lower case."""
        return [value for known, value in self.headers if known.lower() == name]


class RequestReader:
    """Takes the bytes of one request as they are written.

    Attributes:
        head: method, target and headers, once they are there.
        body: what has come of the body so far, its chunks joined.
        whole: the request is complete.
    """

    def __init__(self) -> None:
        self.head: Head | None = None
        self.body = b""
        self.whole = False
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        """Take the next bytes; those behind the end of the request are left alone."""
        self._data += data
        if self.head is None:
            end = self._data.find(_END)
            if end < 0:
                return
            self.head = _head(bytes(self._data[:end]))
            del self._data[: end + len(_END)]
        self._read_body(self.head)

    @property
    def waits_to_go_on(self) -> bool:
        """The client sends its body once it is told to (RFC 9110, section 10.1.1)."""
        return self.head is not None and not self.whole and "100-continue" in map(str.lower, self.head.values("expect"))

    def _read_body(self, head: Head) -> None:
        if any("chunked" in value.lower() for value in head.values("transfer-encoding")):
            joined = unchunked(bytes(self._data))
            self.whole = joined is not None
            self.body = joined or b""
            return
        length = int((head.values("content-length") or ["0"])[0])
        self.body = bytes(self._data[:length])
        self.whole = len(self.body) == length


def _head(raw: bytes) -> Head:
    first, *lines = raw.decode("utf-8", "surrogateescape").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    return Head(method, target, tuple((name, value.strip(" \t")) for name, _, value in pairs))


def unchunked(data: bytes) -> bytes | None:
    """The body that chunks make; None while the last of them is not there. Trailers are left out."""
    pieces: list[bytes] = []
    at = 0
    while True:
        end = data.find(b"\r\n", at)
        if end < 0:
            return None
        size = int(data[at:end].partition(b";")[0], 16)
        at = end + 2
        if size == 0:
            return b"".join(pieces) if data.startswith(b"\r\n", at) or _END in data[at:] else None
        if len(data) < at + size + 2:
            return None
        pieces.append(data[at : at + size])
        at += size + 2


def rendered(outcome: Outcome, method: str) -> bytes:
    """The bytes of an outcome: a reply, or the beginning of one, or what came instead, or nothing."""
    breaks = isinstance(outcome, HttpFailure)
    reply = outcome.reply if isinstance(outcome, HttpFailure) else outcome
    if reply is None:
        return _instead(outcome)
    headers, body = (begun if breaks else framed)(reply, method)
    head = _head_of(reply, headers)
    if method.upper() == "HEAD" or reply.status in NO_BODY:
        return head
    codings = [value.lower() for name, value in headers if name.lower() == "transfer-encoding"]
    chunked = any("chunked" in coding for coding in codings)
    return head + (_in_chunks(body, reply.chunks, ends=not breaks) if chunked else body)


def _instead(outcome: Outcome) -> bytes:
    """What came in the place of a reply, before the connection was closed; see :class:`HttpFailure`."""
    came = outcome.text if isinstance(outcome, HttpFailure) and outcome.kind == "closed" else ""
    return came.encode("utf-8", "surrogateescape")


def ends_by_itself(reply: HttpReply, method: str) -> bool:
    """Does the client know where the reply ends? If not, only the end of the connection says so."""
    if method.upper() == "HEAD" or reply.status in NO_BODY:
        return True
    return not _LENGTHS.isdisjoint([name.lower() for name, _ in reply.headers])


def _head_of(reply: HttpReply, headers: Headers) -> bytes:
    version = reply.version if reply.version.startswith("1.") else "1.1"  # later ones are not written as text
    lines = [f"HTTP/{version} {reply.status} {reply.reason}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + _END


def _in_chunks(body: bytes, sizes: tuple[int, ...], *, ends: bool) -> bytes:
    """A body in chunks of these sizes; in a single one where they do not fit it. One that breaks off promises more."""
    if sum(sizes) != len(body) if ends else sum(sizes) < len(body) or not sizes:
        sizes = (len(body) + (not ends),) if body else ()
    pieces: list[bytes] = []
    at = 0
    for size in sizes:
        piece = body[at : at + size]
        at += size
        pieces.append(b"%x\r\n%s" % (size, piece) + (b"\r\n" if len(piece) == size else b""))
    return b"".join(pieces) + (b"0\r\n\r\n" if ends else b"")

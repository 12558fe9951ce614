"""Plain requests and replies of urllib3, made without being written and parsed: most of them are, and it costs a fraction.

A request is plain where text in ASCII goes to a path, and a reply where its body is not chunked. What is made here is held
against what urllib3 and ``http.client`` make of the same by a test.
"""

from __future__ import annotations

import inspect
import io
from functools import lru_cache
from http.client import HTTPMessage
from http.client import HTTPResponse as StandardResponse
from typing import TYPE_CHECKING, Any

from urllib3._collections import HTTPHeaderDict
from urllib3.connection import _get_default_user_agent
from urllib3.response import HTTPResponse
from urllib3.util.request import SKIP_HEADER, body_to_chunks

from autogen_harness.cassettes.backends.bodies import Body
from autogen_harness.cassettes.wire.captured import as_latin
from autogen_harness.cassettes.wire.framing import NO_BODY, framed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autogen_harness.model import Headers, HttpReply


def request_as_sent(conn: Any, method: str, url: str, options: Mapping[str, Any]) -> tuple[Headers, bytes] | None:
    """Headers and body as ``urllib3.connection.HTTPConnection.request`` sends them; None where the request is not plain."""
    body = options.get("body")
    if options.get("chunked") or conn.proxy or not url.startswith("/") or not (body is None or isinstance(body, (bytes, str))):
        return None
    if not (url.isascii() and url.isprintable() and " " not in url and method.isalpha()):
        return None
    pieces, length = body_to_chunks(body, method=method, blocksize=conn.blocksize)
    written = headers_as_sent(conn.host, conn.port, conn.default_port, length, options.get("headers"))
    return None if written is None else (written, b"".join(pieces) if pieces else b"")


def headers_as_sent(
    host: str, port: int, default_port: int, length: int | None, headers: Mapping[str, Any] | None
) -> Headers | None:
    """What ``urllib3.connection.HTTPConnection.request`` sends before a body of this length; None where it is not plain."""
    try:
        return _written(host, port, default_port, length, _pairs(headers))
    except TypeError:  # a value that has no hash, and so is no text
        return None


def _pairs(headers: Any) -> Headers:
    """Names and values. The dictionary of requests makes its items one by one of pairs that it has."""
    if not headers:
        return ()
    return tuple(headers._store.values() if headers.__class__.__module__ == "requests.structures" else headers.items())


@lru_cache(maxsize=64)
def _written(host: str, port: int, default_port: int, length: int | None, given: Headers) -> Headers | None:
    """The given headers, behind what ``http.client`` and urllib3 add unless these say it; None where something is not plain.

    A session always sends the same, and the ledger keeps it once.
    """
    names = {name.lower() for name, _ in given} if all(map(_is_text, given)) else {"transfer-encoding"}
    if "transfer-encoding" in names or ":" in host or not host.isascii():
        return None
    own = {
        "Host": host if port == default_port else f"{host}:{port}",
        "Accept-Encoding": "identity",
        "Content-Length": None if length is None else str(length),
        "User-Agent": _get_default_user_agent(),
    }
    return (*((name, value) for name, value in own.items() if value is not None and name.lower() not in names), *given)


def _is_text(header: tuple[Any, Any]) -> bool:
    name, value = header
    if type(name) is not str or type(value) is not str or value == SKIP_HEADER:
        return False
    text = name + value
    return text.isascii() and text.isprintable() and bool(name) and name.isprintable() and ":" not in name and name[0] != " "


_EXTRA: dict[str, Any] = {
    name: value
    for name, value in {"version_string": "HTTP/1.1", "sock_shutdown": lambda _how: None}.items()
    if name in inspect.signature(HTTPResponse).parameters  # they came with urllib3 2.2 and 2.3
}


def is_plain(reply: HttpReply) -> bool:
    """Is there nothing in it to be parsed?"""
    return "transfer-encoding" not in [name.lower() for name, _ in reply.headers]


def reply_as_read(reply: HttpReply, method: str, url: str, options: Mapping[str, Any], *, bare: bool = False) -> HTTPResponse:
    """The response that ``urllib3.connection.HTTPConnection.getresponse`` makes, its body waiting to be read.

    A ``bare`` one has no response of ``http.client`` behind it, unless cookies are to be looked for there.
    """
    framed_headers, body = framed(reply, method)
    pairs = [(name, value if value.isascii() else as_latin(value)) for name, value in framed_headers]
    held = _held(pairs)
    headers: Any = HTTPHeaderDict()
    headers._container = held
    original: Any = None if bare and "set-cookie" not in held else _begun(reply, pairs, held, body, method)
    return HTTPResponse(
        body=Body(body) if original is None else original,
        headers=headers,
        status=reply.status,
        version=_VERSIONS.get(reply.version, 11),
        reason=_reason(reply.reason),
        preload_content=options.get("preload_content", True),
        decode_content=options.get("decode_content", True),
        original_response=original,
        enforce_content_length=options.get("enforce_content_length", True),
        request_method=method,
        request_url=url,
        **_EXTRA,
    )


def _held(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Headers as ``HTTPHeaderDict.add`` leaves them: by its name in small letters each, as first written, and its values."""
    held = {name.lower(): [name, value] for name, value in pairs}
    if len(held) < len(pairs):
        held = {}
        for name, value in pairs:
            held.setdefault(name.lower(), [name]).append(value)
    return held


_VERSIONS = {"1.0": 10}
"""In the numbers of ``http.client``, where it is not 11; later versions are not written as text."""


@lru_cache(maxsize=64)
def _reason(reason: str) -> str:
    return as_latin(reason).strip()


class _Body:
    """All that a response of ``http.client`` asks of a socket."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._body)


def _begun(
    reply: HttpReply, pairs: list[tuple[str, str]], held: Mapping[str, list[str]], body: bytes, method: str
) -> StandardResponse:
    """A response of ``http.client`` whose head has been read: what its ``begin`` leaves behind."""
    made: Any = StandardResponse(_Body(body), method=method)  # type: ignore[arg-type]  # the part of a socket that it uses
    made.headers = made.msg = HTTPMessage()
    made.msg._headers = pairs
    made.status = made.code = reply.status
    made.reason, made.version = _reason(reply.reason), _VERSIONS.get(reply.version, 11)
    made.chunked = False
    made.length = 0 if method == "HEAD" or reply.status in NO_BODY else _length(held.get("content-length"))
    made.will_close = made.length is None or made._check_close()
    return made  # type: ignore[no-any-return]  # of a class whose attributes typeshed declares otherwise


def _length(header: list[str] | None) -> int | None:
    """What a header promises, given by its name and its values; the first one counts."""
    try:
        length = int(header[1]) if header else -1
    except ValueError:
        return None
    return None if length < 0 else length

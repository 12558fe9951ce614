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

from autogen_harness.cassettes.wire.captured import as_latin
from autogen_harness.cassettes.wire.framing import NO_BODY, framed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autogen_harness.model import Headers, HttpReply


def request_as_sent(
    conn: Any,
    method: str,
    url: str,
    *,
    body: Any = None,
    headers: Mapping[str, Any] | None = None,
    chunked: bool = False,
    **_options: Any,
) -> tuple[Headers, bytes] | None:
    """Headers and body as ``urllib3.connection.HTTPConnection.request`` sends them; None where the request is not plain."""
    if chunked or conn.proxy or not url.startswith("/") or not (body is None or isinstance(body, (bytes, str))):
        return None
    if not (url.isascii() and url.isprintable() and " " not in url and method.isalpha()):
        return None
    given = tuple(headers.items()) if headers else ()
    try:
        names = _names(given)
    except TypeError:  # a value that has no hash, and so is no text
        return None
    pieces, length = body_to_chunks(body, method=method, blocksize=conn.blocksize)
    added = None if names is None else _added(conn.host, conn.port, conn.default_port, names, length)
    return None if added is None else (added + given, b"".join(pieces) if pieces else b"")


@lru_cache(maxsize=64)
def _names(given: Headers) -> frozenset[str] | None:
    """The names of headers that are plain text, in small letters; None where they are not. A session always sends the same."""
    names = frozenset(name.lower() for name, _ in given) if all(map(_is_text, given)) else None
    return None if names is None or "transfer-encoding" in names else names


@lru_cache(maxsize=64)
def _added(host: str, port: int, default_port: int, names: frozenset[str], length: int | None) -> Headers | None:
    """What ``http.client`` and urllib3 put before the given headers, unless these say it; None where the host is not plain."""
    if ":" in host or not host.isascii():
        return None
    own = {
        "Host": host if port == default_port else f"{host}:{port}",
        "Accept-Encoding": "identity",
        "Content-Length": None if length is None else str(length),
        "User-Agent": _get_default_user_agent(),
    }
    return tuple((name, value) for name, value in own.items() if value is not None and name.lower() not in names)


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


def reply_as_read(reply: HttpReply, method: str, url: str, options: Mapping[str, Any]) -> HTTPResponse:
    """The response that ``urllib3.connection.HTTPConnection.getresponse`` makes, its body waiting to be read."""
    framed_headers, body = framed(reply, method)
    pairs = [(name, value if value.isascii() else as_latin(value)) for name, value in framed_headers]
    original: Any = _begun(reply, pairs, body, method)
    headers = HTTPHeaderDict()
    for name, value in pairs:  # as its own extend() does, once that has found out what it was given
        headers.add(name, value)
    return HTTPResponse(
        body=original,
        headers=headers,
        status=original.status,
        version=original.version,
        reason=original.reason,
        preload_content=options.get("preload_content", True),
        decode_content=options.get("decode_content", True),
        original_response=original,
        enforce_content_length=options.get("enforce_content_length", True),
        request_method=method,
        request_url=url,
        **_EXTRA,
    )


class _Body:
    """All that a response of ``http.client`` asks of a socket."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._body)


def _begun(reply: HttpReply, headers: list[tuple[str, str]], body: bytes, method: str) -> StandardResponse:
    """A response of ``http.client`` whose head has been read: what its ``begin`` leaves behind."""
    made: Any = StandardResponse(_Body(body), method=method)  # type: ignore[arg-type]  # the part of a socket that it uses
    made.headers = made.msg = HTTPMessage()
    made.msg._headers = headers
    made.status = made.code = reply.status
    made.reason, made.version = as_latin(reply.reason).strip(), 10 if reply.version == "1.0" else 11
    made.chunked = False
    made.length = _length(made, method)
    made.will_close = made.length is None or made._check_close()
    return made  # type: ignore[no-any-return]  # of a class whose attributes typeshed declares otherwise


def _length(made: Any, method: str) -> int | None:
    if method == "HEAD" or made.status in NO_BODY:
        return 0
    if "content-length" not in [name.lower() for name, _ in made.msg._headers]:
        return None
    try:
        length = int(made.msg["content-length"])
    except ValueError:
        return None
    return None if length < 0 else length

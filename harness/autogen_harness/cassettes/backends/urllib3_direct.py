"""Plain requests and replies of urllib3, made without being written and parsed: most of them are, and it costs a fraction.

A request is plain where text in ASCII goes to a path, and a reply where its body is not chunked. What is made here is held
against what urllib3 and ``http.client`` make of the same by a test.
"""

from __future__ import annotations

import inspect
import io
from http.client import HTTPMessage
from http.client import HTTPResponse as StandardResponse
from typing import TYPE_CHECKING, Any

from urllib3._collections import HTTPHeaderDict
from urllib3.connection import _get_default_user_agent
from urllib3.response import HTTPResponse
from urllib3.util.request import SKIP_HEADER, body_to_chunks

from autogen_harness.cassettes.captured import as_latin
from autogen_harness.cassettes.framing import NO_BODY, framed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    given = tuple((headers or {}).items())
    if chunked or conn.proxy or not url.startswith("/") or not (body is None or isinstance(body, (bytes, str))):
        return None
    if not all(map(_is_text, given)) or not (url.isascii() and url.isprintable() and " " not in url and method.isalpha()):
        return None
    names = {name.lower() for name, _ in given}
    if "transfer-encoding" in names or ":" in conn.host or not conn.host.isascii():
        return None
    pieces, length = body_to_chunks(body, method=method, blocksize=conn.blocksize)
    return (*_added(conn, names, length), *given), b"".join(pieces or ())


def _added(conn: Any, names: set[str], length: int | None) -> Iterable[tuple[str, str]]:
    """What ``http.client`` and urllib3 put before the given headers, unless these say it."""
    if "host" not in names:
        yield "Host", conn.host if conn.port == conn.default_port else f"{conn.host}:{conn.port}"
    if "accept-encoding" not in names:
        yield "Accept-Encoding", "identity"
    if length is not None and "content-length" not in names:
        yield "Content-Length", str(length)
    if "user-agent" not in names:
        yield "User-Agent", _get_default_user_agent()


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
    return not any(name.lower() == "transfer-encoding" for name, _ in reply.headers)


def reply_as_read(reply: HttpReply, method: str, url: str, options: Mapping[str, Any]) -> HTTPResponse:
    """The response that ``urllib3.connection.HTTPConnection.getresponse`` makes, its body waiting to be read."""
    headers, body = framed(reply, method)
    pairs = [(name, as_latin(value)) for name, value in headers]
    original: Any = _begun(reply, pairs, body, method)
    return HTTPResponse(
        body=original,
        headers=HTTPHeaderDict(pairs),
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
    made.will_close = made._check_close() or made.length is None
    return made  # type: ignore[no-any-return]  # of a class whose attributes typeshed declares otherwise


def _length(made: Any, method: str) -> int | None:
    if method == "HEAD" or made.status in NO_BODY:
        return 0
    try:
        length = int(made.msg.get("content-length", "-1"))
    except ValueError:
        return None
    return None if length < 0 else length

"""How a connection fails, in the words of the standard library, which every client in Python builds on: both ways."""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl
from http.client import HTTPException
from typing import TYPE_CHECKING

from autogen_harness.model import HttpFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autogen_harness.model import FailureKind, HttpReply

CONNECTING: frozenset[FailureKind] = frozenset({"unresolved", "refused", "connect-timeout", "tls"})
"""The kinds that happen before a request is sent."""

_NUMBERED = re.compile(r"\[Errno (-?\d+)\] (.*)", re.DOTALL)


def failure(error: BaseException, *, connected: bool, reply: HttpReply | None = None) -> HttpFailure | None:
    """What an exception of a socket, or of ``http.client``, means.

    Args:
        error: what was raised.
        connected: the connection was made, and the request is on its way.
        reply: the beginning of a reply that had come.

    Returns:
        None where it is no failure of the connection, such as a refusal of the network guard.
    """
    if isinstance(error, OSError):
        kind = _after(error) if connected else _before(error)
        return HttpFailure(kind, reply, _words(error, kind))
    return HttpFailure("closed", reply) if isinstance(error, HTTPException) else None


def _before(error: OSError) -> FailureKind:
    if isinstance(error, socket.gaierror):
        return "unresolved"
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, TimeoutError):
        return "connect-timeout"
    return "reset" if isinstance(error, ConnectionResetError) else "refused"


def _after(error: OSError) -> FailureKind:
    if isinstance(error, TimeoutError):
        return "read-timeout"
    return "closed" if isinstance(error, (HTTPException, ssl.SSLEOFError)) else "reset"


def _words(error: OSError, kind: FailureKind) -> str:
    """What the system said, where :func:`raised` would not say the same by itself."""
    text = str(error)
    usual = _USUAL.get(kind)
    return "" if usual is None or text == str(usual("")) else text


def raised(failed: HttpFailure) -> OSError:
    """The exception that a socket raises for a failure; a ``closed`` connection raises none by itself, and is told as reset."""
    numbered = _NUMBERED.fullmatch(failed.text)
    if numbered is None or failed.kind == "tls":
        return _USUAL.get(failed.kind, _reset)(failed.text)
    make = socket.gaierror if failed.kind == "unresolved" else OSError
    return make(int(numbered[1]), numbered[2])


def _reset(_text: str) -> OSError:
    return ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))


def _refused(text: str) -> OSError:
    if text.startswith("Tunnel"):  # by a proxy: http.client's own words, and no number
        return OSError(text)
    return ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))


def _untrusted(text: str) -> OSError:
    kind = ssl.SSLCertVerificationError if "CERTIFICATE_VERIFY_FAILED" in text or not text else ssl.SSLError
    return kind(1, text or "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")


_USUAL: Mapping[FailureKind, Callable[[str], OSError]] = {
    "unresolved": lambda text: socket.gaierror(socket.EAI_NONAME, text or "Name or service not known"),
    "refused": _refused,
    "connect-timeout": lambda _: TimeoutError("timed out"),
    "tls": _untrusted,
    "read-timeout": lambda _: TimeoutError("timed out"),
    "reset": _reset,
}
"""The exception of each kind, given the words of the system or ""."""

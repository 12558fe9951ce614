"""Failures of connections as aiohttp's own connectors raise them, and back."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.helpers import ceil_timeout

from autogen_harness.cassettes.backends.letting_pass import let_pass
from autogen_harness.model import HttpFailure

if TYPE_CHECKING:
    from aiohttp import ClientRequest, ClientTimeout

    from autogen_harness.model import Delivery, FailureKind, HttpReply

# aiohttp 3.10 gave these errors classes of their own; before, both were their common parent.
_ConnectTimeout = getattr(aiohttp, "ConnectionTimeoutError", aiohttp.ServerTimeoutError)
_Unresolved = getattr(aiohttp, "ClientConnectorDNSError", aiohttp.ClientConnectorError)

_BEFORE = frozenset({"unresolved", "refused", "connect-timeout", "tls"})
"""Kinds of failures after which there is no connection to send anything on."""

_UNTRUSTED = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"


async def fail_to_connect(met: Delivery, req: ClientRequest, timeout: ClientTimeout, *, waited: bool) -> None:
    """Wait as a connection that fails makes wait, and raise what aiohttp's connectors raise; return where it is made.

    Args:
        met: what the request meets.
        req: the request.
        timeout: its limits.
        waited: the time has passed already, on a real connection.

    Raises:
        asyncio.TimeoutError: a limit of the connection struck, or none could. aiohttp makes its own class of it.
        ClientConnectorError: or one of its kin.
    """
    failure = met.outcome
    if not isinstance(failure, HttpFailure) or failure.kind not in _BEFORE:
        return
    limits = [limit for limit in (timeout.connect, timeout.sock_connect) if limit]
    if failure.kind == "connect-timeout" and (waited or not (limits or timeout.total)):
        raise asyncio.TimeoutError
    async with ceil_timeout(min(limits, default=None)):
        await let_pass(None if failure.kind == "connect-timeout" else met.seconds)
    raise _raised(failure, req)


def too_late(req: ClientRequest) -> Exception:
    """What aiohttp makes of a connection that did not come in time."""
    error: Exception = _ConnectTimeout(f"Connection timeout to host {req.url}")
    return error


def _raised(failure: HttpFailure, req: ClientRequest) -> Exception:
    cause: Any
    if failure.kind == "unresolved":
        made, cause = _Unresolved, socket.gaierror(socket.EAI_NONAME, failure.text or "Name or service not known")
    elif failure.kind == "refused":
        text = failure.text or f"Connect call failed {(req.url.raw_host, req.url.port)}"
        made, cause = aiohttp.ClientConnectorError, ConnectionRefusedError(111, text)
    elif "certificate" in (failure.text or _UNTRUSTED).lower():
        made, cause = aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError(1, failure.text or _UNTRUSTED)
    else:
        made, cause = aiohttp.ClientConnectorSSLError, ssl.SSLError(1, failure.text)
    error: Exception = made(req.connection_key, cause)
    error.__cause__ = cause
    return error


def not_connected(error: BaseException) -> HttpFailure | None:
    """What an exception says of a connection that was not made; None where it is no account of the network."""
    if isinstance(error, asyncio.TimeoutError):
        return HttpFailure("connect-timeout")
    if isinstance(error, (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError)):
        return HttpFailure("tls", text=_words(error.__cause__ or error))
    if isinstance(error, aiohttp.ClientConnectorError) and not isinstance(error, aiohttp.ClientProxyConnectionError):
        unresolved = isinstance(error.os_error, socket.gaierror) or type(error) is not aiohttp.ClientConnectorError
        return HttpFailure("unresolved" if unresolved else "refused", text=_words(error.os_error))
    return None


def broken(error: BaseException, lost: BaseException | None, begun: HttpReply | None) -> HttpFailure | None:
    """What an exception says of a connection on which the reply did not come whole; None where it is not of the network.

    Args:
        error: what reading the reply ended in.
        lost: how the connection was lost, where it was; None if the peer closed it in order.
        begun: what had come of the reply.
    """
    if isinstance(error, asyncio.TimeoutError):
        return HttpFailure("read-timeout", begun)
    if not isinstance(error, (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError)):
        return None
    kind: FailureKind = "closed" if lost is None else "reset"
    usual = lost is None or getattr(lost, "errno", 104) == 104
    return HttpFailure(kind, begun, "" if usual else _words(lost))


def _words(error: BaseException | None) -> str:
    return str(getattr(error, "strerror", None) or error)

"""Failures of connections as aiohttp's own connectors raise them, and back."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.helpers import ceil_timeout

from autogen_harness.cassettes.backends.letting_pass import let_pass
from autogen_harness.cassettes.wire.failures import CONNECTING, failure, raised
from autogen_harness.model import HttpFailure

if TYPE_CHECKING:
    from aiohttp import ClientRequest, ClientTimeout

    from autogen_harness.model import Delivery, HttpReply

# aiohttp 3.10 gave these errors classes of their own; before, both were their common parent.
_ConnectTimeout = getattr(aiohttp, "ConnectionTimeoutError", aiohttp.ServerTimeoutError)
_Unresolved = getattr(aiohttp, "ClientConnectorDNSError", aiohttp.ClientConnectorError)


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
    failed = met.outcome
    if not isinstance(failed, HttpFailure) or failed.kind not in CONNECTING:
        return
    limits = [limit for limit in (timeout.connect, timeout.sock_connect) if limit]
    if failed.kind == "connect-timeout" and (waited or not (limits or timeout.total)):
        raise asyncio.TimeoutError
    async with ceil_timeout(min(limits, default=None)):
        await let_pass(None if failed.kind == "connect-timeout" else met.seconds)
    raise _raised(failed, req)


def too_late(req: ClientRequest) -> Exception:
    """What aiohttp makes of a connection that did not come in time."""
    error: Exception = _ConnectTimeout(f"Connection timeout to host {req.url}")
    return error


def _raised(failed: HttpFailure, req: ClientRequest) -> Exception:
    cause: Any = raised(failed)
    if isinstance(cause, ssl.SSLCertVerificationError):
        made: Any = aiohttp.ClientConnectorCertificateError
    elif isinstance(cause, ssl.SSLError):
        made = aiohttp.ClientConnectorSSLError
    else:
        made = _Unresolved if failed.kind == "unresolved" else aiohttp.ClientConnectorError
    error: Exception = made(req.connection_key, cause)
    error.__cause__ = cause
    return error


def not_connected(error: BaseException) -> HttpFailure | None:
    """What an exception says of a connection that was not made; None where it is no account of the network."""
    if isinstance(error, asyncio.TimeoutError):
        return HttpFailure("connect-timeout")
    known = isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ClientConnectorCertificateError))
    if not known or isinstance(error, aiohttp.ClientProxyConnectionError):
        return None
    failed = failure(error.__cause__ or error, connected=False)
    unresolved = failed is not None and _Unresolved is type(error) is not aiohttp.ClientConnectorError
    return replace(failed, kind="unresolved") if failed is not None and unresolved else failed


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
    return HttpFailure("closed", begun) if lost is None else failure(lost, connected=True, reply=begun)

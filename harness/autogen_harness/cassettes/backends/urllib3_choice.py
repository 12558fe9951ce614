"""Which backend answers the urllib3 that is installed. Imports nothing that an old one lacks."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from urllib3.connectionpool import HTTPConnectionPool

from autogen_harness.cassettes.backends import InsteadOf

if TYPE_CHECKING:
    from autogen_harness.cassettes.backends import Backend, Desk

_NEEDED = {"conn", "method", "url", "timeout", "response_conn", "preload_content", "enforce_content_length"}
"""Parameters of ``_make_request`` as urllib3 has had them since 2.0."""


def backend(desk: Desk) -> Backend:
    """The driver.

    Raises:
        InsteadOf: it does not know this urllib3, which is older than 2.0; what stands on ``responses`` does.
    """
    _check()
    from autogen_harness.cassettes.backends.urllib3 import Urllib3Backend

    return Urllib3Backend(desk)


def adapter(desk: Desk) -> Backend:
    """The driver of requests' adapters, which stands on that of urllib3.

    Raises:
        InsteadOf: as for :func:`backend`.
    """
    _check()
    from autogen_harness.cassettes.backends.adapter import AdapterBackend

    return AdapterBackend(desk)


def _check() -> None:
    if not set(inspect.signature(HTTPConnectionPool._make_request).parameters) >= _NEEDED:
        name = "responses"
        raise InsteadOf(name, "urllib3", "it is older than 2.0")

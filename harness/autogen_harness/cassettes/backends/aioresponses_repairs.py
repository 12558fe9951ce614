"""The repairs of ``aioresponses`` 0.7.9 for aiohttp 3.14 (aioresponses issue 289), for the mocks of the user as well.

Without effect where aioresponses has them itself: ``stream_writer`` is asked for by its name, and what is given wins.
"""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import aiohttp
from aiohttp import ClientResponse
from aiohttp.client_proto import ResponseHandler
from aioresponses import aioresponses, core
from yarl import URL

from autogen_harness.cassettes.backends import Missed, Patcher
from autogen_harness.cassettes.backends.aiohttp_direct import WRITER


class Repaired(ClientResponse):
    """Takes the argument that aiohttp 3.14 wants and aioresponses does not give; without effect once it does."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**WRITER, **options})


class _Unpaused(ResponseHandler):
    """Has the whole body from the start, so there is no peer to slow down. aiohttp 3.14 asserts that there is one."""

    def pause_reading(self) -> None:
        """Called when more than 128 KiB are waiting to be read."""

    def resume_reading(self, *_args: Any, **_options: Any) -> None:
        """Called when they have been read."""


def reader(loop: Any = None) -> aiohttp.StreamReader:
    """Where a body waits to be read."""
    return aiohttp.StreamReader(_Unpaused(loop=loop), limit=2**16, loop=loop)


def watchers(missed: Missed) -> list[Patcher]:
    """See :func:`autogen_harness.cassettes.backends.watchers`."""
    return [
        patch.object(core, "ClientResponse", Repaired),
        patch.object(core, "stream_reader_factory", reader),
        patch.object(aioresponses, "match", _watched(missed)),
    ]


def _watched(missed: Missed) -> Any:
    """``aioresponses.match`` that reports the misses of mocks which are not ours, once."""
    original: Any = aioresponses.match
    if getattr(original, "missed", None) == missed:
        return original

    async def match(mock: aioresponses, method: str, url: URL, *args: Any, **options: Any) -> Any:
        found = await original(mock, method, url, *args, **options)
        if found is None and not mock.passthrough_unmatched:
            missed(method.upper(), str(url), "aioresponses object")
        return found

    match.missed = missed  # type: ignore[attr-defined]  # by which it is known again
    return match

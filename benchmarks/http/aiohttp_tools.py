"""One GET with ``aiohttp``, read as JSON, from a cassette of many, by each tool."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from corpus import ANSWERED, body, file_of, url
from multidict import CIMultiDict, CIMultiDictProxy

_WRITER = {"stream_writer": SimpleNamespace(output_size=0)}
_EXTRA = _WRITER if "stream_writer" in inspect.signature(aiohttp.ClientResponse.__init__).parameters else {}

Opened = AbstractAsyncContextManager[aiohttp.ClientSession]


class _Repaired(aiohttp.ClientResponse):
    """What aioresponses 0.7.9 needs with aiohttp 3.14."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**_EXTRA, **options})


async def _nothing(request: Any, _handler: Any) -> aiohttp.ClientResponse:
    """The floor: a middleware that builds a response, with nothing looked up."""
    loop = asyncio.get_running_loop()
    parts: dict[str, Any] = {"writer": None, "continue100": None, "timer": None, "traces": [], "loop": loop}
    made = _Repaired(request.method, request.url, request_info=request.request_info, session=request.session, **parts)
    made.status, made.reason, made._headers, made._raw_headers = 200, "OK", CIMultiDictProxy(CIMultiDict(ANSWERED)), ()
    made.content = aiohttp.StreamReader(ResponseHandler(loop), 2**16, loop=loop)
    made.content.feed_data(b"{}")
    made.content.feed_eof()
    made._closed = False
    return made


def nothing() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(middlewares=(_nothing,))


@asynccontextmanager
async def _ours(folder: Path, count: int, backend: tuple[str, ...] = ()) -> AsyncIterator[aiohttp.ClientSession]:
    from autogen_harness import Harness
    from autogen_harness.settings import Settings

    path = file_of(folder, "ours", count)
    with Harness(root=folder, settings=Settings(cassettes=".", backend=backend)) as harness:
        harness.http.play(path.stem, optional=True)
        async with aiohttp.ClientSession() as session:
            yield session


def ours(folder: Path, count: int) -> Opened:
    return _ours(folder, count)


def ours_above_connections(folder: Path, count: int) -> Opened:
    return _ours(folder, count, ("middleware",))


def ours_on_aioresponses(folder: Path, count: int) -> Opened:
    return _ours(folder, count, ("aioresponses",))


@asynccontextmanager
async def vcrpy(folder: Path, count: int) -> AsyncIterator[aiohttp.ClientSession]:
    import vcr

    path = file_of(folder, "vcrpy-yaml", count)
    with vcr.VCR(record_mode="none").use_cassette(str(path)):
        async with aiohttp.ClientSession() as session:
            yield session


@asynccontextmanager
async def cassetter(folder: Path, count: int) -> AsyncIterator[aiohttp.ClientSession]:
    import cassetter as library

    with library.use_cassette(str(file_of(folder, "cassetter", count)), record_mode="none", intercept=["aiohttp"]):
        async with aiohttp.ClientSession() as session:
            yield session


@asynccontextmanager
async def aioresponses(_: Path, count: int) -> AsyncIterator[aiohttp.ClientSession]:
    from aioresponses import aioresponses as library

    with library() as mocked:
        for number in range(count):
            mocked.get(url(number), body=body(number), content_type="application/json", response_class=_Repaired)
        async with aiohttp.ClientSession() as session:
            yield session


TOOLS: dict[str, Callable[[Path, int], Opened]] = {
    "autogen-harness (default)": ours,
    "autogen-harness, backend=middleware": ours_above_connections,
    "autogen-harness, backend=aioresponses": ours_on_aioresponses,
    "vcrpy": vcrpy,
    "cassetter": cassetter,
    "aioresponses": aioresponses,
}
SCANS = {"vcrpy"}

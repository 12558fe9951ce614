"""Measure one tool, in a process of its own: prints one line of JSON. Called by run.py.

    python measure.py requests|aiohttp|load TOOL COUNT FOLDER

Time is the CPU's, for the machine may be busy, and the floor is measured in the same process, before and after: what counts is
the ratio.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import chosen, file_of, url

if TYPE_CHECKING:
    import aiohttp

ROUND = 400
FEW = 15


def main() -> None:
    what, tool, count, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    measured = {"requests": _requests, "aiohttp": lambda *args: asyncio.run(_aiohttp(*args)), "load": _load}[what]
    print(json.dumps(measured(tool, count, folder)))


def _requests(tool: str, count: int, folder: Path) -> dict[str, float]:
    import requests_tools as tools

    floor = tools.nothing()
    numbers = chosen(count, _most(tool, tools.SCANS, count))
    with tools.TOOLS[tool](folder, count) as session:
        first, *others = numbers
        session.get(url(first))  # connection pools and caches are warm
        gc.collect()
        floors, taken = [_each(floor.get, others, 3)], _each(lambda url: session.get(url).content, others)
        floors.append(_each(floor.get, others, 3))
    return {"seconds": taken, "floor": min(floors)}


def _most(tool: str, scans: set[str], count: int) -> int:
    return ROUND if tool not in scans or count <= 100 else FEW


def _each(get: Callable[[str], object], numbers: list[int], times: int = 1) -> float:
    """Seconds for one request."""
    taken = []
    for _ in range(times):
        begun = time.process_time()
        for number in numbers:
            get(url(number))
        taken.append((time.process_time() - begun) / len(numbers))
    return min(taken)


async def _aiohttp(tool: str, count: int, folder: Path) -> dict[str, float]:
    import aiohttp_tools as tools

    numbers = chosen(count, _most(tool, tools.SCANS, count))

    async def each(session: aiohttp.ClientSession) -> float:
        begun = time.process_time()
        for number in numbers[1:]:
            async with session.get(url(number)) as reply:
                await reply.json()
        return (time.process_time() - begun) / len(numbers[1:])

    async with tools.nothing() as session:
        await each(session)
        floors = [await each(session) for _ in range(3)]
    async with tools.TOOLS[tool](folder, count) as session:
        async with session.get(url(numbers[0])) as reply:
            await reply.json()
        gc.collect()
        taken = await each(session)
    return {"seconds": taken, "floor": min(floors)}


def _load(tool: str, count: int, folder: Path) -> dict[str, float]:
    """Seconds until the first request can be made, and those that the standard library takes to parse the plain form."""
    import requests_tools as tools

    path = file_of(folder, "ours", count)
    with tools.TOOLS[tool](folder, 10):
        pass  # imports and caches are warm
    begun = time.process_time()
    json.loads(path.read_text(encoding="utf-8"))
    floor, begun = time.process_time() - begun, time.process_time()
    with tools.TOOLS[tool](folder, count):
        taken = time.process_time() - begun
    return {"seconds": taken, "floor": floor}


if __name__ == "__main__":
    main()

"""Measure one tool, in a process of its own: prints one line of JSON. Called by run.py.

    python measure.py requests|aiohttp|load TOOL COUNT FOLDER

Time is the CPU's, for the machine may be busy, and the floor is measured in the same process, before and after: what counts is
the ratio.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import chosen, file_of, url

if TYPE_CHECKING:
    import aiohttp

ROUND = 400
WARM = 100
"""Requests, from a small cassette, before anything is measured: else the smallest cassettes would measure code that is cold."""

FEW = 15
PART = 50


def main() -> None:
    what, tool, count, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    measured = {"requests": _requests, "aiohttp": lambda *args: asyncio.run(_aiohttp(*args)), "load": _load}[what]
    print(json.dumps(measured(tool, count, folder)))


def _requests(tool: str, count: int, folder: Path) -> dict[str, float]:
    import requests_tools as tools

    floor, fresh = tools.nothing(), itertools.count(count)
    first, *others = chosen(count, _most(tool, tools.SCANS, count))
    _each(floor.get, _next(fresh, ROUND))
    with tools.TOOLS[tool](folder, WARM) as session:
        _each(session.get, chosen(WARM, WARM))
    with tools.TOOLS[tool](folder, count) as session:
        session.get(url(first))
        gc.collect()
        taken = [
            (_each(floor.get, _next(fresh, 100)), _each(lambda url: session.get(url).content, part)) for part in _parts(others)
        ]
    return _medians(taken)


def _next(fresh: Iterator[int], count: int) -> list[int]:
    """Numbers that nothing was asked about yet: of a URL that was seen before the clients keep what they took it apart to."""
    return list(itertools.islice(fresh, count))


def _most(tool: str, scans: set[str], count: int) -> int:
    return ROUND if tool not in scans or count <= 100 else FEW


def _parts(numbers: list[int]) -> list[list[int]]:
    """The requests in parts, between which the floor is measured: the machine is not as fast all the time."""
    return [numbers[at : at + PART] for at in range(0, len(numbers), PART)]


def _medians(taken: list[tuple[float, float]]) -> dict[str, float]:
    floors, seconds = zip(*taken, strict=True)
    return {"seconds": statistics.median(seconds), "floor": statistics.median(floors)}


def _each(get: Callable[[str], object], numbers: list[int]) -> float:
    """Seconds for one request."""
    begun = time.process_time()
    for number in numbers:
        get(url(number))
    return (time.process_time() - begun) / len(numbers)


async def _aiohttp(tool: str, count: int, folder: Path) -> dict[str, float]:
    import aiohttp_tools as tools

    async def each(session: aiohttp.ClientSession, numbers: list[int]) -> float:
        begun = time.process_time()
        for number in numbers:
            async with session.get(url(number)) as reply:
                await reply.json()
        return (time.process_time() - begun) / len(numbers)

    fresh = itertools.count(count)
    first, *others = chosen(count, _most(tool, tools.SCANS, count))
    async with tools.nothing() as floor:
        await each(floor, _next(fresh, ROUND))
        async with tools.TOOLS[tool](folder, WARM) as session:
            await each(session, chosen(WARM, WARM))
        async with tools.TOOLS[tool](folder, count) as session:
            await each(session, [first])
            gc.collect()
            seconds = [await each(session, part) for part in _parts(others)]
        return _medians([(await each(floor, _next(fresh, ROUND)), one) for one in seconds])


def _load(tool: str, count: int, folder: Path) -> dict[str, float]:
    """Seconds until the first request can be made, and those that the standard library takes to parse the plain form.

    Of the floor nothing is garbage, and how often the collector looks depends on what the tool has imported: it is held off.
    """
    import requests_tools as tools

    path = file_of(folder, "ours", count)
    with tools.TOOLS[tool](folder, 10):
        pass  # imports and caches are warm
    gc.disable()
    begun = time.process_time()
    json.loads(path.read_text(encoding="utf-8"))
    floor = time.process_time() - begun
    gc.enable()
    gc.collect()
    begun = time.process_time()
    with tools.TOOLS[tool](folder, count):
        taken = time.process_time() - begun
    return {"seconds": taken, "floor": floor}


if __name__ == "__main__":
    main()

"""Let one way test one tool, with none of its defects and with each; a line of JSON for every run.

    python worker.py list
    python worker.py by_contract get_stock_price 0 1 2

Each defect is tried in a process that is forked for it. If for :data:`PATIENCE` seconds neither a row nor a sign of life
comes, the run that goes on hangs: its process is ended, and another goes on with the next seed.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection
from types import ModuleType

from rows import GONE, HANG, Row
from subjects import MENDED, bench, listed

PATIENCE = 60.0
"""Real seconds."""

MOST_HANGS = 3
"""After so many hung runs of one defect the other seeds are taken to hang too."""

END = "end"
_FORK = multiprocessing.get_context("fork")


def watched(way: ModuleType, tool: str, defect: str, seeds: list[int]) -> Iterator[Row]:
    """The rows of one defect; for a run that hangs or takes its process with it, rows that say so."""
    left, hangs = list(seeds), 0
    while left:
        ours, theirs = _FORK.Pipe(duplex=False)
        process = _FORK.Process(target=_run, args=(way, tool, defect, left, theirs))
        process.start()
        theirs.close()
        while not isinstance(said := _next(ours), str):
            if said is not None:
                yield said
                left = [seed for seed in left if (said.way, said.seed) != (way.WAY, seed)]
        process.kill()
        process.join()
        if said == END:
            return
        hangs += said == HANG
        lost = left if hangs == MOST_HANGS else left[:1]
        yield from (Row(name, seed, {said: None}, 0, None) for seed in lost for name in way.WAYS)
        left = left[len(lost) :]


def _next(line: Connection) -> Row | str | None:
    """The next row, a sign of life, or how it ended. Raises RuntimeError where the way itself is broken."""
    try:
        said = line.recv() if line.poll(PATIENCE) else HANG
    except EOFError:
        return GONE
    if isinstance(said, Exception):
        raise said
    return said


def _run(way: ModuleType, tool: str, defect: str, seeds: list[int], line: Connection) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # standard output carries the rows
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        try:
            for row in way.rows(tool, defect, seeds):
                line.send(row)
            line.send(END)
        except BaseException:  # noqa: BLE001  # whatever it was, it is told
            line.send(RuntimeError(traceback.format_exc()))
        finally:
            os.chdir("/")


def main() -> None:
    """See the module."""
    if sys.argv[1] == "list":
        print(json.dumps(listed()))
        return
    way, tool, *seeds = sys.argv[1:]
    for defect in (MENDED, *(one.id for one in bench(tool).defects)):
        for row in watched(importlib.import_module(way), tool, defect, [int(seed) for seed in seeds]):
            print(json.dumps({"defect": defect, **row._asdict()}), flush=True)


if __name__ == "__main__":
    main()

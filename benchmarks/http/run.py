"""Cassettes side by side, in one run: `make bench-http`.

    python benchmarks/http/run.py             every tool; writes results.json and the tables in docs/cassettes.md
    python benchmarks/http/run.py --quick     fewer rounds and small cassettes; prints only
    python benchmarks/http/run.py --only aiohttp
                                              the others stay as they were measured last

What a request costs in cassettes of 10 to 100,000 interactions, and what it costs to load one, as ratios to a floor that is
measured in the same process: a client whose transport answers at once with nothing looked up, and json.loads of the plain form.
Floor and tool are asked for URLs that neither has seen; a small cassette before the first figure warms the code.
requests reads all of the environment for each request, in the floor too: where that is small, its ratios are larger.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peers import PEERS, put, python

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
SIZES = {
    "requests": (10, 100, 1_000, 10_000, 100_000),
    "aiohttp": (10, 100, 1_000, 10_000, 100_000),
    "load": (100, 1_000, 10_000, 100_000),
}
PATIENCE = {"vcrpy": 10_000, "responses": 10_000, "betamax": 10_000, "aioresponses": 10_000}
"""The largest cassette that a tool is asked with: beyond it one request takes seconds, or registering takes minutes."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure cassettes of each tool in one run.")
    parser.add_argument("--quick", action="store_true", help="two rounds, up to 1,000 interactions; prints only")
    parser.add_argument("--rounds", type=int, default=5, help="rounds for each figure (default: %(default)s)")
    parser.add_argument("--only", nargs="+", choices=SIZES, default=list(SIZES), help="parts to measure (default: all)")
    asked = parser.parse_args()
    if "load" in asked.only and "requests" not in asked.only:
        parser.error(
            "load needs requests before it: some files are written when they are first opened, which would be measured"
        )
    rounds, most = (2, 1_000) if asked.quick else (asked.rounds, 100_000)
    interpreter = python()
    with tempfile.TemporaryDirectory() as folder:
        rows = {what: _rows(interpreter, what, rounds, most, Path(folder)) for what in asked.only}
    rows = {**json.loads(RESULTS.read_text(encoding="utf-8"))["rows"], **rows}
    results = {"date": f"{dt.datetime.now(tz=dt.timezone.utc):%Y-%m-%d}", "peers": PEERS, "rounds": rounds, "rows": rows}
    print("\n".join(tables(results)))
    if not asked.quick:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        put("cassettes.md", "figures", tables(results))
    return 0


def _rows(interpreter: Path, what: str, rounds: int, most: int, folder: Path) -> dict[str, dict[str, float]]:
    """The median ratio by tool and size; the rounds are interleaved. A load is measured once a process: there are more."""
    found: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds * 3 if what == "load" else rounds):
        for tool, count in _asked(what, most):
            done = subprocess.run(
                [str(interpreter), str(HERE / "measure.py"), what, tool, str(count), str(folder)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                print(f"{what} {tool} {count}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                continue
            measured = json.loads(done.stdout.splitlines()[-1])
            found.setdefault((tool, count), []).append(measured["seconds"] / measured["floor"])
    rows: dict[str, dict[str, float]] = {}
    for (tool, count), ratios in found.items():
        rows.setdefault(tool, {})[str(count)] = round(statistics.median(ratios), 2)
    return rows


def _asked(what: str, most: int) -> Iterator[tuple[str, int]]:
    for tool in TOOLS[what]:
        for count in SIZES[what]:
            if count <= min(most, PATIENCE.get(tool, most)):
                yield tool, count


def _names(module: str) -> list[str]:
    """The tools that a module measures, read from its text: their libraries are not installed here."""
    table = (HERE / f"{module}.py").read_text(encoding="utf-8").rpartition("TOOLS")[2]
    return re.findall(r'^    "(.+)":', table, re.MULTILINE)


TOOLS = {"requests": _names("requests_tools"), "aiohttp": _names("aiohttp_tools"), "load": _names("requests_tools")}
TITLES = {
    "requests": "One GET with requests, as a multiple of a session whose transport does nothing",
    "aiohttp": "One GET with aiohttp, read as JSON, as a multiple of a session whose middleware does nothing",
    "load": "Loading a cassette, as a multiple of json.loads of the plain form, with the garbage collector held off",
}


def tables(results: dict[str, Any]) -> Iterator[str]:
    """The lines of the page."""
    yield f"`make bench-http`, {results['date']}: medians of {results['rounds']} interleaved rounds of CPU time."
    yield f"Peers: {', '.join(PEERS)}."
    for what, title in TITLES.items():
        sizes = [size for size in map(str, SIZES[what]) if any(size in row for row in results["rows"][what].values())]
        yield from ("", f"{title}:", "", f"| interactions | {' | '.join(f'{int(size):,}' for size in sizes)} |")
        yield "| --- |" + " ---: |" * len(sizes)
        for tool, row in results["rows"][what].items():
            yield f"| {tool} | {' | '.join(f'{row[size]:,.2f}' if size in row else '-' for size in sizes)} |"


if __name__ == "__main__":
    sys.exit(main())

"""Ways to test tools side by side, on the tools with known defects of tests/defects, in one run: `make bench-contracts`.

    python benchmarks/contracts/run.py             20 seeds; writes results.json and the table on the page of contracts
    python benchmarks/contracts/run.py --quick     2 seeds; prints only
    python benchmarks/contracts/run.py --quick --only by_hand by_contract --tools shout
                                                   prints what these ways find there, as JSON

Each way tests each tool without a defect and with each of its defects. What is red with a defect, and not without one with the
same seed, has found it. What no way but ours can be asked, such as a chain, is not asked of it, and is no miss.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from environments import PEERS, python
from page import between, lines, page
from scoring import scored

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
SEEDS = 20

WAYS = {
    "by_contract": "bench-contracts",
    "by_schemathesis": "bench-contracts",
    "by_toolproof": "bench-contracts-mcp",
    "by_hand": "bench-contracts",
}
"""The module of each way, and its environment."""

SINGLE = {"by_schemathesis", "by_toolproof"}
"""Ways that test one tool, and no chain or team."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Try ways to test tools on tools with known defects.")
    parser.add_argument("--quick", action="store_true", help="2 seeds; prints only")
    parser.add_argument("--only", nargs="+", choices=WAYS, default=list(WAYS), help="ways to try; prints only")
    parser.add_argument("--tools", nargs="+", default=[], help="tools to try; prints only (default: all)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at the same time (default: %(default)s)")
    asked = parser.parse_args()
    seeds = list(range(2 if asked.quick else SEEDS))
    tools = [one for one in _tools() if one["tool"] in (asked.tools or [one["tool"]])]
    tasks = [(way, one["tool"]) for one in tools for way in asked.only if one["single"] or way not in SINGLE]
    with ThreadPoolExecutor(asked.jobs) as pool:
        done = list(pool.map(lambda task: _scored(*task, seeds), tasks))
    ways: dict[str, dict[str, Any]] = {}
    for way, tool, score in (entry for entries in done for entry in entries):
        ways.setdefault(way, {})[tool] = score
    peers = [pin for pins in PEERS.values() for pin in pins]
    results = {"date": f"{dt.datetime.now(tz=dt.timezone.utc):%Y-%m-%d}", "peers": peers, "seeds": len(seeds), "ways": ways}
    if asked.tools or set(asked.only) != set(WAYS):
        print(json.dumps(ways, indent=1))
        return 0
    print("\n".join(lines(results)))
    if not asked.quick:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        page().write_text(between(page().read_text(encoding="utf-8"), results), encoding="utf-8")
    return 0


def _tools() -> list[dict[str, Any]]:
    done = subprocess.run([_interpreter("by_contract"), HERE / "worker.py", "list"], capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout))


def _scored(way: str, tool: str, seeds: list[int]) -> list[tuple[str, str, dict[str, Any]]]:
    """What a module's ways found of one tool's defects."""
    runs = sorted(_runs(way, tool, seeds), key=itemgetter("way"))
    return [(name, tool, scored(list(rows), seeds)) for name, rows in groupby(runs, itemgetter("way"))]


def _runs(way: str, tool: str, seeds: list[int]) -> Iterator[dict[str, Any]]:
    command = [_interpreter(way), HERE / "worker.py", way, tool, *map(str, seeds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{way} of {tool}: {done.stderr}")
    print(f"{way} {tool}", file=sys.stderr)
    for line in done.stdout.splitlines():
        yield json.loads(line)


def _interpreter(way: str) -> Path:
    return python(WAYS[way])


if __name__ == "__main__":
    sys.exit(main())

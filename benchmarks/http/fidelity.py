"""Is replay what live was? Every driver and other recorders, asked by the same programs: `make fidelity`.

    python benchmarks/http/fidelity.py             every tool; writes fidelity.json and the table in docs/clients.md
    python benchmarks/http/fidelity.py vcrpy       those whose name contains the word; prints only, with what differs

The programs are those of tests/conformance. What one sees is its result, or its exception down to the text.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peers import PEERS, put, python

HERE = Path(__file__).resolve().parent
BATTERIES = {
    "requests": "requests, urllib3",
    "urllib": "urllib, http.client",
    "aiohttp": "aiohttp",
    "httpx": "httpx",
    "httpx2": "httpx2",
}
TOOLS = {
    "autogen-harness": tuple(BATTERIES),
    "autogen-harness, backend=adapter": ("requests",),
    "autogen-harness, backend=responses": ("requests",),
    "autogen-harness, backend=middleware": ("aiohttp",),
    "autogen-harness, backend=aioresponses": ("aiohttp",),
    "vcrpy": tuple(BATTERIES),
    "cassetter": ("requests", "aiohttp", "httpx", "httpx2"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare replay with live, for every tool.")
    parser.add_argument("word", nargs="?", default="", help="only tools whose name contains this; nothing is written")
    word = parser.parse_args().word
    interpreter, rows = python(), {}
    for tool in (tool for tool in TOOLS if word in tool):
        rows[tool] = {battery: _asked(interpreter, battery, tool) for battery in TOOLS[tool]}
    results = {"date": f"{dt.datetime.now(tz=dt.timezone.utc):%Y-%m-%d}", "rows": rows}
    print("\n".join(table(results)))
    if word:
        print(json.dumps(rows, indent=1))
    else:
        (HERE / "fidelity.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        put("clients.md", "fidelity", table(results))
    return 0


def _asked(interpreter: Path, battery: str, tool: str) -> dict[str, Any]:
    command = [str(interpreter), str(HERE / "fidelity_probe.py"), battery, tool]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError) as error:
        return {"broke off": type(error).__name__}
    return seen


def table(results: dict[str, Any]) -> Iterator[str]:
    """Programs that see the same on replay as live, of all; and, where it is fewer, while recording."""
    yield f"`make fidelity`, {results['date']}; {', '.join(PEERS)}. Programs that see on replay what they saw live, of all:"
    yield from ("", f"| | {' | '.join(BATTERIES.values())} |", "| --- |" + " ---: |" * len(BATTERIES))
    for tool, row in results["rows"].items():
        yield f"| {tool} | {' | '.join(_cell(row.get(battery)) for battery in BATTERIES)} |"
    yield from ("", "In brackets: where recording itself changed what programs saw, those that saw the same then.")


def _cell(seen: dict[str, Any] | None) -> str:
    if seen is None:
        return "-"
    if "probes" not in seen:
        return "broke off"
    recording = "" if seen["recording"] == seen["probes"] else f" ({seen['recording']})"
    return f"{seen['replay']} of {seen['probes']}{recording}"


if __name__ == "__main__":
    sys.exit(main())

"""The table on the page, from the results."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[2] / "docs"
MARKS = re.compile(r"(<!-- peers: begin -->\n).*?(<!-- peers: end -->)", re.DOTALL)
LETTERS = "WSAKHEX"
OURS = "contract"

TITLES = {
    OURS: "a contract of ours",
    "tables": "its first phase alone",
    "schemathesis": "schemathesis",
    "schemathesis, 422 expected": "schemathesis, told to expect errors",
    "mcp-toolproof": "mcp-toolproof",
    "handwritten": "hand-written pytest",
}

Results = Mapping[str, Any]


def page() -> Path:
    """The page of docs/ that has the marks."""
    return next(path for path in sorted(DOCS.glob("*.md")) if MARKS.search(path.read_text(encoding="utf-8")))


def between(text: str, results: Results) -> str:
    """The text of the page with the table of these results."""
    made = "\n".join(lines(results))
    return MARKS.sub(lambda marks: f"{marks[1]}{made}\n{marks[2]}", text)


def lines(results: Results) -> Iterator[str]:
    """The lines between the marks."""
    groups = [letter for letter in LETTERS if _of(results, letter)]
    yield f"`make bench-contracts`, {results['date']}, {results['seeds']} seeds. Peers: {', '.join(results['peers'])}."
    yield ""
    yield f"| | {' | '.join(groups)} | all | in every seed | false alarms | calls | time |"
    yield "| --- |" + " ---: |" * (len(groups) + 5)
    for way, title in TITLES.items():
        yield f"| {title} | {' | '.join(_cells(results, way, groups))} |"
    yield ""
    yield from _elsewhere(results)


def _of(results: Results, letter: str) -> list[str]:
    return [defect for tool in results["ways"][OURS].values() for defect in tool["defects"] if defect[0] == letter]


def _cells(results: Results, way: str, groups: list[str]) -> Iterator[str]:
    seeds, tools = results["seeds"], results["ways"][way]
    defects = {defect: found for tool in tools.values() for defect, found in tool["defects"].items()}
    usual = {defect for defect, found in defects.items() if found["found"] * 2 >= seeds}
    for letter in groups:
        asked = [defect for defect in defects if defect[0] == letter]
        yield f"{sum(defect in usual for defect in asked)} of {len(asked)}" if asked else "-"
    yield f"{len(usual)} of {len(defects)}"
    yield str(sum(found["found"] == seeds for found in defects.values()))
    yield f"{sum(tool['mended']['red'] * 2 >= seeds for tool in tools.values())} of {len(tools)}"
    calls = [defects[defect]["calls"] for defect in usual if defects[defect]["calls"] is not None]
    yield f"{statistics.median(calls):,.0f}" if calls else "-"
    yield f"{_seconds(results, way, tools) / _seconds(results, OURS, tools):.2f}"


def _seconds(results: Results, way: str, tools: Mapping[str, Any]) -> float:
    return sum(results["ways"][way][tool]["mended"]["seconds"] or 0.0 for tool in tools)


def _elsewhere(results: Results) -> Iterator[str]:
    """What the other ways find in most seeds and ours does not, and whom they call red without a reason."""
    ours = _usual(results, OURS)
    for way, title in TITLES.items():
        if missed := sorted(_usual(results, way) - ours):
            yield f"- {title} finds, and ours does not: {', '.join(missed)}."
        if red := sorted(tool for tool, one in results["ways"][way].items() if one["mended"]["red"] * 2 >= results["seeds"]):
            yield f"- {title} calls red without a defect: {', '.join(f'`{tool}`' for tool in red)}."


def _usual(results: Results, way: str) -> set[str]:
    tools = results["ways"][way].values()
    return {name for one in tools for name, found in one["defects"].items() if found["found"] * 2 >= results["seeds"]}

"""The results as a table, and its place in docs/llm.md: between two markers, whose text no hand writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from questions import QUESTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "llm.md"
BEGIN = "<!-- table: written by benchmarks/llm/run.py -->"
END = "<!-- end of the table -->"
_SHORT = {"not applicable": "-"}


def lines_of(results: dict[str, Any]) -> list[str]:
    """The table in Markdown: a question a row, a double a column; then the versions, and what is not installed."""
    doubles = results["doubles"]
    table = [["", *(double["name"] for double in doubles)], ["---"] * (len(doubles) + 1)]
    table += [[question.title, *(_cell(double, name) for double in doubles)] for name, question in QUESTIONS.items()]
    rows = ["| " + " | ".join(row) + " |" for row in table]
    return [*rows, "", f"Run on {results['date']}.", "", *(f"- {double['name']}: {_made_of(double)}" for double in doubles)]


def between(text: str, lines: list[str]) -> str:
    """The page with these lines between its markers.

    Raises:
        ValueError: the page has lost a marker.
    """
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"docs/llm.md needs the markers {BEGIN} and {END}")
    return before + "\n".join([BEGIN, "", *lines, "", END]) + after


def write(results: dict[str, Any]) -> None:
    """Put the table of these results on the page."""
    PAGE.write_text(between(PAGE.read_text(encoding="utf-8"), lines_of(results)), encoding="utf-8")


def _cell(double: dict[str, Any], question: str) -> str:
    if "not installed" in double:
        return "not installed"
    verdict = str(double["answers"][question]["verdict"])
    return _SHORT.get(verdict, verdict)


def _made_of(double: dict[str, Any]) -> str:
    if "not installed" in double:
        return f"not installed: {double['not installed']}"
    return ", ".join(f"{name} {version}" for name, version in double["versions"].items()) + f", Python {double['python']}"

"""``--harness-story`` as pytest sees it: the story of each test travels on its report, and is printed at the end.

It travels as plain data, so it is the same under pytest-xdist.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from autogen_harness.report.telling import Told, cut, lines_of, story

if TYPE_CHECKING:
    from autogen_harness.harness import Harness


class Story:
    """A plugin that collects the stories and prints them, a block for each folder of tests."""

    def __init__(self, harness_of: Callable[[pytest.Item], Harness | None]) -> None:
        self._harness_of = harness_of
        self._told: dict[tuple[str, int, str], Told] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put the story of the test on its report."""
        report = yield
        if report.when == "call":
            report.harness_story = {**_law(item), **_run(self._harness_of(item))}  # type: ignore[attr-defined]  # pytest carries extra fields of a report
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what test bodies told, and that a test was skipped or failed outside its body."""
        file, line, _ = report.location
        place = (file, line or 0, report.nodeid)
        if report.when == "call":
            self._told[place] = Told(report.nodeid, report.outcome, **getattr(report, "harness_story", {}))
        elif not report.passed:
            self._told[place] = replace(self._told.get(place, Told(report.nodeid)), outcome=report.outcome)
        if report.failed:
            told = self._told[place]
            self._told[place] = replace(told, lines=[*told.lines, cut(f"failed    {_reason(report)}")])

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the story: tests in the order of their files, whichever process ran them first."""
        terminalreporter.section("autogen-harness")
        for line in story([told for _, told in sorted(self._told.items(), key=lambda pair: pair[0][:2])]):
            terminalreporter.write_line(line, **_colour(line))


def _reason(report: pytest.TestReport) -> str:
    """The first line of what pytest shows for a failure; for a verdict of ours its headline."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(crash.message if crash is not None else report.longrepr)
    first = next((line for line in text.splitlines() if line.strip()), "")
    return first.removeprefix("Failed: ").removeprefix("autogen-harness: ")


def _law(item: pytest.Item) -> dict[str, Any]:
    """The law that a test of a contract checks, and those that its contract cannot check."""
    test: Any = getattr(item, "obj", None)
    if not hasattr(test, "contract") or not hasattr(item, "callspec"):
        return {}
    return {"law": item.callspec.id, "not_checked": [list(pair) for pair in test.not_checked]}


def _run(harness: Harness | None) -> dict[str, Any]:
    if harness is None:
        return {}
    seen = harness.transcript
    return {
        "lines": lines_of(harness.ledger),
        "turns": sum(not turn.default for turn in seen.turns),
        "runs": len(seen.tool_calls),
        "played": len(seen.http),
    }


def _colour(line: str) -> dict[str, bool]:
    if line.startswith(("  verdict:", "  total:")):
        return {"bold": True, "red" if " RED (" in line else "green": True}
    return {"red": True} if line.startswith("  FAIL") else {}

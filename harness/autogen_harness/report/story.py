"""The story of a session, ``--harness-story``: test by test, what was scripted, what ran, what was played, and the verdict.

Each test's story travels on its report as plain data, so it is the same under pytest-xdist.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest

from autogen_harness.differences import show

if TYPE_CHECKING:
    from autogen_harness.harness import Harness

_MARKS = {"passed": "ok  ", "failed": "FAIL", "skipped": "skip"}


class Story:
    """A plugin that collects the stories and prints them, a block for each folder of tests."""

    def __init__(self, harness_of: Callable[[pytest.Item], Harness | None]) -> None:
        self._harness_of = harness_of
        self._reports: list[pytest.TestReport] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put the story of the test on its report."""
        report = yield
        if report.when == "call":
            report.harness_story = _story_of(item, self._harness_of(item))  # type: ignore[attr-defined]  # pytest carries extra fields of a report
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the reports of test bodies, and of anything else that failed."""
        if report.when == "call" or report.failed or (report.when == "setup" and report.skipped):
            self._reports.append(report)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the story."""
        folders: dict[str, list[pytest.TestReport]] = {}
        for report in self._reports:
            folders.setdefault(_folder(report.nodeid), []).append(report)
        terminalreporter.section("autogen-harness")
        for folder, reports in sorted(folders.items()):
            for line in _block(folder, reports):
                terminalreporter.write_line(line, **_colour(line))


def _story_of(item: pytest.Item, harness: Harness | None) -> dict[str, Any]:
    law = getattr(item, "callspec", None)
    contract = getattr(getattr(item, "obj", None), "contract", None)
    checked = law.id if law is not None and contract is not None else ""
    return {"law": checked, "lines": _lines(harness) if harness is not None else []}


def _lines(harness: Harness) -> list[str]:
    story = harness.transcript
    turns = [turn for turn in story.turns if not turn.default]
    lines = [f"scripted  {'' if turn.number else '(default) '}{turn.agent}: {turn.said}" for turn in turns]
    lines += [f"ran       {run.tool}({_arguments(run.arguments)}) -> {run.outcome}" for run in story.tool_runs]
    lines += [f"played    {one.source}: {one.request.method} {one.request.url} -> {one.outcome}" for one in story.http]
    waits = story.waits
    lines += [f"waited    {sum(waits):g} virtual seconds in {len(waits)} waits"] if waits else []
    return lines


def _arguments(arguments: Any) -> str:
    return ", ".join(f"{name}={show(value, 60)}" for name, value in (arguments or {}).items())


def _folder(nodeid: str) -> str:
    return str(PurePosixPath(nodeid.split("::", maxsplit=1)[0]).parent)


def _block(folder: str, reports: Iterable[pytest.TestReport]) -> list[str]:
    lines, laws = ["", folder], list[pytest.TestReport]()
    for report in reports:
        story = getattr(report, "harness_story", None) or {"law": "", "lines": []}
        if story["law"]:
            laws.append(report)
            continue
        lines.append(f"  {_MARKS[report.outcome]} {report.nodeid.split('::', 1)[-1]}")
        lines += [f"         {line}" for line in story["lines"]]
    return lines + _laws(laws) + [_verdict(folder, reports)]


def _laws(reports: Iterable[pytest.TestReport]) -> list[str]:
    contracts: dict[str, list[pytest.TestReport]] = {}
    for report in reports:
        contracts.setdefault(report.nodeid.split("::", 1)[-1].split("[")[0], []).append(report)
    lines: list[str] = []
    for name, held in contracts.items():
        broken = [one for one in held if one.outcome == "failed"]
        lines.append(
            f"  {_MARKS['failed' if broken else 'passed']} {name}: {len(held) - len(broken)} of {len(held)} properties hold"
        )
        lines += [f"         {'broken   ' if one in broken else 'checked  '} {one.harness_story['law']}" for one in held]  # type: ignore[attr-defined]  # set above
    return lines


def _verdict(folder: str, reports: Iterable[pytest.TestReport]) -> str:
    outcomes = [report.outcome for report in reports]
    counts = ", ".join(f"{outcomes.count(word)} {word}" for word in ("passed", "failed", "skipped") if word in outcomes)
    return f"  verdict: {PurePosixPath(folder).name}: {'RED' if 'failed' in outcomes else 'green'} ({counts})"


def _colour(line: str) -> dict[str, bool]:
    if "verdict:" in line:
        return {"bold": True, "red" if "RED" in line else "green": True}
    return {"red": True} if line.startswith("  FAIL") else {}

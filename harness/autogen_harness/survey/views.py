"""A survey as people and machines read it: a table, JSON, JUnit XML, annotations for GitHub."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from autogen_harness.report.reminders import wanted
from autogen_harness.survey.reach import functions
from autogen_harness.survey.verdicts import MARKS
from autogen_harness.wording import counted

if TYPE_CHECKING:
    from autogen_harness.survey.examining import Survey
    from autogen_harness.survey.reach import Function
    from autogen_harness.survey.verdicts import Plan, Verdict

FORMAT = "autogen-harness-survey/1"


def table(survey: Survey) -> str:
    """Law by law and tool by tool, then what is broken, then what was not checked and why."""
    parts = ["\n".join(_grid(survey)), *(f"{one.tool}\n{one.text}" for one in _told(survey)), *_unchecked(survey)]
    return "\n\n".join([*parts, *_unmet(survey), *_reached(survey), _sum(survey)])


def _grid(survey: Survey) -> Iterator[str]:
    plans = sorted(survey.plans, key=lambda plan: plan.tool)
    marks = {(one.tool, one.law): MARKS[one.state] for one in survey.verdicts}
    laws = list(dict.fromkeys(one.law for one in survey.verdicts if one.state != "not checked"))
    order = list(dict.fromkeys(law for plan in plans for law in plan.owed))
    width = max(map(len, laws), default=0)
    for number, plan in enumerate(plans, 1):
        yield f"{number:>2}  {plan.tool} ({_about(plan)})"
    yield ""
    yield f"{'':<{width}}" + "".join(f"{number:>4}" for number in range(1, len(plans) + 1))
    for law in sorted(laws, key=lambda law: order.index(law) if law in order else -1):
        yield f"{law:<{width}}" + "".join(f"{marks.get((plan.tool, law), ' '):>4}" for plan in plans)
    yield ""
    yield "  ".join(f"{mark} {state}" for state, mark in MARKS.items())


def _about(plan: Plan) -> str:
    upstream = f"; upstream {', '.join(plan.upstream)}" if plan.upstream else ""
    return ", ".join(plan.patterns) + upstream


def _told(survey: Survey) -> list[Verdict]:
    return [*survey.of("hung"), *survey.of("warned"), *survey.of("broken")]


def _unchecked(survey: Survey) -> Iterator[str]:
    rows = [[one.tool, one.law, one.text.partition("\n")[0]] for one in survey.of("not checked")]
    if rows:
        yield "\n".join(["not checked", *(f"  {line}" for line in wanted(rows))])


def _unmet(survey: Survey) -> Iterator[str]:
    lines = [f"  {tool}: {', '.join(faults)}" for tool, faults in unmet(survey).items() if faults]
    if lines:
        yield "\n".join(["faults that no request met", *lines])


def unmet(survey: Survey) -> dict[str, list[str]]:
    """By tool, the faults of its upstream that were tried, and that none of its requests met under any law."""
    met = {(one.tool, label) for one in survey.verdicts for label in one.met}
    tried = {(one.tool, label): None for one in survey.verdicts for label in one.unmet}
    tools = sorted({tool for tool, _ in tried})
    return {tool: [label for other, label in tried if other == tool and (tool, label) not in met] for tool in tools}


def _reached(survey: Survey) -> Iterator[str]:
    lines = [line for tool, found in reached(survey).items() for line in _gaps(tool, found)]
    if lines:
        yield "\n".join(["reached, branches of the functions that were entered", *lines])


def _gaps(tool: str, found: Sequence[Function]) -> Iterator[str]:
    branches, taken = sum(one.branches for one in found), sum(one.taken for one in found)
    yield f"  {tool}: {taken} of {branches}"
    for one in found:
        if one.missed:
            yield f"      {one.name} never reached: {', '.join(one.missed)}"


def reached(survey: Survey) -> dict[str, list[Function]]:
    """By tool, the functions of its file that were entered; empty where nothing was measured."""
    files = {one.tool: one.file for one in survey.reached}
    arcs = {tool: [(start, end) for one in survey.reached if one.tool == tool for start, end in one.arcs] for tool in files}
    return {tool: functions(file, arcs[tool]) for tool, file in sorted(files.items())}


def _sum(survey: Survey) -> str:
    counts = [(len(survey.of(state)), state) for state in MARKS]
    return f"{counted(len(survey.plans), 'tool')}: " + ", ".join(f"{count} {state}" for count, state in counts if count)


def as_json(survey: Survey) -> str:
    """Everything, as data."""
    verdicts = sorted(survey.verdicts, key=lambda one: (one.tool, one.law))
    found = {tool: list(map(asdict, functions)) for tool, functions in reached(survey).items()}
    data = {
        "format": FORMAT,
        "tools": list(map(asdict, survey.plans)),
        "verdicts": list(map(asdict, verdicts)),
        "reached": found,
        "unmet": unmet(survey),
    }
    return json.dumps(data, indent=1, default=repr)


def as_junit(survey: Survey) -> str:
    """JUnit XML: a suite a tool, a case a law. https://github.com/testmoapp/junitxml describes what its readers take."""
    root = ET.Element("testsuites", name="autogen-harness")
    for plan in sorted(survey.plans, key=lambda plan: plan.tool):
        mine = [one for one in survey.verdicts if one.tool == plan.tool]
        failed, stuck, skipped = (sum(one.state == state for one in mine) for state in ("broken", "hung", "not checked"))
        counts: dict[str, str] = {
            "name": plan.tool,
            "tests": str(len(mine)),
            "failures": str(failed),
            "errors": str(stuck),
            "skipped": str(skipped),
        }
        suite = ET.SubElement(root, "testsuite", counts)
        for one in sorted(mine, key=lambda one: one.law):
            _case(suite, one, plan)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


_ELEMENTS = {"broken": "failure", "hung": "error", "not checked": "skipped", "warned": "system-out"}


def _case(suite: ET.Element, one: Verdict, plan: Plan) -> None:
    case = ET.SubElement(suite, "testcase", classname=one.tool, name=one.law, file=plan.file)
    if one.state in _ELEMENTS:
        told = ET.SubElement(case, _ELEMENTS[one.state])
        told.text = _printable(one.text)
        if one.state != "warned":
            told.set("message", _printable(one.text.partition("\n")[0]))


def _printable(text: str) -> str:
    """Text without the characters that XML 1.0 does not allow (section 2.2), which stand there as escapes."""
    return "".join(
        char if char in "\t\n" or 0x1F < ord(char) < 0xD800 or ord(char) > 0xDFFF else ascii(char)[1:-1] for char in text
    )


def as_github(survey: Survey) -> str:
    """Commands that GitHub Actions shows at the function's line.

    Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    plans = {plan.tool: plan for plan in survey.plans}
    lines = [_command(one, plans.get(one.tool)) for one in _told(survey)]
    return "\n".join([*lines, _sum(survey)])


def _command(one: Verdict, plan: Plan | None) -> str:
    level = "warning" if one.state == "warned" else "error"
    place = f"file={_escaped(_relative(plan.file))},line={plan.line}," if plan and plan.file else ""
    return f"::{level} {place}title={_escaped(f'{one.tool}: {one.law}')}::{_data(one.text)}"


def _relative(file: str) -> str:
    path = Path(file)
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else file


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


VIEWS: Mapping[str, Callable[[Survey], str]] = {"table": table, "json": as_json, "junit": as_junit, "github": as_github}
"""By the name that a command line gives them."""

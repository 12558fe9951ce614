"""The calls of a run, held against what a test wants of them; how they differ, as data and as text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autogen_harness.differences import Difference, render
from autogen_harness.errors import HarnessError, UsageError, told
from autogen_harness.llm.asked.argument_matching import differing
from autogen_harness.llm.asking.criteria import written
from autogen_harness.llm.references.reference import Reference
from autogen_harness.llm.turns.turn import describe_call
from autogen_harness.model import ToolRun
from autogen_harness.wording import did_you_mean

MAX_RUNS = 20
"""Runs shown before the list is cut."""


class CallsDiffer(HarnessError, AssertionError):
    """The tools did not run as the test asserts.

    Attributes:
        runs: every call that an agent executed or failed to execute.
        marked: those of them that the assertion is about.
        nearest: the run that comes closest to what was asserted, where there is one.
        differences: where it differs.
    """

    __module__ = "autogen_harness"  # pytest begins its line of summary with it, and cuts that line at 80 columns

    def __init__(
        self,
        what: str,
        runs: Sequence[ToolRun],
        *,
        marked: Sequence[ToolRun] = (),
        nearest: ToolRun | None = None,
        differences: Sequence[Difference] = (),
        hint: str = "",
    ) -> None:
        self.runs, self.marked, self.nearest, self.differences = tuple(runs), tuple(marked), nearest, tuple(differences)
        super().__init__("\n".join([what, *_shown(self), *([hint] if hint else [])]))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Calls of ``tool`` with ``arguments``, and any others."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, verb: str, tool: str, arguments: Mapping[str, Any] | None, kwargs: Mapping[str, Any]) -> Wanted:
        """From what a test wrote.

        Raises:
            UsageError: an argument is given twice, or is a reference, whose value a test reads from the result itself.
        """
        twice = sorted({*(arguments or ())} & {*kwargs})
        if twice:
            raise UsageError(f"{verb}({tool!r}) has {', '.join(twice)} twice: in the mapping and as a keyword")
        both = {**(arguments or {}), **kwargs}
        reference = next((value for value in both.values() if isinstance(value, Reference)), None)
        if reference is not None:
            raise UsageError(f"{verb}({tool!r}) compares with what is known when the test is written, not with {reference!r}")
        return cls(tool, both)

    def __str__(self) -> str:
        return f"{self.tool}({', '.join(f'{name}={written(value)}' for name, value in self.arguments.items())})"

    def differences(self, run: ToolRun) -> list[Difference]:
        """Where a run of the tool is not as wanted."""
        return differing(self.arguments, run.arguments or {})

    def fitting(self, runs: Iterable[ToolRun]) -> list[ToolRun]:
        """The runs that are as wanted, whose tool was entered."""
        return [run for run in runs if run.tool == self.tool and entered(run) and not self.differences(run)]


def entered(run: ToolRun) -> bool:
    """Was the body of the tool reached?"""
    return run.outcome in ("ok", "raised")


def differ(what: str, runs: Sequence[ToolRun], wanted: Wanted, offered: Collection[str]) -> CallsDiffer:
    """The failure of an assertion that ``wanted`` ran, with the run that comes closest to it."""
    fitting = wanted.fitting(runs)
    others = [run for run in runs if run.tool == wanted.tool and not any(run is one for one in fitting)]
    nearest = min(others, key=lambda run: (not entered(run), len(wanted.differences(run))), default=None)
    differences = wanted.differences(nearest) if nearest else []
    hint = "" if nearest or fitting else _hint(wanted.tool, runs, offered)
    return CallsDiffer(what, runs, marked=fitting, nearest=nearest, differences=differences, hint=hint)


def out_of_order(
    tools: Sequence[str], runs: Sequence[ToolRun], offered: Collection[str], *, exactly: bool
) -> CallsDiffer | None:
    """The failure of an assertion that ``tools`` ran in this order; None where they did."""
    ran = [run for run in runs if entered(run)]
    rest = iter(ran)
    found: list[ToolRun] = []
    for tool in tools:
        step = next((run for run in rest if run.tool == tool), None)
        if step is None:
            what = f"{', '.join(tools)}: {tool} did not run" + (f" after {found[-1].tool}" if found else "")
            hint = "" if tool in {run.tool for run in ran} else _hint(tool, runs, offered)
            return CallsDiffer(what, runs, marked=found, hint=hint)
        found.append(step)
    more = [run for run in ran if not any(run is one for one in found)]
    if exactly and more:
        extra = ", ".join(dict.fromkeys(run.tool for run in more))
        return CallsDiffer(f"exactly {', '.join(tools)}: {extra} ran as well", runs, marked=more)
    return None


def never_offered(tool: str, offered: Collection[str]) -> str:
    """Why it says nothing that ``tool`` did not run."""
    if not offered:
        return f"assert_not_called({tool!r}) says nothing yet: no agent that asked the model was offered a tool"
    near = did_you_mean(tool, offered) or f"on offer were {', '.join(offered)}"
    return f"assert_not_called({tool!r}) would always hold: no agent was offered such a tool; {near}"


def _hint(tool: str, runs: Iterable[ToolRun], offered: Collection[str]) -> str:
    names = list(dict.fromkeys([*(run.tool for run in runs), *offered]))
    if tool in names:
        return f"{tool} was on offer, and the model did not call it" if tool in offered else ""
    return did_you_mean(tool, names) or (f"on offer were {', '.join(offered)}" if offered else "no agent was offered a tool")


# -- text --------------------------------------------------------------------------------------------------------------------


def _shown(failure: CallsDiffer) -> list[str]:
    lines = [_line(number, run, failure) for number, run in enumerate(failure.runs, 1)]
    if len(lines) > MAX_RUNS:
        lines = [*lines[:MAX_RUNS], f"    … and {len(lines) - MAX_RUNS} more"]
    closest = _number(failure.nearest, failure.runs)
    shown = ["what was called:", *lines] if lines else ["no tool was called"]
    if failure.differences:
        shown += [f"closest is {closest}:", render(failure.differences, expected="wanted")]
    return shown


def _line(number: int, run: ToolRun, failure: CallsDiffer) -> str:
    mark = ">" if any(run is one for one in failure.marked) else " "
    called = describe_call(run.tool, run.arguments) if run.arguments is not None else f"{run.tool}({run.raw or ''})"
    return f"{mark} {number:>2}. {called}{_outcome(run)}"


def _outcome(run: ToolRun) -> str:
    if run.outcome == "unknown":
        return f", which {run.agent} does not have"
    if run.outcome == "bad-args":
        return ", whose arguments it does not take"
    return f", which raised {told(run.error).splitlines()[0]}" if run.error is not None else ""


def _number(run: ToolRun | None, runs: Sequence[ToolRun]) -> int:
    return next((number for number, one in enumerate(runs, 1) if one is run), 0)

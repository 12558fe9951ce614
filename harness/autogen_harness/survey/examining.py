"""A survey from beginning to end: targets in, verdicts out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autogen_harness.survey import reach
from autogen_harness.survey.crew import Crew, Job
from autogen_harness.survey.starting import Start
from autogen_harness.survey.verdicts import Plan, Reached, Verdict
from autogen_harness.survey.worker import find

Progress = Callable[[int, int], None]
"""Told how many laws have been looked at, and how many there are."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found out about the tools of some targets."""

    plans: list[Plan] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    reached: list[Reached] = field(default_factory=list)

    def of(self, state: str) -> list[Verdict]:
        """The verdicts of one state, by tool and law."""
        found = [one for one in self.verdicts if one.state == state]
        return sorted(found, key=lambda one: (one.tool, one.law))

    @property
    def code(self) -> int:
        """The exit code: 0 every law holds that could be checked, 1 one is broken, 2 one could not be judged."""
        return 1 if self.of("broken") else 2 if self.of("hung") else 0


def examine(
    targets: Iterable[str],
    roots: Sequence[Path],
    *,
    examples: int,
    patience: float,
    tell: Progress,
    coverage: bool = False,
) -> Survey:
    """Check every law that the tools of ``targets`` owe, in as many processes as there are processors.

    Args:
        targets: what a command line names.
        roots: the user's folders of cassettes.
        examples: how many calls hypothesis may draw for a law.
        patience: real seconds that one law may take.
        tell: called as it goes on, from several threads.
        coverage: measure what is reached of the tools' code; needs coverage.py.

    Raises:
        UsageError: a target cannot be imported, or there is no tool in it.
        MissingExtra: coverage.py is wanted, and not installed.
    """
    if coverage:
        reach.must_be_there()
    asked = [Job(target, tool.name) for target in targets for tool in find(target)]
    hands = os.cpu_count() or 1
    survey = Survey()
    total = 0

    def note(one: Verdict | Reached) -> None:
        if isinstance(one, Reached):
            survey.reached.append(one)
            return
        survey.verdicts.append(one)
        tell(len([done for done in survey.verdicts if done.state != "not checked"]), total)

    crew = Crew(roots, examples, patience, note, coverage=coverage)
    planned = crew.plans(asked, hands)
    survey.plans.extend(plan for _, plan in planned)
    total = sum(len(plan.owed) for plan in survey.plans)
    crew.work(_parts(planned, hands), hands)
    return survey


def begin(target: str, roots: Sequence[Path], *, patience: float) -> tuple[list[Start], list[Verdict]]:
    """The tools of a target with what could be found out of each; and the verdicts on those that did not come back.

    Raises:
        UsageError: the target cannot be imported, or there is no tool in it.
    """
    heard: list[Any] = []
    tools = {tool.name: tool for tool in find(target)}
    crew = Crew(roots, 1, patience, heard.append)
    plans = [plan for _, plan in crew.plans([Job(target, name) for name in tools], os.cpu_count() or 1)]
    wants = {plan.tool: [one.text for one in heard if one.tool == plan.tool and one.state == "not checked"] for plan in plans}
    starts = [Start(tools[plan.tool], plan, wants[plan.tool]) for plan in plans]
    return starts, [one for one in heard if one.state == "hung"]


def _parts(work: Sequence[tuple[Job, Plan]], hands: int) -> list[Job]:
    """As many jobs as there are hands, at least: a tool is cut where there are fewer tools than that."""
    pieces = max(1, -(-hands // max(1, len(work))))
    return [
        replace(job, laws=tuple(plan.owed[start::pieces]), plan=plan)
        for job, plan in work
        for start in range(pieces)
        if plan.owed[start::pieces]
    ]

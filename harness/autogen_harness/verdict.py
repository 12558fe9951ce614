"""The verdict of a run: the findings that nobody expected, and the expectations that nothing met."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from autogen_harness.differences import show
from autogen_harness.errors import UsageError
from autogen_harness.model import LEFTOVERS, REPEATED, RULES, Finding


@dataclass(frozen=True, slots=True)
class Expectation:
    """``count`` findings of ``rule`` are meant to happen.

    A field is met by an equal value, by a string that a compiled regular expression finds something in, and by an instance
    of a class.
    """

    rule: str
    count: int = 1
    fields: Mapping[str, Any] = field(default_factory=dict)

    def is_met_by(self, finding: Finding) -> bool:
        """Is this one of the findings that are meant?"""
        return finding.rule == self.rule and all(_meets(want, finding.fields.get(name)) for name, want in self.fields.items())


def _meets(want: Any, actual: Any) -> bool:
    if isinstance(want, re.Pattern):
        return want.search(str(actual)) is not None
    if isinstance(want, type):
        return isinstance(actual, want)
    return bool(want == actual)


def expectation(rule: str, count: int = 1, fields: Mapping[str, Any] | None = None) -> Expectation:
    """An expectation, checked.

    Raises:
        UsageError: there is no such rule, or the count is not positive.
    """
    if rule not in RULES:
        near = difflib.get_close_matches(rule, RULES, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"the rules are {', '.join(RULES)}"
        message = f"there is no rule {rule!r}; {hint}"
        raise UsageError(message)
    if count < 1:
        message = f"expect({rule!r}, count={count}): a count is at least 1; a finding that must not happen needs no expectation"
        raise UsageError(message)
    return Expectation(rule, count, dict(fields or {}))


def judge(findings: Iterable[Finding], expectations: Iterable[Expectation], *, body_failed: bool = False) -> list[Finding]:
    """The findings that make the test fail, oldest first.

    Args:
        findings: everything that was recorded.
        expectations: each takes the findings that meet it, up to its count, out of the verdict.
        body_failed: the test's own body failed, so what was left over says nothing new.
    """
    remaining = _merged(findings)
    unmet: list[Finding] = []
    for expected in sorted(expectations, key=lambda one: -len(one.fields)):  # narrow ones first, so that no wide one robs them
        taken = [finding for finding in remaining if expected.is_met_by(finding)][: expected.count]
        remaining = [finding for finding in remaining if not any(finding is one for one in taken)]
        if len(taken) < expected.count:
            unmet.append(_unmet(expected, len(taken), [one for one in remaining if one.rule == expected.rule]))
    if body_failed:
        return [finding for finding in remaining if finding.rule not in LEFTOVERS]
    return remaining + unmet


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, with the equal ones of a rule in :data:`REPEATED` as one that says how many times it happened."""
    times: dict[tuple[str, str], int] = {}
    first: list[Finding] = []
    for finding in findings:
        key = (finding.rule, finding.what)
        times[key] = times.get(key, 0) + 1
        if times[key] == 1 or finding.rule not in REPEATED:
            first.append(finding)
    return [_counted(finding, times[finding.rule, finding.what]) for finding in first]


def _counted(finding: Finding, times: int) -> Finding:
    if finding.rule not in REPEATED or times == 1:
        return finding
    return replace(finding, what=f"{finding.what}, {times} times", fields={**finding.fields, "times": times})


def _unmet(expected: Expectation, seen: int, others: Sequence[Finding]) -> Finding:
    about = ", ".join(f"{name}={_show(value)}" for name, value in expected.fields.items())
    rule = f"{expected.rule}({about})" if about else expected.rule
    what = f"the test expects {expected.count} x {rule}, and it happened {seen} times"
    fix = "remove the expectation, or find out why it no longer happens"
    if others:  # shown by the fields that harness.expect can name
        fields = ", ".join(f"{name}={show(value)}" for name, value in others[0].fields.items())
        fix = f"what did happen is {expected.rule}({fields})"
    return Finding("expectation-unmet", what, fix, fields={"rule": expected.rule})


def _show(value: Any) -> str:
    if isinstance(value, re.Pattern):
        return f"/{value.pattern}/"
    return value.__name__ if isinstance(value, type) else repr(value)

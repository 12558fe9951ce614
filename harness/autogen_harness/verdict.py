"""The verdict of a run: the findings that nobody expected, and the expectations that nothing met."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from autogen_harness.errors import UsageError
from autogen_harness.model import FIELDS, LEFTOVERS, REPEATED, RULES, Finding, Said
from autogen_harness.wording import counted, did_you_mean


@dataclass(frozen=True, slots=True)
class Expectation:
    """``count`` findings of ``rule`` are meant to happen.

    A field is met by an equal value, by a string that a compiled regular expression finds something in, and by an instance
    of a class; ``type`` by an error of a class. ``said`` is the turn that expects it, if one does. One that is not ``demanded``
    only allows: it takes what happens, up to its count, and is met by nothing as well.
    """

    rule: str
    count: int = 1
    fields: Mapping[str, Any] = field(default_factory=dict)
    said: Said | None = None
    demanded: bool = True

    def is_met_by(self, finding: Finding) -> bool:
        """Is this one of the findings that are meant?"""
        return finding.rule == self.rule and not self.differing(finding)

    def differing(self, finding: Finding) -> list[str]:
        """The fields in which a finding is not what is meant."""
        return [name for name, want in self.fields.items() if not _meets(want, _field(finding, name, want))]


def _field(finding: Finding, name: str, want: Any) -> Any:
    return finding.fields.get("error" if name == "type" and isinstance(want, type) else name)


def _meets(want: Any, actual: Any) -> bool:
    if isinstance(want, re.Pattern):
        return want.search(str(actual)) is not None
    if isinstance(want, type):
        return isinstance(actual, want)
    return bool(want == actual)


def expectation(
    rule: str,
    count: int = 1,
    fields: Mapping[str, Any] | None = None,
    said: Said | None = None,
    *,
    demanded: bool = True,
) -> Expectation:
    """An expectation, checked.

    Raises:
        UsageError: there is no such rule, it has no such field, or the count is not positive.
    """
    if rule not in RULES:
        message = f"there is no rule {rule!r}; {did_you_mean(rule, RULES) or 'the rules are ' + ', '.join(RULES)}"
        raise UsageError(message)
    if count < 1:
        message = f"expect({rule!r}, count={count}): a count is at least 1; a finding that must not happen needs no expectation"
        raise UsageError(message)
    for name in fields or ():
        _check_field(rule, name)
    return Expectation(rule, count, dict(fields or {}), said, demanded)


def _check_field(rule: str, name: str) -> None:
    known = FIELDS.get(rule, ())
    if name not in known:
        has = f"its fields are {', '.join(known)}" if known else "it has none"
        near = did_you_mean(name, known)
        message = f"expect({rule!r}): unknown field {name!r}, {has}" + (f"; {near}" if near else "")
        raise UsageError(message)


def judge(
    findings: Iterable[Finding],
    expectations: Iterable[Expectation],
    *,
    body_failed: bool = False,
    outcome: Callable[[Said], str] = lambda _: "",
) -> list[Finding]:
    """The findings that make the test fail, oldest first.

    Args:
        findings: everything that was recorded.
        expectations: each takes the findings that meet it, up to its count, out of the verdict.
        body_failed: the test's own body failed, so what was left over says nothing new.
        outcome: what came of a call that was meant to fail, in words.
    """
    remaining = _merged(findings)
    unmet: list[tuple[Expectation, int]] = []
    for expected in sorted(expectations, key=_precedence):
        taken = [finding for finding in remaining if expected.is_met_by(finding)][: expected.count]
        remaining = [finding for finding in remaining if not any(finding is one for one in taken)]
        if expected.demanded and len(taken) < expected.count:
            unmet.append((expected, len(taken)))
    if body_failed:
        return [finding for finding in remaining if finding.rule not in LEFTOVERS]
    for expected, seen in unmet:
        came = outcome(expected.said) if expected.said else ""
        other = next((one for one in remaining if came and one.rule == expected.rule and one.what.startswith(came)), None)
        if expected.said and other:  # one mistake, so one finding
            at = next(index for index, one in enumerate(remaining) if one is other)
            remaining[at] = _raised_otherwise(other, expected.said)
        else:
            remaining.append(_unmet(expected, seen, remaining, came))
    return remaining


def _precedence(expected: Expectation) -> tuple[bool, int]:
    """What is demanded goes first, then what is narrow, so that nothing wide robs it."""
    return not expected.demanded, -len(expected.fields)


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


def _raised_otherwise(finding: Finding, said: Said) -> Finding:
    """What a call raised, of which its turn says that it raises something else."""
    return replace(finding, what=f"{finding.what}; {said.text}", fix="mend the tool, or correct what the turn says it raises")


def _unmet(expected: Expectation, seen: int, others: Sequence[Finding], came: str) -> Finding:
    near = min((one for one in others if one.rule == expected.rule), key=lambda one: len(expected.differing(one)), default=None)
    if expected.said:
        what = f"{expected.said.text}; {came or 'nothing of the kind happened'}"
        fix = "correct what the turn says, or find out why the tool no longer raises it"
    else:
        meant = f"{expected.count} x {_written(expected.rule, expected.fields)}"
        what = f"the test expects {meant}, and it happened {counted(seen, 'time')}"
        fix = "remove the expectation, or find out why it no longer happens"
    if near is not None and not expected.said:
        fix += f"; closest: {_written(near.rule, _plain(near.fields))} differs in {', '.join(expected.differing(near))}"
    return Finding("expectation-unmet", what, fix, fields={"rule": expected.rule})


def _written(rule: str, fields: Mapping[str, Any]) -> str:
    about = ", ".join(f"{name}={_show(value)}" for name, value in fields.items())
    return f"{rule}({about})" if about else rule


def _plain(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields that can be written down: an exception is told by its type and message."""
    return {name: value for name, value in fields.items() if isinstance(value, (str, int))}


def _show(value: Any) -> str:
    if isinstance(value, re.Pattern):
        return f"/{value.pattern}/"
    return value.__name__ if isinstance(value, type) else repr(value)

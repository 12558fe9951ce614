"""The verdict: findings that nobody expected, expectations that nothing met."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness import Finding, UsageError, model
from autogen_harness.model import FIELDS, Said
from autogen_harness.verdict import Expectation, expectation, judge


def raised(tool="a", message="db down", error=None):
    error = error or ConnectionError(message)
    fields = {"tool": tool, "type": type(error).__name__, "message": message, "error": error}
    return Finding("tool-raised", f"{tool} raised", fields=fields)


MET = {
    "rule": ({}, True),
    "equal": ({"tool": "a"}, True),
    "unequal": ({"tool": "b"}, False),
    "pattern": ({"message": re.compile("d[bc] ")}, True),
    "pattern-elsewhere": ({"message": re.compile("^down")}, False),
    "class": ({"error": OSError}, True),
    "other-class": ({"error": KeyError}, False),
    "class-for-type": ({"type": OSError}, True),
    "other-class-for-type": ({"type": KeyError}, False),
    "absent": ({"agent": "a"}, False),
    "all-of-them": ({"tool": "a", "error": KeyError}, False),
}


@pytest.mark.parametrize(("fields", "met"), MET.values(), ids=MET)
def test_a_finding_meets_an_expectation_by_all_its_fields(fields, met):
    """An equal value, a pattern that finds something, an instance of a class."""
    assert met is expectation("tool-raised", 1, fields).is_met_by(raised())
    assert not Expectation("turns-left", 1, fields).is_met_by(raised())


def test_an_expectation_takes_its_count_and_no_more():
    """The oldest first; what is beyond fails the test."""
    findings = [raised("a"), raised("b"), raised("c")]
    assert findings[2:] == judge(findings, [expectation("tool-raised", 2)])


def test_an_expectation_that_is_not_met_is_a_finding_itself():
    """It says how often it happened; what did happen is still judged."""
    first, second = judge([raised()], [expectation("tool-raised", 2, {"tool": "a"}), expectation("chat-hung")])
    assert ["expectation-unmet"] * 2 == [first.rule, second.rule]
    assert "the test expects 2 x tool-raised(tool='a'), and it happened 1 time" == first.what


CLOSEST = {
    "value": ({"tool": "b", "message": "db down"}, "tool"),
    "class": ({"tool": "a", "type": KeyError}, "type"),
    "both": ({"tool": "b", "type": KeyError, "message": "db down"}, "tool, type"),
}


@pytest.mark.parametrize(("fields", "differs"), CLOSEST.values(), ids=CLOSEST)
def test_an_expectation_that_nearly_happened_is_shown_what_did(fields, differs):
    """The finding with the fewest differences, and the fields in which it differs."""
    far = Finding("tool-raised", "z raised", fields={"tool": "z", "type": "Z", "message": "z", "error": None})
    *_, unmet = judge([far, raised(), Finding("turns-left", "x")], [expectation("tool-raised", 1, fields)])
    closest = "closest: tool-raised(tool='a', type='ConnectionError', message='db down')"
    assert unmet.fix.endswith(f"; {closest} differs in {differs}")


def test_a_turn_that_expects_an_error_says_which_and_what_came_of_it():
    """It is the turn that must be corrected."""
    said = Said("turn 1 says .raises(ValueError)", "a", "call_1")
    expected = expectation("tool-raised", 1, {"tool": "a", "error": ValueError}, said)
    *_, unmet = judge([raised()], [expected], outcome=lambda said: f"{said.tool} returned 7")
    assert "turn 1 says .raises(ValueError); a returned 7" == unmet.what
    assert "closest" not in unmet.fix


def test_a_turn_whose_tool_raises_another_error_is_one_finding():
    """What it raised and what the turn says stand together; another call of the same tool is no part of it."""
    said = Said("turn 2 says .raises(ValueError)", "a", "call_2")
    expected = expectation("tool-raised", 1, {"tool": "a", "error": ValueError}, said)
    other, mine = raised(), replace(raised(), what="a raised KeyError: 'x', at tools.py:3")
    first, second = judge([other, mine], [expected], outcome=lambda _: "a raised KeyError: 'x'")
    assert other == first
    assert "a raised KeyError: 'x', at tools.py:3; turn 2 says .raises(ValueError)" == second.what
    assert "mend the tool, or correct what the turn says it raises" == second.fix


def test_a_wide_expectation_does_not_rob_a_narrow_one():
    """Whichever was written first."""
    wide, narrow = expectation("tool-raised"), expectation("tool-raised", 1, {"tool": "a"})
    for expectations in ([wide, narrow], [narrow, wide]):
        assert [] == judge([raised("a"), raised("b")], expectations)


def test_a_failed_body_drops_leftovers_and_unmet_expectations():
    """They would only repeat that the body stopped early."""
    findings = [raised(), Finding("turns-left", "x"), Finding("http-unplayed", "y")]
    assert [findings[0]] == judge(findings, [expectation("chat-hung")], body_failed=True)


@pytest.mark.parametrize(
    ("rule", "count", "message"),
    [
        ("tool-rised", 1, "did you mean 'tool-raised'"),
        ("zzz", 1, "the rules are tool-raised, "),
        ("tool-raised", 0, "at least 1"),
    ],
)
def test_an_expectation_that_cannot_be_is_refused(rule, count, message):
    """With the nearest right thing."""
    with pytest.raises(UsageError, match=message):
        expectation(rule, count)


@pytest.mark.parametrize(
    ("rule", "name", "message"),
    [
        ("tool-raised", "toll", "unknown field 'toll', its fields are tool, agent, type, message, error; did you mean 'tool'"),
        ("chat-hung", "tool", "unknown field 'tool', it has none"),
    ],
)
def test_a_field_that_no_such_finding_has_is_refused(rule, name, message):
    """It would never be met."""
    with pytest.raises(UsageError, match=message):
        expectation(rule, 1, {name: "a"})


def test_every_rule_with_fields_is_a_rule():
    """The two tables agree."""
    assert set(FIELDS) <= set(model.RULES)


RULES = st.sampled_from(["tool-raised", "turns-left", "chat-hung"])


@given(st.lists(RULES), st.lists(st.tuples(RULES, st.integers(1, 3))))
def test_nothing_is_lost_and_nothing_is_judged_twice(happened, wanted):
    """For any findings and expectations, the verdict is what remains of counting them against each other."""
    verdict = judge(
        [Finding(rule, str(i)) for i, rule in enumerate(happened)], [Expectation(rule, count) for rule, count in wanted]
    )
    for rule in ("tool-raised", "turns-left", "chat-hung"):
        meant = sum(count for one, count in wanted if one == rule)
        assert max(0, happened.count(rule) - meant) == [finding.rule for finding in verdict].count(rule)
    short = any(sum(c for one, c in wanted if one == rule) > happened.count(rule) for rule, _ in wanted)
    assert short is ("expectation-unmet" in [finding.rule for finding in verdict])

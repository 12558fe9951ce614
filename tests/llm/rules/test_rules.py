"""The rules of the API: each is broken by one request, and kept by its neighbour."""

from __future__ import annotations

import json

import pytest
from api_requests.bodies import body, history, user
from api_requests.cases import CASES

from autogen_harness.llm.rules import violations
from autogen_harness.llm.rules.table import TABLE
from autogen_harness.model import DIALECTS

BY_ID = {rule.id: rule for rule in TABLE}
each_case = pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}-{number}" for number, case in enumerate(CASES)])


def test_every_rule_has_a_case():
    """A rule is added with a request that breaks it."""
    assert {case.rule for case in CASES} == set(BY_ID)


@each_case
def test_a_request_that_breaks_a_rule_is_answered_as_the_api_does(case):
    """This rule, no other, with the message, the param and the code of the API."""
    (found,) = violations(case.broken, case.dialect)
    said = (found.rule, found.message, found.param, found.code, found.type, found.status)
    assert said == (case.rule, case.message, case.param, case.code, "invalid_request_error", 400)
    assert found.warning == BY_ID[case.rule].warning
    assert found.fix


@each_case
def test_its_neighbour_is_taken(case):
    """Nearly the same request is fine."""
    assert violations(case.kept, case.dialect) == []


@each_case
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_rule_binds_those_who_enforce_it(case, dialect):
    """And nobody else: a rule of OpenAI's limits says nothing about a request to a compatible server."""
    found = {one.rule for one in violations(case.broken, dialect)}
    assert (case.rule in found) == (dialect in BY_ID[case.rule].dialects)


@each_case
def test_a_request_is_judged_as_it_is_sent(case):
    """What has been JSON and is read again, as the socket server does, is judged the same; nothing of it is changed."""
    before = json.dumps(case.broken)
    assert violations(json.loads(before), case.dialect) == violations(case.broken, case.dialect)
    assert json.dumps(case.broken) == before


def test_all_that_is_wrong_is_found():
    """The API stops at the first; a reader wants all of it."""
    found = violations(body(*history("call_1"), user(name="a b"), user(None), top_k=1))
    assert [one.rule for one in found] == ["parameter-unknown", "content-null", "message-name-pattern"]
    assert [(one.where, one.index) for one in found] == [("", None), ("messages[4]", 4), ("messages[3].name", 3)]


def test_rules_are_named_and_sourced():
    """An id in kebab case that is there once, a law that is a sentence, a source, a repair."""
    assert len(BY_ID) == len(TABLE)
    for rule in TABLE:
        assert rule.id == rule.id.lower()
        assert rule.id.replace("-", "").isalpha()
        assert rule.law.endswith(".")
        assert rule.sources
        assert all("#" in source or source.startswith("https://") for source in rule.sources)
        assert rule.fix
        assert rule.dialects <= set(DIALECTS)

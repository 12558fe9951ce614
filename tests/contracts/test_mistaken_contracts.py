"""A contract that is written wrong says so, once, where it is written; and says what it did not look at."""

from __future__ import annotations

import pytest

from autogen_harness.contracts import LawBroken, tool_contract
from autogen_harness.contracts.registry import LAWS
from autogen_harness.contracts.verdict import check
from autogen_harness.errors import UsageError

pytest_plugins = ["pytester"]

TOOLS = """
import json
import requests

def ticket(ticket_id: int, attempts: int = 1) -> str:
    return json.dumps({"ticket": ticket_id})

def page(url: str) -> str:
    return json.dumps({"status": requests.get(url, timeout=3).status_code})
"""
HEAD = "from tools import page, ticket\nfrom autogen_harness.contracts import chain_contract, tool_contract\n"
LEFT_OUT = "forbidden-arguments-give-an-error"


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(tools=TOOLS)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\npythonpath = .\n")
    return pytester


def run(project: pytest.Pytester, text: str, *options: str) -> pytest.RunResult:
    project.makepyfile(test_it=HEAD + text)
    return project.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly", "test_it.py", *options)


IN_TESTS = """
import unittest
import pytest

def test_function():
    tool_contract(ticket)

def test_chain():
    chain_contract([ticket, page])

@pytest.mark.asyncio
async def test_async():
    tool_contract(ticket)

class TestClass:
    def test_method(self):
        tool_contract(ticket)

class TestCase(unittest.TestCase):
    def test_method(self):
        tool_contract(ticket)
"""


def test_a_contract_inside_a_test_is_refused(project: pytest.Pytester):
    """It would check nothing and be green."""
    result = run(project, IN_TESTS)

    result.assert_outcomes(failed=5)
    said = "*UsageError: *_contract(...) makes tests for pytest to collect, and checks nothing while a test runs; write it in *"
    result.stdout.fnmatch_lines([said] * 5)


def test_a_contract_may_be_made_by_a_function_while_its_module_is_imported(project: pytest.Pytester):
    """Even where a test imports that module, or runs pytest."""
    project.makepyfile(made=HEAD + "def make(tool):\n    return tool_contract(tool)\n\ntest_ticket = make(ticket)\n")
    result = run(project, "from made import test_ticket\n\ndef test_imports():\n    import made\n", "-k", "ordinary or imports")

    result.assert_outcomes(passed=2)


def test_a_contract_may_stand_in_a_class(project: pytest.Pytester):
    """One id a law there too, and what was not checked is told."""
    text = "class TestTools:\n    test_ticket = tool_contract(ticket)\n"
    result = run(project, text, "-k", "schema or in-every-process or every-valid", "-v")

    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        ["test_it.py::TestTools::test_ticket[[]schema-is-well-formed[]] PASSED*", "*in TestTools::test_ticket"]
    )


def test_an_unknown_cassette_is_one_error_without_internals(project: pytest.Pytester):
    """At collection, as a wrong pattern is; the nearest name is told."""
    result = run(project, 'test_page = tool_contract(page, upstream="webhook/slack-okay")\n')

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["the contract of page: *there is no cassette 'webhook/slack-okay'; did you mean *slack-ok*"])
    assert "autogen_harness/contracts" not in result.stdout.str().replace("\\", "/")


WRONG = [
    (
        {"example": {"ticket": 42}},
        "example names 'ticket'; did you mean 'ticket_id'.* the parameters of ticket are ticket_id, attempts",
    ),
    ({"example": {"zzz": 42}}, "example names 'zzz'; the parameters of ticket are ticket_id, attempts"),
    ({"without": {"forbidden-arguments": "x"}}, f"without names 'forbidden-arguments', .*; did you mean '{LEFT_OUT}'"),
    ({"without": {"order-is-kept": "x"}}, "which is no law that ticket owes"),
    ({"without": {LEFT_OUT: " "}}, "a mapping of laws to reasons"),
    ({"without": [LEFT_OUT]}, "a mapping of laws to reasons"),
    ({"reads": "/data"}, "reads must be a list of folders and files, not '/data'"),
    ({"honours": ["ticket"]}, "honours names 'ticket'; did you mean 'ticket_id'"),
    ({"secrets": ["attempt"]}, "secrets names 'attempt'; did you mean 'attempts'"),
    ({"deadline": 0}, "deadline must be a number of seconds, not 0"),
    ({"side_effects": "reads"}, "side_effects must be one of none, read, write, external, not 'reads'"),
    ({"limits": {"result_char": 9}}, "limits must be a mapping of result_chars, read_bytes, seconds, calls, "),
    ({"limits": {"seconds": 0}}, "limits must be"),
    ({"hosts": "example.com"}, "hosts must be a list of host names"),
    ({"items": (len,)}, "items must be a pair of functions"),
]


def ticket(ticket_id: int, attempts: int = 1) -> str:
    return f'{{"ticket": {ticket_id}, "attempts": {attempts}}}'


@pytest.mark.parametrize(("said", "wanted"), WRONG)
def test_what_nobody_owes_or_takes_is_told_the_nearest(said: dict, wanted: str):
    """A typo does not blame the tool, and switches nothing off."""
    with pytest.raises(UsageError, match=wanted):
        tool_contract(ticket, **said)


def test_an_example_may_name_what_the_function_or_an_open_schema_takes():
    """Those are for the laws to judge."""
    schema = {"type": "object", "properties": {"ticket_id": {"type": "integer"}}, "required": ["ticket_id"]}

    tool_contract(ticket, schema=schema, example={"ticket_id": 1, "attempts": 2})
    tool_contract(ticket, schema={**schema, "additionalProperties": True}, example={"ticket_id": 1, "more": 2})


def test_a_law_that_is_left_out_is_listed_with_the_reason():
    """It is no test, and not forgotten."""
    test = tool_contract(ticket, without={LEFT_OUT: "AutoGen checks"})

    assert LEFT_OUT not in [law.id for law in test.laws]
    assert (LEFT_OUT, "left out: AutoGen checks") in test.not_checked


def broken(tool, law: str, **said) -> LawBroken:
    test = tool_contract(tool, **said)
    with pytest.raises(LawBroken) as failure:
        check(next(one for one in LAWS if one.id == law), test.contract)
    return failure.value


def test_the_way_out_of_a_missing_check_is_told():
    """Where a decorator is, and how to do without."""
    fix = broken(ticket, LEFT_OUT).evidence.fix

    assert "examples/toolbox/boundary.py" in fix
    assert f"without={{'{LEFT_OUT}': 'why'}}" in fix


def ask(symbol: str) -> str:
    import requests

    host = "query1.finance.yahoo.com/v8/finance/chart/NVDA?interval=1d&range=1d"
    return requests.get(f"https://{host if symbol else 'api.mine.example'}", timeout=3).text


@pytest.mark.parametrize(
    ("symbol", "wanted"), [("N", 'upstream=(..., "yahoo/chart-nvda")'), ("", 'upstream=(..., "api.mine.example')]
)
def test_a_missing_cassette_is_to_be_named_in_the_contract(symbol: str, wanted: str):
    """harness.http.play is for chats; and the text keeps its margin."""
    failure = broken(ask, "the-ordinary-call-succeeds", upstream="webhook/slack-ok", example={"symbol": symbol})

    assert wanted in failure.evidence.fix
    assert "harness.http.play" not in str(failure)
    assert [line for line in str(failure).splitlines()[1:] if not line.startswith("  ")] == []


def wordless(text: str) -> str:
    raise TimeoutError


def test_an_exception_without_words_leaves_no_colon():
    """Its class, and where it was raised."""
    result = broken(wordless, "every-valid-call-returns-json").evidence.result

    assert result.startswith("raised TimeoutError, at ")
    assert "(wordless)" in result


def test_a_second_phase_that_saw_no_call_is_listed(project: pytest.Pytester):
    """The schema allows addresses only that are none of the upstream's; the table alone is no full check."""
    result = run(
        project,
        """
schema = {"type": "object", "properties": {"url": {"type": "string", "pattern": "^https://elsewhere.example/[a-z]+$"}}}
def look(url: str = "https://elsewhere.example/a") -> str:
    return page(url)
test_look = tool_contract(look, schema=schema, upstream="webhook/slack-ok", example={})
def test_of_the_test():
    assert [law for law, want in test_look.not_checked if "drawn" in want] == ["writes-stay-inside"]
""",
        "-k",
        "writes or of_the_test",
    )

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["without calls drawn from the schema*: writes-stay-inside"])

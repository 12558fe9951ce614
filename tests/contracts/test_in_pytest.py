"""Contracts as a user meets them: collected by pytest, one id a law, readable when red, the same in every order."""

from __future__ import annotations

import json

import pytest

pytest_plugins = ["pytester"]

TOOLS = '''
import json
import requests

CALLS = []

def status(url: str) -> str:
    """The status of a page."""
    if not isinstance(url, str):
        return json.dumps({"error": "url must be a string"})
    try:
        reply = requests.get(url, timeout=3)
    except (requests.RequestException, ValueError) as error:
        return json.dumps({"error": f"no answer: {type(error).__name__}"})
    if not 200 <= reply.status_code < 300:
        return json.dumps({"error": f"status {reply.status_code}"})
    return json.dumps({"status": reply.status_code})

def numbered(name: str) -> str:
    return json.dumps({"id": hash(name) % 100000})

def crash(text: str) -> str:
    return json.dumps({"length": 100 // (len(text) - 5)})
'''

TESTS = """
from tools import crash, numbered, status
from autogen_harness.contracts import tool_contract

test_status = tool_contract(status, upstream="webhook/slack-ok")
test_numbered = tool_contract(numbered)
test_crash = tool_contract(crash)
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(tools=TOOLS, test_tools=TESTS)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\npythonpath = .\n")
    return pytester


def run(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    return project.runpytest_subprocess("-p", "no:cacheprovider", *options)


def test_each_law_is_a_test_of_its_own(project: pytest.Pytester):
    """The id names the tool's test and the law, and the place is the user's file."""
    result = run(project, "--collect-only", "-q", "-p", "no:randomly", "-k", "status")

    assert "test_tools.py::test_status[schema-is-well-formed]" in result.outlines
    assert "test_tools.py::test_status[the-upstream-is-called]" in result.outlines
    assert not [line for line in result.outlines if "testing.py" in line]


def test_a_salted_hash_is_found_in_other_processes(project: pytest.Pytester):
    """Twice in one process it is the same; in two it is not."""
    result = run(project, "-k", "numbered and same", "-p", "no:randomly")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "same-result-in-every-process: the same call gives the same result in another process*",
            '*arguments  {"name": "example"}',
            "*fix        use hashlib for ids*",
        ]
    )


def test_a_drawn_call_that_raises_is_shown_at_its_simplest(project: pytest.Pytester):
    """The table does not reach a text of five letters; the second phase does, and shrinks it."""
    result = run(project, "-k", "crash and valid", "-p", "no:randomly", "--hypothesis-seed=7")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "every-valid-call-returns-json: *",
            "*broken     it raised ZeroDivisionError",
            '*arguments  {"text": "00000"}',
            "*result     raised ZeroDivisionError: *, at tools.py:22 (crash)",
        ]
    )
    assert "Falsifying" not in result.stdout.str()
    assert "traceback" not in result.stdout.str().lower()
    assert "fuzz.py" not in result.stdout.str()


@pytest.mark.parametrize(
    "options",
    [("-n", "2"), ("-p", "randomly", "-p", "no:cacheprovider"), ("-p", "no:autogen_harness")],
    ids=["xdist", "randomly", "alone"],
)
def test_it_runs_beside_other_plugins(project: pytest.Pytester, options: tuple[str, ...]):
    """On two workers, in any order, and without the harness's own plugin: the same verdicts."""
    result = run(project, "-k", "status and not process", *options)

    outcomes = result.parseoutcomes()
    assert outcomes["failed"] == 1  # a bare function does not refuse what its schema forbids
    assert outcomes["passed"] > 9
    result.stdout.fnmatch_lines(["FAILED test_tools.py::test_status?forbidden-arguments-give-an-error? - *"])


def test_the_loaded_profile_is_obeyed(project: pytest.Pytester):
    """A profile of one example draws one call, after the table."""
    project.makeconftest(
        """
        from hypothesis import settings
        settings.register_profile("one", max_examples=1, derandomize=True)
        settings.load_profile("one")
        """
    )
    project.makepyfile(
        test_count="""
        import json
        from autogen_harness.contracts import tool_contract
        calls = []
        def count(flag: bool) -> str:
            calls.append(flag)
            return json.dumps(flag)
        test_count = tool_contract(count)
        def test_calls():
            table, answered, drawn = calls[:3], calls[3:4], calls[4:]
            assert (table, answered, len(drawn)) == ([True, True, False], [True], 1)
        """
    )
    result = run(project, "test_count.py", "-k", "valid or test_calls", "-p", "no:randomly")

    result.assert_outcomes(passed=2)


def test_nothing_is_left_in_the_project(project: pytest.Pytester):
    """No file but hypothesis's own database, whose place is the project and not the scratch folder."""
    run(project, "-k", "status and valid", "-p", "no:randomly")
    before = {path.name for path in project.path.iterdir()}
    run(project, "-k", "status and (writes or ordinary)", "-p", "no:randomly")

    assert ".hypothesis" in before
    assert {path.name for path in project.path.iterdir()} - before <= {"runpytest-1"}  # pytest's own folder of the second run


def test_what_is_not_checked_is_told(project: pytest.Pytester):
    """A summary of the session's contracts, for whoever reports on it."""
    project.makeconftest(
        """
        from autogen_harness.contracts import contracts_in
        def pytest_collection_finish(session):
            for one in contracts_in(session.items):
                print(one.tool, len(one.checked), one.not_checked[1])
        """
    )
    result = run(project, "--collect-only", "-q", "-s", "-p", "no:randomly")

    result.stdout.fnmatch_lines(["status * NotChecked(law='success-exactly-for-2xx', hint='success')"])


def test_the_project_s_own_cassettes_can_be_the_upstream(project: pytest.Pytester):
    """They lie where the plugin's settings say."""
    folder = project.mkdir("recorded") / "mine"
    folder.mkdir()
    request = {"method": "GET", "url": "https://api.mine.example/v1"}
    response = {
        "status": 200,
        "headers": [["content-type", "application/json"]],
        "body": {"json": {"a": 1}, "style": "compact"},
    }
    interaction = {"request": request, "outcome": {"response": response}, "provenance": "composed"}
    cassette = {"format": "autogen-harness-cassette/1", "about": "Mine.", "interactions": [interaction]}
    (folder / "page.json").write_text(json.dumps(cassette), encoding="utf-8")
    project.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\npythonpath = .\nharness_cassettes = recorded\n")
    project.makepyfile(
        test_mine="""
        from tools import status
        from autogen_harness.contracts import tool_contract
        test_mine = tool_contract(status, upstream="mine/page")
        """
    )
    result = run(project, "test_mine.py", "-k", "upstream-is-called or ordinary")

    result.assert_outcomes(passed=2)


RETRYING = """
import json
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry
from autogen_harness.contracts import tool_contract

def price(ticker: str = "NVDA") -> str:
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=Retry(2, status_forcelist=[429, 503], raise_on_status=False)))
    try:
        reply = session.get("https://query1.finance.yahoo.com/v8/finance/chart/NVDA?interval=1d&range=1d", timeout=3)
        return json.dumps({"status": reply.status_code} if reply.ok else {"error": f"status {reply.status_code}"})
    except requests.RequestException as error:
        return json.dumps({"error": type(error).__name__})

test_price = tool_contract(
    price, pattern="error-handled", upstream="yahoo/chart-nvda", max_attempts=3, backoff=lambda retry: 2.0**retry
)
"""


THROUGH_RESPONSES = """
from autogen_harness.cassettes import doors
doors.ENTRANCES = tuple(one._replace(default=True) for one in doors.ENTRANCES if one.name == "responses")
"""


def test_waits_that_the_backend_leaves_out_are_skipped_and_not_blamed_on_the_tool(pytester: pytest.Pytester):
    """urllib3's Retry would wait, live; through `responses`, which stands in for an old urllib3, it does not."""
    pytester.makeconftest(THROUGH_RESPONSES)
    pytester.makepyfile(RETRYING)
    result = run(pytester, "-rs", "-p", "no:randomly", "-k", "backoff or retry-after or k-failures or limit")

    result.assert_outcomes(passed=1, skipped=3)
    result.stdout.fnmatch_lines(["SKIPPED * back-off not checked on this backend: *Retry*"])


def test_waits_of_urllib3_are_checked(pytester: pytest.Pytester):
    """Below its retries nothing is left out: this tool has no back-off, and is told so."""
    pytester.makepyfile(RETRYING)
    result = run(pytester, "-p", "no:randomly", "-k", "backoff or retry-after or k-failures or limit")

    result.assert_outcomes(passed=3, failed=1)


def test_a_law_of_severity_warning_warns_and_leaves_the_test_green(pytester: pytest.Pytester):
    """With what a failure would say, at the line of the contract; a filter makes it red."""
    pytester.makepyfile(
        test_soft="""
        import json
        from dataclasses import replace
        from autogen_harness.contracts import registry, tool_contract

        registry.LAWS = tuple(replace(law, severity="warning") for law in registry.LAWS if law.id == "errors-say-something")

        def find(name: str) -> str:
            return json.dumps({"error": ""})

        test_find = tool_contract(find)
        """
    )
    soft = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    hard = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error::autogen_harness.contracts.ContractWarning")

    soft.assert_outcomes(passed=1, warnings=1)
    soft.stdout.fnmatch_lines(["*test_soft.py:*ContractWarning: errors-say-something: *", "*why *"])
    hard.assert_outcomes(failed=1)

"""A green session says once what it did not check."""

from __future__ import annotations

import pytest

TESTS = """
import json
import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry
from autogen_harness import fault
from autogen_harness.contracts import tool_contract

URL = "https://query1.finance.yahoo.com/v8/finance/chart/NVDA?interval=1d&range=1d"

def add(x: int) -> str:
    return json.dumps({"sum": x + 1} if isinstance(x, int) and not isinstance(x, bool) else {"error": "x is not an integer"})

PARAMETERS = {
    "type": "object",
    "properties": {"x": {"type": "integer", "description": "A number.", "examples": [1]}},
    "required": ["x"],
    "additionalProperties": False,
}
test_add = tool_contract(add, schema=PARAMETERS)

@pytest.mark.harness(backend="responses")
def test_retry(harness):
    harness.http.play("yahoo/chart-nvda", fault=fault.status(503))
    harness.http.play("yahoo/chart-nvda")
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=Retry(3, status_forcelist=[503])))
    assert session.get(URL, timeout=3).status_code == 200
"""


@pytest.fixture
def project(pytester):
    pytester.makepyfile(TESTS)
    return pytester


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["plain", "xdist"])
def test_what_was_not_checked_is_said_once(project, workers):
    """Laws without their hint and notes of drivers stand at the end, each on one line, whoever ran the tests."""
    done = project.runpytest_subprocess("-q", "-k", "well-formed or agree or retry", "-p", "no:randomly", *workers)

    text = done.stdout.str()
    assert 1 == text.count("autogen-harness: not checked")
    assert 1 == text.count("without output_schema: output-schema-holds\n    in test_add\n")
    assert 1 == text.count("back-off not checked on this backend")


def test_nothing_is_said_where_all_was_checked(project):
    """A session without notes and contracts ends as pytest's own."""
    project.makepyfile(test_other="def test_nothing(harness):\n    pass\n")

    done = project.runpytest_subprocess("-q", "test_other.py")

    assert "not checked" not in done.stdout.str()


def test_the_story_says_it_in_its_own_place(project):
    """No second list under the story."""
    done = project.runpytest_subprocess("-q", "--harness-story", "-k", "well-formed")

    assert "autogen-harness: not checked" not in done.stdout.str()

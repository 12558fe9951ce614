"""One right tool that retries, and the same tool with one mistake at a time: each mistake turns its own laws red."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import settings

from autogen_harness import schemas
from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.verdict import breach_in

SCHEMA = {
    "name": "fetch",
    "parameters": {
        "type": "object",
        "properties": {"url": {"type": "string"}, "note": {"type": "string", "default": "x"}},
        "required": ["url"],
        "additionalProperties": False,
    },
}
BUSY = {408, 429, 500, 502, 503, 504}
SLOW = "same-result-in-every-process"  # two more processes: it has a test of its own


@pytest.fixture(autouse=True)
def few_examples() -> Iterator[None]:
    """The second phase is short here: every mistake below is in reach of the table."""
    settings.register_profile("few", max_examples=8, database=None)
    before = settings.get_current_profile_name() if hasattr(settings, "get_current_profile_name") else "default"
    settings.load_profile("few")
    yield
    settings.load_profile(before)


def failure(error: str, **fields: Any) -> str:
    return json.dumps({"success": False, "error": error, **fields})


def complaint(arguments: dict[str, Any]) -> str:
    parameters = SCHEMA["parameters"]
    unknown = [name for name in arguments if name not in parameters["properties"]]
    if unknown:
        return f"unknown parameter {unknown[0]}"
    found = schemas.problems(arguments, parameters)
    return f"parameter {found[0].path}: {found[0].message}" if found else ""


def make_fetch(bug: str = ""):  # one branch a bug, beside the line that it spoils
    """The right tool, or one with one bug."""
    calls: list[str] = []
    attempts = 4 if bug == "one attempt too many" else 3

    def send(url: str) -> requests.Response:
        return requests.get(url, timeout=None if bug == "no timeout" else 7.0 if bug == "another timeout" else 5.0)

    def body(reply: requests.Response) -> str:
        calls.append(reply.url)
        if bug == "null field":
            return json.dumps({"success": True, "status": None})
        if bug == "remembers":
            return json.dumps({"success": True, "status": reply.status_code, "call": len(calls)})
        if bug == "reads a field that may be absent":
            return json.dumps({"success": True, "status": reply.status_code, "url": reply.json()["chart"]["error"]})
        if bug == "passes NaN on":
            data = reply.json() if reply.headers.get("content-type") == "application/json" and b"NaN" in reply.content else 0
            return json.dumps({"success": True, "status": reply.status_code, "data": data})
        if bug == "writes outside":
            Path("../leak.txt").write_text("leak", encoding="utf-8")
        if bug == "only 200 is success":
            ok = reply.status_code == 200
            return json.dumps({"success": ok, "status": reply.status_code, **({} if ok else {"error": "not 200"})})
        return json.dumps({"success": True, "status": reply.status_code})

    def wait(reply: requests.Response | None, retry: int) -> None:
        seconds = 2.0**retry + (bug == "waits longer")
        asked = reply.headers.get("Retry-After", "0") if reply is not None and bug != "deaf to Retry-After" else "0"
        time.sleep(
            max(seconds, 3.0 if "2026" in asked else float(asked) if asked.isdigit() or bug == "trusts its header" else 0.0)
        )

    def fetch(url: str, note: str = "x") -> str:  # as above
        if bug == "always fails":
            return failure("no")
        if bug == "never asks":
            return json.dumps({"success": True, "status": 200})
        error = "not tried"
        for attempt in range(attempts):
            reply = None
            try:
                reply = send(url)
            except (requests.ConnectionError, requests.Timeout) as problem:
                error = "" if bug == "empty error" else f"no answer: {type(problem).__name__}"
                if bug == "gives up on resets" and not isinstance(problem, requests.Timeout):
                    return failure(error)
            except (requests.RequestException, UnicodeError, ValueError) as problem:
                return failure(f"cannot be sent or read: {type(problem).__name__}")
            else:
                status = reply.status_code
                if 200 <= status < 300 or (bug == "takes an error page for an answer" and status == 500):
                    return body(reply)
                error = f"status {'None' if bug == 'status None' else status}"
                asked = reply.headers.get("Retry-After", "")
                if asked.isdigit() and int(asked) > 60:
                    return failure(f"{error}, to be asked again after {asked} s", attempts=attempt + 1)
                if status not in BUSY and bug != "retries everything":
                    return failure(error, attempts=3 if bug == "reports the limit" else attempt + 1)
            if attempt < attempts - 1 or bug == "sleeps after the last attempt":
                wait(reply, attempt)
        return failure(error, attempts=attempts)

    @wraps(fetch)
    def guarded(**arguments: Any) -> str:
        wrong = complaint(arguments)
        return failure(wrong) if wrong and bug != "checks nothing" else fetch(**arguments)

    return fetch if bug == "bare function" else guarded


def contract_of(tool: Any, **hints: Any) -> Any:
    said = {
        "max_attempts": 3,
        "backoff": lambda k: 2.0**k,
        "success": lambda result: result["success"],
        "output_schema": ["success", "status"],
        "timeout": 5.0,
        "upstream": ("yahoo/chart-nvda",),
    }
    return tool_contract(tool, pattern="error-handled", schema=SCHEMA, **{**said, **hints})


def red(test: Any, laws: Any = None) -> set[str]:
    with World(test.contract) as world:
        return {law.id for law in laws or touched(test) if breach_in(law, world)}


def owed(test: Any) -> list[Any]:
    """Laws that only warn are let be: a short tool reads its whole body, and so may every mistake."""
    return [law for law in test.laws if law.id != SLOW and law.severity == "error"]


def touched(test: Any) -> list[Any]:
    """The laws that one of the mistakes below touches."""
    named = {law for _, laws in TABLE for law in laws}.union(*COMPANIONS.values())
    return [law for law in owed(test) if law.id in named]


def test_the_right_tool_breaks_no_law():
    """A tool without mistakes is green on everything it owes, and owes all laws of its pattern."""
    test = contract_of(make_fetch())

    assert red(test, owed(test)) == set()
    assert len(owed(test)) >= 20


TABLE = [
    ("always fails", {"the-ordinary-call-succeeds", "output-schema-holds", "the-upstream-is-called"}),
    ("never asks", {"the-upstream-is-called"}),
    ("reads a field that may be absent", {"every-valid-call-returns-json"}),
    ("passes NaN on", {"every-valid-call-returns-json"}),
    ("checks nothing", {"forbidden-arguments-give-an-error"}),
    ("bare function", {"forbidden-arguments-give-an-error"}),
    ("writes outside", {"writes-stay-inside"}),
    ("empty error", {"errors-say-something"}),
    ("status None", {"errors-say-something"}),
    ("takes an error page for an answer", {"failures-are-reported-as-errors"}),
    ("only 200 is success", {"success-exactly-for-2xx"}),
    ("null field", {"output-schema-holds"}),
    ("remembers", {"same-call-same-result"}),
    ("no timeout", {"the-timeout-reaches-the-transport"}),
    ("another timeout", {"the-timeout-reaches-the-transport"}),
    ("one attempt too many", {"attempts-never-exceed-the-limit"}),
    ("reports the limit", {"reported-attempts-are-true"}),
    ("retries everything", {"client-errors-are-not-retried"}),
    ("waits longer", {"backoff-follows-its-formula"}),
    ("sleeps after the last attempt", {"backoff-follows-its-formula"}),
    ("trusts its header", {"every-valid-call-returns-json"}),
    ("deaf to Retry-After", {"retry-after-is-honoured"}),
    ("gives up on resets", {"success-after-k-failures-is-success"}),
]


RETRY_LAWS = {"backoff-follows-its-formula", "retry-after-is-honoured", "success-after-k-failures-is-success"}

# What else such a tool breaks, because it is the same mistake seen from another side.
COMPANIONS: dict[str, set[str]] = {
    "always fails": {"success-exactly-for-2xx", *RETRY_LAWS},
    "never asks": {"success-exactly-for-2xx", *RETRY_LAWS},
    "reads a field that may be absent": {"success-exactly-for-2xx"},
    "takes an error page for an answer": {"success-exactly-for-2xx"},
    "remembers": {"success-after-k-failures-is-success", "wrapping-changes-nothing"},
    "empty error": {"the-last-error-is-told"},
    "status None": {"the-last-error-is-told"},
    "gives up on resets": {"in-band-errors-are-retried"},
}


@pytest.mark.parametrize(("bug", "laws"), TABLE, ids=[bug.replace(" ", "-") for bug, _ in TABLE])
def test_each_mistake_turns_its_law_red(bug: str, laws: set[str]):
    """One mistake is found by the law about it, and by no law that it does not touch."""
    found = red(contract_of(make_fetch(bug)))

    assert laws <= found
    assert found - laws <= COMPANIONS.get(bug, set())

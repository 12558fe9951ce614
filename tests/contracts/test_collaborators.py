"""A tool that asks no HTTP service: what it calls instead is named, and fails as declared."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest
from judging import broken, what

from autogen_harness.contracts import retry_contract, tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.errors import UsageError

SCHEMA = {"type": "object", "properties": {"sql": {"type": "string", "const": "SELECT 1"}}, "required": ["sql"]}
PLACE = f"{__name__}.connect"
GONE = {"schema": SCHEMA, "collaborators": {PLACE: [ConnectionError("gone"), TimeoutError()]}, "max_attempts": 3}


def connect() -> sqlite3.Connection:
    """What the tool looks up in this module, whenever it is called."""
    return sqlite3.connect(":memory:")


def rows(sql: str) -> str:
    connection = connect()
    try:
        return json.dumps({"rows": connection.execute(sql).fetchall()})
    finally:
        connection.close()


def patient(attempts: int = 3, on: Any = (ConnectionError, TimeoutError), says: Any = repr) -> Callable[..., str]:
    def query(sql: str = "", **unknown: object) -> str:
        if unknown or not isinstance(sql, str) or not sql.startswith("SELECT"):
            return json.dumps({"error": "sql must be a SELECT, and no other argument is known"})
        error = None
        for attempt in range(attempts):
            if attempt:
                time.sleep(2.0 ** (attempt - 1))
            try:
                return rows(sql)
            except on as problem:
                error = problem
            except Exception as problem:  # noqa: BLE001  # all but what may pass is told at once
                return json.dumps({"error": repr(problem), "attempts": attempt + 1})
        return json.dumps({"error": says(error), "attempts": attempts})

    return query


TABLE = [
    ("attempts-never-exceed-the-limit", patient(4), "4 attempts were made, 3 are allowed"),
    ("success-after-k-failures-is-success", patient(2), "it gave up after 2 attempts; one more would have succeeded"),
    ("deterministic-errors-are-not-retried", patient(on=Exception), "3 attempts were made, and each must meet the same"),
    ("interrupts-pass-through", patient(on=BaseException), "KeyboardInterrupt, raised while it waited for its upstream, "),
    ("failures-are-reported-as-errors", lambda sql: '{"rows": []}' if not tried(sql) else rows(sql), "the upstream failed and"),
    ("every-valid-call-returns-json", rows, "it raised ConnectionError"),
    ("errors-say-something", patient(says=lambda _: ""), "the error has no text"),
]


def tried(sql: str) -> bool:
    try:
        rows(sql)
    except OSError:
        return False
    return True


@pytest.mark.parametrize(("law", "tool", "wanted"), TABLE, ids=[law for law, _, _ in TABLE])
def test_each_law_looks_at_collaborators(law: str, tool: Any, wanted: str):
    """They count as upstream: a wrong tool breaks the law, the right one does not."""
    assert what(law, tool, **GONE).startswith(wanted)
    assert what(law, patient(), **GONE) == ""


def test_the_back_off_is_followed_between_calls_of_a_collaborator():
    """Waits are on the same clock."""
    law = "backoff-follows-its-formula"

    assert what(law, patient(), backoff=lambda k: 2.0**k, **GONE) == ""
    assert what(law, patient(), backoff=lambda _: 5.0, **GONE) == "it waited 1, 2 s, its formula says 5, 5 s"


def test_the_failure_tells_what_was_called():
    """The plan, and each call in order."""
    breach = broken("attempts-never-exceed-the-limit", patient(4), **GONE)

    assert breach is not None
    assert breach.seen.plan.label == f"{PLACE} raises ConnectionError('gone')"
    assert breach.seen.timeline[:3] == (
        f"{PLACE} -> raises ConnectionError('gone')",
        "time.sleep 1 s",
        f"{PLACE} -> raises ConnectionError('gone')",
    )


def test_a_value_is_returned_in_place_of_the_real_one():
    """Also by what is awaited; and everything is as before afterwards."""
    test = tool_contract(rows, schema=SCHEMA, collaborators={PLACE: [None]})
    before = connect
    with World(test.contract) as world:
        seen = world.call({"sql": "SELECT 1"}, world.plans[-1])

    assert isinstance(seen.raised, AttributeError)  # None has no execute
    assert connect is before


async def fetch() -> int:
    return 7


def test_what_is_awaited_stays_so():
    """The stand-in of an asynchronous function is one."""

    async def tool(sql: str) -> str:
        return json.dumps({"value": await fetch()})

    test = tool_contract(tool, schema=SCHEMA, collaborators={f"{__name__}.fetch": [8, TimeoutError]})
    with World(test.contract) as world:
        assert [world.call({"sql": "SELECT 1"}, plan).result for plan in world.plans[:2]] == ['{"value": 7}', '{"value": 8}']
        assert isinstance(world.call({"sql": "SELECT 1"}, world.plans[2]).raised, TimeoutError)


@pytest.mark.parametrize(
    ("declared", "wanted"),
    [
        ({f"{__name__}.conect": [TimeoutError()]}, "has no 'conect'; did you mean 'connect'"),
        ({"no_such_module.connect": [TimeoutError()]}, "there is no module 'no_such_module'; write 'module.function'"),
        ({"connect": [TimeoutError()]}, "there is no module 'connect'"),
        ({f"{__name__}.PLACE": [TimeoutError()]}, "nothing that can be called"),
        ({"builtins.open": [OSError()]}, "which everybody calls; name a function of the tool's own module"),
        ({PLACE: TimeoutError()}, r"must be a list of what a call may come to, such as \[TimeoutError\(\)\], not TimeoutError"),
        ({PLACE: []}, "must be a list"),
        ([PLACE], "collaborators must be a mapping such as"),
    ],
)
def test_a_name_that_means_nothing_is_an_error(declared: Any, wanted: str):
    """Where the contract is written."""
    with pytest.raises(UsageError, match=wanted):
        retry_contract(rows, schema=SCHEMA, collaborators=declared)

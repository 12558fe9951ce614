"""Pattern 5, error-handled tools: what can help is tried again, on a schedule that is held exactly, and nothing raises."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from autogen_harness import Harness, call, fail, fault, result, say
from autogen_harness.contracts import retry_contract
from error_handled.agents import build_agents
from error_handled.retrying import resilient_tool
from error_handled.tool import CALL_EXTERNAL_API_SCHEMA, READ_FILE_SAFE_SCHEMA, call_external_api, read_file_safe

URL = "https://query1.finance.yahoo.com/v8/finance/chart/NVDA?interval=1d&range=1d"


def test_a_service_that_is_down_is_tried_three_times(harness: Harness) -> None:
    """Two failures, then an answer: waits of one and two seconds, none of them real."""
    user, operator = build_agents()
    harness.http.play("yahoo/chart-nvda", fault=fault.status(503), times=2)
    harness.http.play("yahoo/chart-nvda")
    harness.llm.script(
        call("call_external_api", endpoint=URL),
        say("It answers ", result("call_external_api").status_code, ". TERMINATE"),
    )

    chat = user.initiate_chat(operator, message="Is Yahoo up?")

    assert chat.summary.startswith("It answers 200.")
    assert harness.clock.sleeps == [1, 2]


def test_a_server_that_asks_for_patience_gets_it(harness: Harness) -> None:
    """Retry-After says seven seconds, so the tool waits seven, not one."""
    user, operator = build_agents()
    harness.http.play("yahoo/chart-nvda", fault=fault.status(429, retry_after=7))
    harness.http.play("yahoo/chart-nvda")
    harness.llm.script(call("call_external_api", endpoint=URL), say("Got it. TERMINATE"))

    user.initiate_chat(operator, message="Ask Yahoo.")

    assert harness.clock.sleeps == [7]


def test_a_page_that_does_not_exist_is_asked_for_once(harness: Harness) -> None:
    """A 404 comes again however often one asks, and the model is told that trying again cannot help."""
    user, operator = build_agents()
    harness.http.play("yahoo/unknown-symbol", url=URL)
    harness.llm.script(
        call("call_external_api", endpoint=URL),
        say(result("call_external_api").error, ", retryable: ", result("call_external_api").retryable, ". TERMINATE"),
    )

    chat = user.initiate_chat(operator, message="Ask Yahoo.")

    assert chat.summary.startswith("the server answered 404 Not Found, retryable: false")
    assert harness.clock.sleeps == []


def test_a_file_is_read_and_a_missing_one_is_an_answer(
    harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One real file, one that is not there: the second is not tried again, for it will not appear by waiting."""
    monkeypatch.setenv("TOOL_FILE_ROOT", str(tmp_path))
    (tmp_path / "notes.txt").write_text("Call Turin back.", encoding="utf-8")
    user, operator = build_agents()
    content = result("read_file_safe", call=0).content
    harness.llm.script(
        call("read_file_safe", file_path="notes.txt"),
        call("read_file_safe", file_path="plans.txt"),
        say(content, " No plans: ", result("read_file_safe").error, ". TERMINATE"),
    )

    chat = user.initiate_chat(operator, message="What is to be done?")

    assert chat.summary.startswith("Call Turin back. No plans: the tool failed, FileNotFoundError")
    assert harness.clock.sleeps == []


def test_a_model_that_is_overloaded_ends_the_chat_with_its_error(harness: Harness) -> None:
    """With a single model to ask, AutoGen has nothing to fall back on: the error is the caller's."""
    user, operator = build_agents()
    harness.llm.script(fail(429))

    with pytest.raises(Exception, match="429"):
        user.initiate_chat(operator, message="Is Yahoo up?")


test_call_external_api = retry_contract(
    call_external_api,
    schema=CALL_EXTERNAL_API_SCHEMA,
    upstream=("yahoo/chart-nvda", "yahoo/unknown-symbol"),
    max_attempts=3,
    attempts=lambda number: resilient_tool(max_attempts=number)(inspect.unwrap(call_external_api)),
    wrap=resilient_tool(max_attempts=3),
    deadline=120 + 15,
    backoff=lambda retry: 2.0**retry,
    timeout=15,
    success=lambda answer: "error" not in answer,
    output_schema=("status_code",),
)

test_call_external_api_with_a_key = retry_contract(
    call_external_api,
    schema=CALL_EXTERNAL_API_SCHEMA,
    upstream="webhook/httpbin-echo",
    example={"method": "POST", "payload": {"a": 1}, "idempotency_key": "k-1"},
    max_attempts=3,
    backoff=lambda retry: 2.0**retry,
    timeout=15,
    success=lambda answer: "error" not in answer,
    output_schema=("status_code",),
)

test_read_file_safe = retry_contract(
    read_file_safe,
    schema=READ_FILE_SAFE_SCHEMA,
    collaborators={"error_handled.tool.read_bytes": [TimeoutError("the share is gone"), PermissionError(13, "not yours")]},
    max_attempts=2,
    backoff=lambda retry: 2.0**retry,
    side_effects="read",
    output_schema=("path", "content", "size_bytes"),
)

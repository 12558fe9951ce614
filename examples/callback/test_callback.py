"""Pattern 3, callback tools: a pipeline that tells of its progress, and events for receivers of webhooks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autogen_harness import Harness, call, result, say
from autogen_harness.contracts import tool_contract
from callback.agents import build_agents
from callback.progress import ProgressEvent
from callback.tool import (
    REGISTER_WEBHOOK_SCHEMA,
    RUN_DATA_PIPELINE_SCHEMA,
    make_data_pipeline_tool,
    register_webhook_tool,
)

RECEIVER = "https://receiver.example.com/events"


def write_orders(folder: Path) -> None:
    """A small table with a double."""
    (folder / "in.csv").write_text("order,city\n2,Porto\n1,Turin\n2,Porto\n", encoding="utf-8")


RUN = {"source_path": "in.csv", "output_path": "out.jsonl", "transformations": ["deduplicate", "sort"]}


def test_the_pipeline_tells_every_step(harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real file is read and another one written; the callback hears of each step, and of the end once."""
    monkeypatch.chdir(tmp_path)
    write_orders(tmp_path)
    events: list[ProgressEvent] = []
    user, engineer = build_agents(events.append)
    harness.llm.script(
        call("run_data_pipeline", RUN),
        say(result("run_data_pipeline").rows_written, " orders are left. TERMINATE"),
    )

    chat = user.initiate_chat(engineer, message="Clean up the orders.")

    assert chat.summary.startswith("2 orders")
    assert (tmp_path / "out.jsonl").read_text() == '{"order": "1", "city": "Turin"}\n{"order": "2", "city": "Porto"}\n'
    assert [event["step"] for event in events if event["status"] == "done"] == ["load", "deduplicate", "sort", "write"]
    assert [event["status"] for event in events if event["step"] == "pipeline"] == ["completed"]


def test_a_callback_that_raises_does_not_stop_the_work(
    harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The progress bar is broken, and the file is written all the same."""

    def broken(event: ProgressEvent) -> None:
        raise RuntimeError(f"no progress bar for {event['step']}")

    monkeypatch.chdir(tmp_path)
    write_orders(tmp_path)
    user, engineer = build_agents(broken)
    harness.llm.script(call("run_data_pipeline", RUN), say("Status: ", result("run_data_pipeline").status, ". TERMINATE"))

    chat = user.initiate_chat(engineer, message="Clean up the orders.")

    assert chat.summary.startswith("Status: completed.")
    assert (tmp_path / "out.jsonl").is_file()


def test_a_source_that_is_not_there_ends_the_run_as_failed(
    harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model gets the reason, the callback its one last event, and no file is made."""
    monkeypatch.chdir(tmp_path)
    events: list[ProgressEvent] = []
    user, engineer = build_agents(events.append)
    harness.llm.script(call("run_data_pipeline", RUN), say("It failed: ", result("run_data_pipeline").error, " TERMINATE"))

    chat = user.initiate_chat(engineer, message="Clean up the orders.")

    assert "No such file" in chat.summary
    assert events[-1]["status"] == "failed"
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize(
    ("receiver", "status"),
    [
        ("webhook/slack-ok", 200),
        ("webhook/created", 201),
        ("webhook/accepted", 202),
        ("webhook/discord-ok", 204),
        ("webhook/redirect", 307),
        ("webhook/slack-channel-not-found", 404),
        ("webhook/discord-rate-limited", 429),
    ],
)
def test_an_event_counts_as_registered_if_the_receiver_accepts_it(harness: Harness, receiver: str, status: int) -> None:
    """Any 2xx is a success, and nothing else: a redirect would turn the POST into a GET."""
    user, engineer = build_agents()
    harness.http.play(receiver, url=RECEIVER)
    harness.llm.script(
        call("register_webhook_tool", endpoint_url=RECEIVER, event_type="order.created", payload={"order": 1001}),
        say(result("register_webhook_tool").webhook_registered, " TERMINATE"),
    )

    chat = user.initiate_chat(engineer, message="Announce order 1001.")

    answer = json.loads(harness.transcript.tool_runs[0].result)
    assert chat.summary.startswith(json.dumps(status < 300))
    assert (answer.get("status_code") or answer["status"]) == status


test_run_data_pipeline = tool_contract(
    make_data_pipeline_tool(),
    pattern="callback",
    schema=RUN_DATA_PIPELINE_SCHEMA,
    callback=make_data_pipeline_tool,
    cancel="stop",
    root=write_orders,
    example=RUN,
    side_effects="write",
    output_schema=("rows_read", "rows_written", "status"),
)

test_register_webhook_tool = tool_contract(
    register_webhook_tool,
    pattern="webhook",
    schema=REGISTER_WEBHOOK_SCHEMA,
    upstream=("webhook/slack-ok", "webhook/created", "webhook/accepted", "webhook/slack-channel-not-found"),
    timeout=5,
    idempotency_key="Idempotency-Key",
    side_effects="external",
    success=lambda answer: answer["webhook_registered"],
    output_schema=("tracking_id", "status_code"),
)

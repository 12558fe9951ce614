"""All patterns in one chat: one assistant is offered the whole registry and uses what the task needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_harness import Harness, call, calls, fault, result, say
from autogen_harness.contracts import team_contract, tool_contract
from combined.agents import build_agents
from combined.tool import FUNCTIONS, build_registry
from synchronous.tool import GET_STOCK_PRICE_SCHEMA

NEWS = "https://news.example.com/nvidia"


def test_one_task_takes_tools_of_every_pattern(harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look-ups at once, one of them asynchronous; a file in and a file out; a record in the CRM; a word to the webhook."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text("city\nTurin\nPorto\n", encoding="utf-8")
    user, generalist = build_agents()
    harness.http.play("yahoo/chart-nvda", "duckduckgo/nvidia", "webhook/slack-ok")
    harness.http.play("duckduckgo/mercury", url=NEWS)
    harness.llm.script(
        calls(
            call("get_stock_price", ticker="NVDA"),
            call("search_web", query="NVIDIA"),
            call("parallel_web_research", urls=[NEWS]),
        ),
        call("run_data_pipeline", source_path="orders.csv", output_path="sorted.csv", transformations=["sort"]),
        call("enrich_company_data", company_name="Quillmark"),
        call("save_to_crm", company_name="Quillmark", lead_tier="B", enrichment_data=result("enrich_company_data")),
        call(
            "register_webhook_tool",
            endpoint_url="https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
            event_type="lead.saved",
            payload={"crm_id": result("save_to_crm").crm_id, "price": result("get_stock_price").current_price},
        ),
        call("read_file_safe", file_path=result("run_data_pipeline").output),
        say("First comes ", result("read_file_safe").content, "TERMINATE"),
    )

    chat = user.initiate_chat(generalist, message="Do it all.")

    assert len(harness.transcript.tool_calls) == 8
    assert chat.summary.startswith("First comes city\nPorto\nTurin")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crm.sqlite3", "orders.csv", "sorted.csv"]


def test_a_plain_tool_becomes_patient_by_a_decorator(harness: Harness) -> None:
    """In the registry the price tool retries, on the schedule of the error-handled pattern."""
    user, generalist = build_agents()
    harness.http.play("yahoo/chart-nvda", fault=fault.connection_reset(), times=2)
    harness.http.play("yahoo/chart-nvda")
    harness.llm.script(
        call("get_stock_price", ticker="NVDA"),
        say("NVDA: ", result("get_stock_price").current_price, ". TERMINATE"),
    )

    user.initiate_chat(generalist, message="What is NVIDIA's price?")

    assert harness.clock.sleeps == [1, 2]


def test_a_name_is_in_the_registry_once() -> None:
    """A second tool of the same name would replace the first one silently; it is an error."""
    entry = (GET_STOCK_PRICE_SCHEMA, FUNCTIONS["get_stock_price"])

    with pytest.raises(ValueError, match="two tools are called 'get_stock_price'"):
        build_registry([entry, entry])


patient_get_stock_price = FUNCTIONS["get_stock_price"]

test_patient_get_stock_price = tool_contract(
    patient_get_stock_price,
    pattern=("sync", "error-handled"),
    schema=GET_STOCK_PRICE_SCHEMA,
    upstream="yahoo/chart-nvda",
    max_attempts=3,
    backoff=lambda retry: 2.0**retry,
    timeout=10,
    output_schema=("current_price", "previous_close"),
)

AUTOGENS_OWN = "AutoGen's own doing, which the tools meet by checking their arguments; see docs/contracts.md"

test_agents = team_contract(
    build_agents,
    without={
        "arguments-arrive-as-sent": AUTOGENS_OWN,
        "malformed-arguments-are-refused": AUTOGENS_OWN,
        "every-dispatch-path-agrees": AUTOGENS_OWN,
    },
)

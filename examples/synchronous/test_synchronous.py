"""Pattern 1, synchronous tools: an analyst who quotes a price and reads the news, offline."""

from __future__ import annotations

from typing import Any

from autogen_harness import Harness, call, fault, result, say
from autogen_harness.contracts import tool_contract
from synchronous.agents import build_agents
from synchronous.tool import GET_STOCK_PRICE_SCHEMA, SEARCH_WEB_SCHEMA, get_stock_price, search_web


def test_the_analyst_quotes_nvidia_and_reads_the_news(harness: Harness) -> None:
    """Both tools run on what Yahoo and DuckDuckGo send, and the answer quotes the price that the tool found."""
    user, analyst = build_agents()
    harness.http.play("yahoo/chart-nvda", "duckduckgo/nvidia")
    harness.llm.script(
        call("get_stock_price", ticker="NVDA"),
        call("search_web", query="NVIDIA", num_results=3),
        say("NVDA trades at ", result("get_stock_price").current_price, ". TERMINATE"),
    )

    chat = user.initiate_chat(analyst, message="What is NVIDIA's price, and any news?")

    assert harness.transcript.tool_calls == ["get_stock_price", "search_web"]
    assert chat.summary.startswith("NVDA trades at 1")


def test_every_tool_of_the_analyst_can_be_called(harness: Harness) -> None:
    """A smoke test without a script: the arguments come from the schemas' own examples."""
    user, analyst = build_agents()
    harness.http.play("yahoo/chart-nvda", "duckduckgo/nvidia")
    harness.llm.call_every_tool()

    user.initiate_chat(analyst, message="Try everything that you have.")

    assert harness.transcript.tool_calls == ["get_stock_price", "search_web"]


def test_a_symbol_that_yahoo_does_not_know_is_an_answer_not_a_crash(harness: Harness) -> None:
    """The 404 reaches the model as an error that it can talk about."""
    user, analyst = build_agents()
    harness.http.play("yahoo/unknown-symbol")
    harness.llm.script(
        call("get_stock_price", ticker="NOSUCH"),
        say("I could not find it: ", result("get_stock_price").error, " TERMINATE"),
    )

    chat = user.initiate_chat(analyst, message="What does NOSUCH cost?")

    assert "No data found" in chat.summary


def test_a_timeout_of_yahoo_costs_no_real_time(harness: Harness) -> None:
    """The tool gives up after its own ten seconds, on the virtual clock."""
    user, analyst = build_agents()
    harness.http.play("yahoo/chart-nvda", fault=fault.timeout())
    harness.llm.script(call("get_stock_price", ticker="NVDA"), say("Yahoo does not answer. TERMINATE"))

    user.initiate_chat(analyst, message="What is NVIDIA's price?")

    assert harness.clock.elapsed == 10


test_get_stock_price = tool_contract(
    get_stock_price,
    schema=GET_STOCK_PRICE_SCHEMA,
    upstream=("yahoo/chart-nvda", "yahoo/unknown-symbol", "yahoo/gone-symbol", "yahoo/no-bar", "yahoo/too-many-requests"),
    timeout=10,
    hosts=["query1.finance.yahoo.com"],
    side_effects="read",
    honours=["currency"],
    output_schema={"required": ["ticker", "current_price", "previous_close", "currency", "timestamp"]},
)


def addresses(topics: list[dict[str, Any]]) -> list[str]:
    """Where the topics of a reply lead, those in groups too."""
    found = [addresses(topic["Topics"]) if "Topics" in topic else [topic["FirstURL"]] for topic in topics]
    return [address for some in found for address in some]


test_search_web = tool_contract(
    search_web,
    schema=SEARCH_WEB_SCHEMA,
    upstream=(
        "duckduckgo/nvidia",
        "duckduckgo/mercury",
        "duckduckgo/semiconductor-companies",
        "duckduckgo/empty",
        "duckduckgo/calculator",
    ),
    timeout=10,
    hosts=["api.duckduckgo.com"],
    side_effects="read",
    items=(lambda reply: addresses(reply["RelatedTopics"]), lambda answer: [found["url"] for found in answer["results"]]),
    output_schema={"required": ["query", "results"]},
)

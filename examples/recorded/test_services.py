"""Two services whose replies need no file: a test says what they are about, and all else is as the services send it."""

from __future__ import annotations

from autogen_harness import Harness, call, result, say
from synchronous.agents import build_agents


def test_the_analyst_sees_a_fall(harness: Harness) -> None:
    """Price and text are the test's own, and the answer quotes them."""
    user, analyst = build_agents()
    harness.http.yahoo.quote("NVDA", price=181.25, previous_close=190.5)
    harness.http.duckduckgo.article("NVIDIA", text="Nvidia designs graphics processors.")
    price = result("get_stock_price")
    harness.llm.script(
        call("get_stock_price", ticker="NVDA"),
        call("search_web", query="NVIDIA"),
        say(price.previous_close, " to ", price.current_price, ". ", result("search_web").results[0].text, " TERMINATE"),
    )

    chat = user.initiate_chat(analyst, message="How is NVIDIA doing, and what is it?")

    assert chat.summary.startswith("190.5 to 181.25. Nvidia designs graphics processors.")


def test_the_analyst_is_told_to_wait(harness: Harness) -> None:
    """Yahoo refuses with 429 and a plain text, as it does, and the model can tell that it may ask again."""
    user, analyst = build_agents()
    harness.http.yahoo.rate_limited()
    harness.http.yahoo.quote("NVDA", price=181.25)
    price = result("get_stock_price")
    harness.llm.script(
        call("get_stock_price", ticker="NVDA"),
        call("get_stock_price", ticker="NVDA"),
        say("At last: ", price.current_price, ". TERMINATE"),
    )

    chat = user.initiate_chat(analyst, message="What is NVIDIA's price?")

    first, second = (run.result for run in harness.transcript.tool_runs)
    assert '"status":429,"retryable":true' in first
    assert '"current_price":181.25' in second
    assert chat.summary.startswith("At last: 181.25.")


def test_nothing_found_is_an_answer(harness: Harness) -> None:
    """DuckDuckGo has no article, and the model is shown an empty list rather than an error."""
    user, analyst = build_agents()
    harness.http.duckduckgo.empty("Zyxwv")
    harness.llm.script(call("search_web", query="Zyxwv"), say(result("search_web").results, " TERMINATE"))

    assert user.initiate_chat(analyst, message="What is Zyxwv?").summary.startswith("[]")

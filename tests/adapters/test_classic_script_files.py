"""The script files that are shipped, played in real chats of classic AutoGen."""

from __future__ import annotations

import json

import autogen


def get_stock_price(ticker: str) -> str:
    """Price of a stock."""
    return json.dumps({"ticker": ticker, "current_price": 905.5})


def search_web(query: str, num_results: int) -> str:
    """Search."""
    return json.dumps([query] * num_results)


def test_one_agent_quotes_what_its_tool_found(harness, cast):
    """The reference in the text is filled in behind a dollar; what the request should say, it says."""
    harness.llm.load("examples/analyst")
    user, analyst = cast.pair(get_stock_price, search_web)

    chat = user.initiate_chat(analyst, message="What is NVIDIA's price?")

    assert chat.chat_history[-1]["content"] == "NVDA trades at $905.5. TERMINATE"
    assert harness.transcript.tool_calls == ["get_stock_price", "search_web"]


def test_a_group_chat_follows_the_names_of_the_selector(harness, cast):
    """Each agent takes its own turns."""
    harness.llm.load("examples/team")
    user, planner, writer = cast.user(), cast.assistant("planner"), cast.assistant("writer")

    chat = user.initiate_chat(cast.group(user, planner, writer), message="Write about NVIDIA.")

    assert [message["name"] for message in chat.chat_history[1:]] == ["planner", "writer", "planner"]


def test_who_tries_again_is_answered(harness, cast):
    """AutoGen goes to the next entry of its list after the busy one, and after the answer that broke off to the third."""
    harness.llm.load("examples/busy")
    user = cast.user()
    assistant = autogen.AssistantAgent(
        "assistant", llm_config={"config_list": [{"model": "gpt-4o"}, {"model": "b"}, {"model": "gpt-4o"}]}
    )

    chat = user.initiate_chat(assistant, message="Hello")

    assert chat.chat_history[-1]["content"] == "This took a while. TERMINATE"

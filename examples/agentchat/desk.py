"""A research desk on AutoGen's newer API: an analyst who has the synchronous tools, and an editor who has the last word.

Needs ``pip install 'autogen-harness[agentchat]'``.
"""

from __future__ import annotations

from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.conditions import MaxMessageTermination, TextMentionTermination
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_core.tools import FunctionTool
from autogen_ext.models.openai import OpenAIChatCompletionClient

from synchronous.tool import GET_STOCK_PRICE_SCHEMA, SEARCH_WEB_SCHEMA, get_stock_price, search_web

CLIENT = OpenAIChatCompletionClient(model="gpt-4o")
"""Without a key: OpenAI's client takes it from OPENAI_API_KEY. Under autogen-harness no client is made and none is needed."""


def build_desk() -> RoundRobinGroupChat:
    """A new team. The analyst may use its tools several times before it answers; by default it may once."""
    analyst = AssistantAgent(
        "analyst",
        CLIENT,
        tools=[
            FunctionTool(get_stock_price, GET_STOCK_PRICE_SCHEMA["description"]),
            FunctionTool(search_web, SEARCH_WEB_SCHEMA["description"]),
        ],
        max_tool_iterations=5,
        system_message="You analyse companies. Get prices and news with your tools; never guess a figure.",
    )
    editor = AssistantAgent(
        "editor", CLIENT, system_message="You check what the analyst writes. When it is right, answer with APPROVED alone."
    )
    ending = TextMentionTermination("APPROVED", ["editor"]) | MaxMessageTermination(20)
    return RoundRobinGroupChat([analyst, editor], termination_condition=ending)

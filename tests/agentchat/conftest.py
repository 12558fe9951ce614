"""Real agents of autogen-agentchat for the tests of this folder, made as a user would make them, with no key anywhere."""

from __future__ import annotations

import asyncio

import pytest


class Cast:
    """Makes agents that share one OpenAI client, and runs them."""

    def __init__(self):
        from autogen_ext.models.openai import OpenAIChatCompletionClient

        self.client = OpenAIChatCompletionClient(model="gpt-4o")

    def agent(self, name="analyst", *tools, **options):
        from autogen_agentchat.agents import AssistantAgent

        return AssistantAgent(
            name, **{"model_client": self.client, "tools": [*tools] or None, "max_tool_iterations": 5, **options}
        )

    def team(self, *agents, kind="RoundRobinGroupChat", **options):
        from autogen_agentchat import conditions, teams

        ending = conditions.TextMentionTermination("TERMINATE") | conditions.MaxMessageTermination(20)
        return getattr(teams, kind)([*agents], **{"termination_condition": ending, **options})

    def selected(self, *agents, **options):
        return self.team(*agents, kind="SelectorGroupChat", **{"model_client": self.client, **options})

    @staticmethod
    def run(agent, task="go"):
        """The messages of a run, without what was asked."""
        return asyncio.run(agent.run(task=task)).messages[1:]

    @staticmethod
    def stream(agent, task="go"):
        """Every event of a run."""

        async def events():
            return [event async for event in agent.run_stream(task=task)]

        return asyncio.run(events())


@pytest.fixture
def cast(monkeypatch):
    """Agents that are made with no key in the environment."""
    pytest.importorskip("autogen_ext.models.openai", reason="autogen-ext[openai] is not installed")
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return Cast()


@pytest.fixture
def anyio_backend():
    """agentchat needs asyncio."""
    return "asyncio"

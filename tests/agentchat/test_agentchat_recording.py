"""Record a real run of agentchat against a model on a socket, play the script that came of it, and compare."""

from __future__ import annotations

import asyncio
import json

import pytest

pytest.importorskip("autogen_agentchat", reason="autogen-agentchat is not installed")

from autogen_ext.models.openai import OpenAIChatCompletionClient

from autogen_harness import UsageError, call, say
from autogen_harness.scripts import load
from autogen_harness.server import ScriptServer

pytestmark = pytest.mark.harness(allow_hosts=["127.0.0.1"])


def search(query: str) -> str:
    """Searches."""
    return json.dumps({"companies": [{"name": f"{query} Robotics Inc"}]})


@pytest.fixture
def model():
    """A model on a socket: what plays the real endpoint here."""
    with ScriptServer() as server:
        yield server.script("real")


@pytest.fixture
def client(cast, model):
    """A client that leads to that model, as a user would make it."""
    return OpenAIChatCompletionClient(model="gpt-4o-2024-08-06", api_key=model.key, base_url=model.url)


def team(cast, client):
    others = [cast.agent(name, model_client=client) for name in ("editor", "critic")]
    return cast.selected(cast.agent("analyst", search, model_client=client), *others, model_client=client)


async def run(agent, client):
    """One run over real sockets, which are closed on their own loop."""
    done = await agent.run(task="Look at Acme")
    await client.close()
    return done.messages[1:]


def told(messages):
    return [(message.source, message.to_text()) for message in messages if message.type == "TextMessage"]


def test_a_recorded_script_gives_the_same_conversation(harness, cast, client, model, tmp_path):
    """Agents, selections and texts; what was quoted from a tool is a reference in the file."""
    model.llm.selector.script("analyst", "editor")
    model.llm.script(call("search", query="Acme"), say("It is Acme Robotics Inc."), say("TERMINATE"))
    with harness.record_script(tmp_path / "acme.yaml") as recording:
        live = asyncio.run(run(team(cast, client), client))
    assert ["search"] == harness.transcript.tool_calls

    harness.llm.load(tmp_path / "acme.yaml")
    assert told(live) == told(cast.run(team(cast, client), "Look at Acme"))
    written = load(recording.path)
    said = [turn for turns in (written.turns, *written.agents.values()) for turn in turns]
    assert any('result("search").companies[0].name' in str(turn) for turn in said)
    assert [] == model.findings()


def test_a_stream_is_not_recorded_and_says_so(harness, cast, client, tmp_path):
    """Rather than a script that lacks what was said."""
    with (
        pytest.raises(UsageError, match="recorded from whole answers"),
        harness.record_script(tmp_path / "acme.yaml"),
    ):
        cast.run(cast.agent("analyst", model_client_stream=True, model_client=client))

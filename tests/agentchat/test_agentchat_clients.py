"""The model clients that agents are given: OpenAI's without a key, our own, and those that are the user's."""

from __future__ import annotations

import asyncio
from importlib import import_module
from importlib.util import find_spec

import pytest

pytest.importorskip("autogen_agentchat", reason="autogen-agentchat is not installed")

import openai
from autogen_core import FunctionCall, Image
from autogen_core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    SystemMessage,
    UserMessage,
)
from autogen_core.tools import FunctionTool
from autogen_ext.models.openai import AzureOpenAIChatCompletionClient, OpenAIChatCompletionClient
from autogen_ext.models.openai import _openai_client as module
from autogen_ext.models.replay import ReplayChatCompletionClient
from pydantic import BaseModel

from autogen_harness import Harness, call, fail, result, say
from autogen_harness.adapters.agentchat_messages import body_of
from autogen_harness.agentchat import ScriptedModelClient
from autogen_harness.errors import UsageError

ASKED = [UserMessage(content="well?", source="user")]


def price(ticker: str, days: int = 1) -> str:
    """Price of a stock."""
    return f'{{"price": 12.5, "of": "{ticker}", "days": {days}}}'


def ask(client, **options):
    return asyncio.run(client.create(ASKED, **options))


def azure():
    return AzureOpenAIChatCompletionClient(
        model="gpt-4o", azure_deployment="mine", azure_endpoint="https://mine.example", api_version="2024-06-01"
    )


# -- OpenAI's ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [lambda: OpenAIChatCompletionClient(model="gpt-4o"), azure], ids=["openai", "azure"])
def test_a_client_needs_no_key_and_no_network(harness, cast, make):
    """It is used and closed like any other."""
    harness.llm.script(say("hello"))
    client = make()

    assert "hello" == ask(client).content
    asyncio.run(client.close())


def test_a_client_of_azure_is_held_to_the_rules_of_azure(harness, cast):
    """Each request says by whose rules it is judged."""
    harness.llm.script(say("hello"), say("hello"))

    ask(cast.client)
    ask(azure())

    assert ["", "azure"] == [request.dialect for request in harness.llm.requests]


@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streamed"])
def test_an_answer_of_a_client_is_as_the_api_gives_it(harness, cast, streaming):
    """Usage, finish reason and cache are AutoGen's own reading of it."""
    harness.llm.script(call("price", ticker="A"), say("done"))

    async def last(**options):
        if not streaming:
            return await cast.client.create(ASKED, **options)
        return [one async for one in cast.client.create_stream(ASKED, include_usage=True, **options)][-1]

    called = asyncio.run(last(tools=[FunctionTool(price, "Price.")]))
    said = asyncio.run(last())

    assert ("function_calls", "stop") == (called.finish_reason, said.finish_reason)
    assert [("price", '{"ticker": "A"}')] == [(one.name, one.arguments) for one in called.content]
    assert said.usage.prompt_tokens > 0
    assert said.usage.completion_tokens > 0
    assert not said.cached


BREAKS = {"reset": openai.APIConnectionError, "error": openai.APIError, "stall": openai.APITimeoutError}


@pytest.mark.parametrize(("how", "error"), BREAKS.items(), ids=BREAKS)
@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streamed"])
def test_a_delivery_that_breaks_off_raises_and_is_served_again(harness, cast, how, error, streaming):
    """Of a stream some pieces came; whoever asks the same again gets all of it."""
    harness.llm.script(fail.broken_delivery(say("one two three"), after=2, how=how))
    came = []

    async def asking():
        if not streaming:
            return (await cast.client.create(ASKED)).content
        came.clear()
        async for piece in cast.client.create_stream(ASKED):
            came.append(piece)  # noqa: PERF401 - what came before a break counts
        return came[-1].content

    with pytest.raises(error):
        asyncio.run(asking())
    assert streaming == (len(came) == 1)
    assert "one two three" == asyncio.run(asking())


def test_everything_is_put_back(cast):
    """Every attribute that a harness replaces comes back as it was."""
    from autogen_agentchat.agents import AssistantAgent, BaseChatAgent

    places = [
        (module.BaseOpenAIChatCompletionClient, "_client"),
        (AssistantAgent, "_execute_tool_call"),
        (AssistantAgent, "on_messages_stream"),
        (BaseChatAgent, "run"),
        (FunctionTool, "run"),
        (ScriptedModelClient, "_seams"),
    ]
    before = [vars(owner).get(name) for owner, name in places]
    with Harness():
        during = [vars(owner).get(name) for owner, name in places]
    after = [vars(owner).get(name) for owner, name in places]

    assert all(one is other for one, other in zip(before, after, strict=True))
    assert not any(one is other for one, other in zip(before, during, strict=True))


def test_without_a_harness_a_client_is_built_at_its_first_use(monkeypatch):
    """A promise until then, afterwards the SDK's own."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-" + "a" * 48)

    client = OpenAIChatCompletionClient(model="gpt-4o")

    assert "DeferredSdk" == type(client._client).__name__
    assert "sk-" + "a" * 48 == client._client.api_key
    asyncio.run(client.close())


def test_without_a_harness_a_missing_key_is_the_sdks_own_complaint(monkeypatch):
    """Deferral moves the error from construction to use; and it says what was forgotten."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    with pytest.raises(openai.OpenAIError) as caught:
        ask(OpenAIChatCompletionClient(model="gpt-4o"))

    assert any("does not use the `harness` fixture" in note for note in caught.value.__notes__)


def test_a_client_that_was_never_used_has_nothing_to_close(monkeypatch):
    """Without a harness too, and without a key."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    asyncio.run(OpenAIChatCompletionClient(model="gpt-4o").close())


# -- other providers' --------------------------------------------------------------------------------------------------------


OTHERS = {
    "anthropic": ("AnthropicChatCompletionClient", {"model": "claude-3-5-sonnet-20241022", "api_key": "none"}),
    "ollama": ("OllamaChatCompletionClient", {"model": "llama3.1"}),
}
INSTALLED = {name: import_module(f"autogen_ext.models.{name}") for name in OTHERS if find_spec(name)}
"""Imported here: it takes seconds, which no test should pay."""


@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("provider", OTHERS)
def test_the_client_of_another_provider_says_what_the_script_says(harness, cast, provider, streaming):
    """OpenAI's rules are not for it: it speaks another protocol."""
    if provider not in INSTALLED:
        pytest.skip(f"{provider} is not installed")
    name, options = OTHERS[provider]
    harness.llm.script(call("price", ticker="NVDA").by("analyst"), say("It is ", result("price").price))
    client = getattr(INSTALLED[provider], name)(**options)

    messages = cast.run(cast.agent("analyst", price, model_client=client, model_client_stream=streaming))

    assert "It is 12.5" == messages[-1].content
    assert ["price"] == harness.transcript.tool_calls
    assert client.total_usage().completion_tokens > 0
    assert {"other"} == {request.dialect for request in harness.llm.requests}


# -- the user's own ----------------------------------------------------------------------------------------------------------


def test_a_fake_of_the_users_own_is_left_alone(harness, cast):
    """Its answers are its own, and no turn is played."""
    info = {**cast.client.model_info, "function_calling": True}
    replay = ReplayChatCompletionClient(["from the fake"], model_info=info)

    assert "from the fake" == cast.run(cast.agent(model_client=replay))[-1].content
    assert [] == harness.llm.requests


def test_text_beside_a_call_is_a_thought(harness, cast):
    """From OpenAI's client and from ours, whole and streamed."""
    clients = [(client, streaming) for client in (cast.client, CLIENT) for streaming in (False, True)]
    harness.llm.script(*[turn for _ in clients for turn in (call("price", ticker="A").saying("Let me look."), say("done"))])

    for client, streaming in clients:
        messages = cast.run(cast.agent("analyst", price, model_client=client, model_client_stream=streaming))
        assert ["Let me look."] == [one.content for one in messages if one.type == "ThoughtEvent"]


# -- our own -----------------------------------------------------------------------------------------------------------------

CLIENT = ScriptedModelClient()
"""Made where no harness is open."""


@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streamed"])
def test_our_own_client_says_what_the_script_says(harness, cast, streaming):
    """In the agent's name, with tools and references, as the others do."""
    harness.llm.script(call("price", ticker="NVDA").by("analyst"), say("It is ", result("price").price).by("analyst"))

    messages = cast.run(cast.agent("analyst", price, model_client=CLIENT, model_client_stream=streaming))

    assert "It is 12.5" == messages[-1].content
    assert ["price"] == harness.transcript.tool_calls
    assert CLIENT.total_usage().completion_tokens > 0


def test_our_own_client_can_choose_for_a_team(harness, cast):
    """The default is the agent of the next turn."""
    harness.llm.script(say("TERMINATE").by("writer"))
    team = cast.selected(*[cast.agent(name, model_client=CLIENT) for name in ("planner", "writer")], model_client=CLIENT)

    assert "writer" == cast.run(team)[-1].source


def test_our_own_client_raises_what_the_script_says(harness):
    """The SDK's own error where it is installed."""
    harness.llm.script(fail(429), fail.broken_delivery(say("lost")), say("x"))
    harness.expect("turns-left")

    with pytest.raises(openai.RateLimitError):
        ask(CLIENT)
    with pytest.raises(openai.APIConnectionError):
        ask(CLIENT)
    assert "lost" == ask(CLIENT).content


def test_our_own_client_says_where_there_is_no_harness():
    """Not a made-up answer, and not a hang."""
    with pytest.raises(UsageError, match="no harness is open"):
        ask(CLIENT)


class Quote(BaseModel):
    ticker: str
    days: int = 1


REQUESTS = {
    "text": {},
    "tools": {"tools": [FunctionTool(price, "Price.")]},
    "chosen": {"tools": [FunctionTool(price, "Price.")], "tool_choice": FunctionTool(price, "Price.")},
    "required": {"tools": [FunctionTool(price, "Price.")], "tool_choice": "required"},
    "json": {"json_output": True},
    "no-json": {"json_output": False},
    "extra": {"extra_create_args": {"temperature": 0.5}},
}
HISTORY = [
    SystemMessage(content="Be brief, in JSON."),
    UserMessage(content="well?", source="user"),
    UserMessage(
        content=[
            "look",
            Image.from_base64(
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
            ),
        ],
        source="user",
    ),
    AssistantMessage(content="so", source="analyst"),
    AssistantMessage(content=[FunctionCall(id="call_1", name="price", arguments="{}")], thought="hm", source="analyst"),
    FunctionExecutionResultMessage(content=[FunctionExecutionResult(content="12", name="price", call_id="call_1")]),
]


@pytest.mark.parametrize("options", REQUESTS.values(), ids=REQUESTS)
def test_our_own_request_is_what_autogen_writes_for_openai(harness, cast, options):
    """The same messages and options through ``autogen_ext`` and through ours: one body."""
    harness.expect("turns-left")
    if "tools" in options and options.get("tool_choice", "auto") != "auto":
        harness.llm.script(call("price", ticker="A"), say("left"))
    else:
        harness.llm.script(say(json={}), say("left"))

    asyncio.run(cast.client.create(HISTORY, **options))

    assert body_of(HISTORY, model="gpt-4o", **options) == harness.llm.requests[0].body


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # the SDK's own, of every parsed completion
def test_our_own_request_for_structured_output_is_the_sdks(harness, cast):
    """The schema of a class becomes strict in the SDK's own way."""
    harness.llm.script(say(json={"ticker": "A", "days": 1}))

    ask(cast.client, json_output=Quote)

    assert body_of(ASKED, model="gpt-4o", json_output=Quote) == harness.llm.requests[0].body

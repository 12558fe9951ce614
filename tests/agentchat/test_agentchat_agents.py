"""The script plays the model of a real AssistantAgent: whatever it is asked, and however it is run."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("autogen_agentchat", reason="autogen-agentchat is not installed")

import openai
from autogen_agentchat.messages import ModelClientStreamingChunkEvent, TextMessage
from pydantic import BaseModel

from autogen_harness import call, calls, fail, result, say

streamed = pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streamed"])


def price(ticker: str, days: int = 1) -> str:
    """Price of a stock."""
    return f'{{"price": 12.5, "of": "{ticker}", "days": {days}}}'


class Quote(BaseModel):
    ticker: str
    price: float


@streamed
def test_a_script_calls_a_tool_and_answers_with_its_result(harness, cast, streaming):
    """The tool really runs, and the reference is its real result."""
    harness.llm.script(call("price", ticker="NVDA"), say("It is ", result("price").price, "."))

    messages = cast.run(cast.agent("analyst", price, model_client_stream=streaming))

    assert "It is 12.5." == messages[-1].content
    assert ["price"] == harness.transcript.tool_calls
    assert [{"ticker": "NVDA"}] == [run.arguments for run in harness.transcript.tool_runs]


def test_several_calls_of_one_turn_run_at_the_same_time(harness, cast):
    """Each waits for the other to begin, so one after the other they would hang."""
    begun = {"left": asyncio.Event(), "right": asyncio.Event()}

    async def left() -> str:
        """Left."""
        begun["left"].set()
        await begun["right"].wait()
        return "l"

    async def right() -> str:
        """Right."""
        begun["right"].set()
        await begun["left"].wait()
        return "r"

    harness.llm.script(calls(call("left"), call("right")), say("done"))

    cast.run(cast.agent("analyst", left, right))

    assert {"left": "l", "right": "r"} == {run.tool: run.result for run in harness.transcript.tool_runs}


def test_what_is_streamed_adds_up_to_what_is_said(harness, cast):
    """Pieces come as events, more than one, and the message at the end is all of them."""
    harness.llm.script(say("one two three four"))

    events = cast.stream(cast.agent(model_client_stream=True))

    pieces = [event.content for event in events if isinstance(event, ModelClientStreamingChunkEvent)]
    said = next(event for event in events if isinstance(event, TextMessage) and event.source == "analyst")
    assert len(pieces) > 1
    assert "one two three four" == "".join(pieces) == said.content


@streamed
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # the SDK's own, of every parsed completion
def test_structured_output_is_an_object_of_its_class(harness, cast, streaming):
    """The request carries the schema, and the answer is parsed into the class."""
    harness.llm.script(say(json={"ticker": "NVDA", "price": 12.5}))

    messages = cast.run(cast.agent(output_content_type=Quote, model_client_stream=streaming))

    assert Quote(ticker="NVDA", price=12.5) == messages[-1].content
    assert "Quote" == harness.llm.requests[0].body["response_format"]["json_schema"]["name"]


def test_structured_output_beside_a_tool_that_is_not_strict_is_refused_as_by_the_sdk(harness, cast):
    """Against the real API this agent never gets an answer."""
    with pytest.raises(ValueError, match="`price` is not strict"):
        cast.run(cast.agent("analyst", price, output_content_type=Quote))


@streamed
def test_a_reflection_is_a_request_of_the_same_agent(harness, cast, streaming):
    """``reflect_on_tool_use`` asks once more, without tools."""
    harness.llm.agent("analyst").script(call("price", ticker="A"), say("cheap"))

    agent = cast.agent("analyst", price, reflect_on_tool_use=True, max_tool_iterations=1, model_client_stream=streaming)
    messages = cast.run(agent)

    assert "cheap" == messages[-1].content
    assert [("analyst", ("price",)), ("analyst", ())] == [(one.agent, one.tools) for one in harness.llm.requests]


def test_the_request_is_what_would_go_over_the_wire(harness, cast):
    """AutoGen's own conversion made it: roles, names, calls, results and tools as the API knows them."""
    harness.llm.script(call("price", ticker="NVDA"), say("done"))

    cast.run(cast.agent("analyst", price, system_message="Be brief."))

    body = harness.llm.requests[1].body
    assert ["system", "user", "assistant", "tool"] == [message["role"] for message in body["messages"]]
    made, answered = body["messages"][2]["tool_calls"][0], body["messages"][3]
    assert made["id"] == answered["tool_call_id"]
    assert {"type": "function", "function": {"name": "price", "arguments": '{"ticker": "NVDA"}'}, "id": made["id"]} == made
    assert ("gpt-4o", "price") == (body["model"], body["tools"][0]["function"]["name"])


def test_usage_is_counted_by_the_client_itself(harness, cast):
    """Estimated, on the message and in the client's totals."""
    harness.llm.script(say("a rather long answer"))

    (message,) = cast.run(cast.agent())

    used = message.models_usage
    assert used.prompt_tokens > 0
    assert used.completion_tokens > 0
    assert used == cast.client.total_usage()


FAILURES = {
    "rate-limit": (fail(429, retry_after=2), openai.RateLimitError),
    "server": (fail(503), openai.InternalServerError),
    "timeout": (fail.timeout(), openai.APITimeoutError),
    "reset": (fail.connection_reset(), openai.APIConnectionError),
}


@streamed
@pytest.mark.parametrize(("turn", "error"), FAILURES.values(), ids=FAILURES)
def test_a_scripted_failure_is_the_sdks_own_error(harness, cast, turn, error, streaming):
    """It comes out of the run as it would in production."""
    harness.llm.script(turn)

    with pytest.raises(error):
        cast.run(cast.agent(model_client_stream=streaming))


def test_an_exhausted_script_fails_the_run_and_the_test(harness, cast):
    """The error says so, and so does the finding."""
    harness.expect("script-exhausted", agent="analyst")

    with pytest.raises(Exception, match="the script has no turn left"):
        cast.run(cast.agent())


def test_an_agent_keeps_its_history_from_run_to_run(harness, cast):
    """One script serves both runs, and the second request holds the first answer."""
    harness.llm.script(say("one"), say("two"))
    agent = cast.agent()

    cast.run(agent)
    cast.run(agent)

    assert "one" in [message.get("content") for message in harness.llm.requests[1].messages]


async def eight_at_once(harness, cast):
    names = [f"agent{number}" for number in range(8)]
    for name in names:
        harness.llm.agent(name).script(call("price", ticker=name), say(f"I am {name}"))

    done = await asyncio.gather(*[cast.agent(name, price).run(task="go") for name in names])

    assert [f"I am {name}" for name in names] == [one.messages[-1].content for one in done]
    assert {name: name for name in names} == {run.agent: run.arguments["ticker"] for run in harness.transcript.tool_runs}


@pytest.mark.asyncio
async def test_agents_at_work_at_the_same_time_are_told_apart(harness, cast):
    """Who asks belongs to the task. Here under pytest-asyncio."""
    await eight_at_once(harness, cast)


@pytest.mark.anyio
async def test_agents_at_work_at_the_same_time_are_told_apart_under_anyio(harness, cast, anyio_backend):
    """The same on the loop of anyio's plugin."""
    await eight_at_once(harness, cast)

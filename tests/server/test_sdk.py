"""The real ``openai`` package, 2.x and 3.x, against the server in the same process, inside a harness: its waits are virtual."""

from __future__ import annotations

import asyncio
import json

import pytest

from autogen_harness import call, calls, fail, result, say

openai = pytest.importorskip("openai", reason="drives the server by the openai package, which is not here")

TOOL = {"type": "object", "properties": {"ticker": {"type": "string"}}, "required": ["ticker"]}
TOOLS = [{"type": "function", "function": {"name": "get_price", "parameters": TOOL}}]
ASKED = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}], "tools": TOOLS}


@pytest.fixture
def sdk(llm_server):
    """A client as a user makes it."""
    with openai.OpenAI(base_url=llm_server.url, api_key=llm_server.key) as client:
        yield client


def test_a_conversation(harness, sdk):
    """Everything that comes back is of the SDK's own types."""
    harness.llm.script(
        calls(call("get_price", ticker="NVDA"), call("get_price", ticker="AMD")), say("NVDA: ", result("get_price", call=0))
    )
    first = sdk.chat.completions.create(**ASKED).choices[0].message
    assert [json.loads(made.function.arguments)["ticker"] for made in first.tool_calls] == ["NVDA", "AMD"]
    told = [{"role": "tool", "tool_call_id": made.id, "content": f"{number}"} for number, made in enumerate(first.tool_calls)]
    messages = [*ASKED["messages"], first.model_dump(exclude_none=True, exclude={"annotations"}), *told]
    second = sdk.chat.completions.create(**{**ASKED, "messages": messages})
    assert second.choices[0].message.content == "NVDA: 0"
    assert second.usage.total_tokens > 0
    assert harness.transcript.tool_calls == ["get_price", "get_price"]


def test_the_sdk_joins_our_stream(harness, sdk):
    """By its own accumulator, which checks what it joins."""
    harness.llm.script(call("get_price", ticker="N\\V 😀 12345"), say("It is 905.5, told in pieces."))
    with sdk.chat.completions.stream(**ASKED, stream_options={"include_usage": True}) as stream:
        first = stream.get_final_completion()
    assert first.choices[0].message.tool_calls[0].function.name == "get_price"
    assert json.loads(first.choices[0].message.tool_calls[0].function.arguments) == {"ticker": "N\\V 😀 12345"}
    assert first.usage.completion_tokens > 0
    with sdk.chat.completions.stream(**ASKED) as stream:
        assert stream.get_final_completion().choices[0].message.content == "It is 905.5, told in pieces."


def test_back_off_runs_on_the_virtual_clock(harness, sdk, llm_server):
    """A fault is spent on the attempt that meets it; the SDK waits as it was told, and no real time passes."""
    harness.llm.script(fail(429, retry_after=30), fail(503), say("hello"))
    assert sdk.chat.completions.create(**ASKED).choices[0].message.content == "hello"
    assert harness.clock.sleeps[0] == 30
    assert 0 < harness.clock.sleeps[1] <= 8
    assert len(harness.llm.requests) == 1
    assert [(attempt.retry, attempt.outcome) for attempt in llm_server.attempts] == [(0, "429"), (1, "503"), (2, "200")]


def test_back_off_of_the_asynchronous_client(harness, llm_server):
    """The same on an event loop."""
    harness.llm.script(fail(429, retry_after=30), fail(500), say("hello"))

    async def ask():
        async with openai.AsyncOpenAI(base_url=llm_server.url, api_key=llm_server.key) as client:
            return await client.chat.completions.create(**ASKED)

    assert asyncio.run(ask()).choices[0].message.content == "hello"
    assert harness.clock.sleeps[0] == 30
    assert [attempt.outcome for attempt in llm_server.attempts] == ["429", "500", "200"]


@pytest.mark.parametrize("how", ["reset", "error"])
def test_a_broken_delivery_is_tried_again_by_the_sdk_itself(harness, sdk, llm_server, how):
    """The program does not see it: one request, two attempts, one turn."""
    harness.llm.script(fail.broken_delivery(say("hello"), how=how), say("next"))
    assert sdk.chat.completions.create(**ASKED).choices[0].message.content == "hello"
    assert sdk.chat.completions.create(**ASKED).choices[0].message.content == "next"
    assert [attempt.retry for attempt in llm_server.attempts] == [0, 1, 0]
    assert len(harness.llm.requests) == 2


def test_a_stalled_delivery_is_tried_again_when_the_client_loses_patience(harness, llm_server):
    """Its own timeout is real time: the socket is."""
    harness.llm.script(fail.broken_delivery(say("hello"), how="stall"), fail.timeout(), say("next"))
    with openai.OpenAI(base_url=llm_server.url, api_key=llm_server.key, timeout=0.3) as client:
        assert client.chat.completions.create(**ASKED).choices[0].message.content == "hello"
        assert client.chat.completions.create(**ASKED).choices[0].message.content == "next"
    assert len(harness.llm.requests) == 2
    assert [attempt.outcome for attempt in llm_server.attempts] == ["stall", "200", "stall", "200"]


def test_a_stall_on_an_event_loop(harness, llm_server):
    """A loop that waits for a socket waits in real time too; many agents at once do not cross."""
    names = [f"agent{number}" for number in range(4)]
    for name in names:
        harness.llm.agent(name).script(fail.broken_delivery(say("hello ", name), how="stall"), say("bye ", name))

    async def talk(name):
        async with openai.AsyncOpenAI(base_url=llm_server.url, api_key=llm_server.key_of(name), timeout=0.5) as client:
            told = [await client.chat.completions.create(**ASKED) for _ in range(2)]
        return [one.choices[0].message.content for one in told]

    async def everyone():
        return await asyncio.gather(*map(talk, names))

    assert asyncio.run(everyone()) == [[f"hello {name}", f"bye {name}"] for name in names]
    assert len(harness.llm.requests) == 8
    assert len(llm_server.attempts) == 12


@pytest.mark.parametrize("how", ["reset", "error"])
def test_a_stream_that_breaks_is_the_program_s_to_mend(harness, sdk, llm_server, how):
    """The SDK does not try a stream again; a program that does is served the whole."""
    harness.llm.script(fail.broken_delivery(say("one two three"), after=2, how=how))
    heard = []
    with pytest.raises(Exception) as caught:  # noqa: PT011 - of openai 2 and 3, and of the library below, it is another one each
        for chunk in sdk.chat.completions.create(**ASKED, stream=True):
            heard += [choice.delta.content for choice in chunk.choices]
    assert not isinstance(caught.value, AssertionError)
    assert heard == ["", "one"]
    again = sdk.chat.completions.create(**ASKED, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in again) == "one two three"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, "AuthenticationError"),
        (404, "NotFoundError"),
        (422, "UnprocessableEntityError"),
        (429, "RateLimitError"),
        (500, "InternalServerError"),
    ],
)
def test_errors_are_those_of_the_sdk(harness, llm_server, status, kind):
    """With the fields of the body, and the headers."""
    harness.llm.script(fail(status, message="no", code="the_code", retry_after=3))
    client = openai.OpenAI(base_url=llm_server.url, api_key=llm_server.key, max_retries=0)
    with client, pytest.raises(getattr(openai, kind)) as caught:
        client.chat.completions.create(**ASKED)
    assert (caught.value.code, caught.value.status_code) == ("the_code", status)
    assert caught.value.response.headers["retry-after"] == "3"
    assert caught.value.request_id.startswith("req_")


def test_an_exhausted_script_is_not_tried_again(harness, sdk, llm_server):
    """The reason is in the exception, and the test is red for it."""
    harness.expect("script-exhausted")
    with pytest.raises(openai.UnprocessableEntityError, match="has no turn left") as caught:
        sdk.chat.completions.create(**ASKED)
    assert caught.value.type == "script_exhausted"
    assert len(llm_server.attempts) == 1


def test_a_request_that_the_api_rejects(harness, sdk):
    """The same rules as in process, and their words."""
    harness.llm.script(say("hi"))
    harness.expect("request-rejected")
    harness.expect("turns-left")
    with pytest.raises(openai.BadRequestError, match="must be a response to a prec"):
        sdk.chat.completions.create(**{**ASKED, "messages": [{"role": "tool", "tool_call_id": "x", "content": "y"}]})


def test_structured_output(harness, sdk):
    """Parsed by the SDK, held to its schema by the harness."""
    from pydantic import BaseModel

    class Quote(BaseModel):
        ticker: str
        price: float

    harness.llm.script(say(json={"ticker": "NVDA", "price": 905.5}))
    parsed = sdk.chat.completions.parse(model="gpt-4o", messages=ASKED["messages"], response_format=Quote)
    assert parsed.choices[0].message.parsed == Quote(ticker="NVDA", price=905.5)


def test_models(sdk):
    """Listed and fetched."""
    assert "gpt-4o" in [model.id for model in sdk.models.list()]
    assert sdk.models.retrieve("gpt-4o").id == "gpt-4o"


def test_responses(harness, sdk):
    """A call, its output, and the answer; a later response continues an earlier one."""
    harness.llm.script(call("get_price", ticker="NVDA"), say("It is ", result("get_price").price), say("again"))
    tools = [{"type": "function", "name": "get_price", "parameters": TOOL, "strict": False}]
    first = sdk.responses.create(model="gpt-4o", input="Price?", instructions="Be brief.", tools=tools)
    (made,) = first.output
    assert (made.type, made.name, json.loads(made.arguments)) == ("function_call", "get_price", {"ticker": "NVDA"})
    output = {"type": "function_call_output", "call_id": made.call_id, "output": '{"price": 905.5}'}
    second = sdk.responses.create(model="gpt-4o", input=[output], previous_response_id=first.id, tools=tools)
    assert second.output_text == "It is 905.5"
    whole = [{"role": "user", "content": "Price?"}, *[item.model_dump() for item in first.output], output]
    third = sdk.responses.create(model="gpt-4o", input=whole, tools=tools)
    assert third.output_text == "again"
    assert [len(request.messages) for request in harness.llm.requests] == [2, 3, 3]
    with pytest.raises(openai.BadRequestError, match="not found"):
        sdk.responses.create(model="gpt-4o", input="x", previous_response_id="resp_0")


def test_responses_as_a_stream(harness, sdk):
    """Joined by the SDK's own accumulator."""
    harness.llm.script(say("told in a few pieces"), call("get_price", ticker="NVDA"))
    tools = [{"type": "function", "name": "get_price", "parameters": TOOL, "strict": False}]
    with sdk.responses.stream(model="gpt-4o", input="hi", tools=tools) as stream:
        assert "".join(event.delta for event in stream if event.type == "response.output_text.delta") == "told in a few pieces"
    with sdk.responses.stream(model="gpt-4o", input="hi", tools=tools) as stream:
        stream.until_done()
        assert stream.get_final_response().output[0].name == "get_price"

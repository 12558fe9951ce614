"""pydantic-ai's TestModel, which needs no script, and FunctionModel, whose every reply is a function's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from probing import Answer, error_of, holds, installed, main, mistakes_told, no, not_applicable, told
from pydantic_ai import Agent, models
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, FunctionModel
from pydantic_ai.models.test import TestModel

models.ALLOW_MODEL_REQUESTS = False  # its own guard: no request leaves
ABOVE = "it stands above the APIs, for any model of pydantic-ai"
NO_WIRE = "it is called with pydantic-ai's own messages: no request of the API is made"
NO_SCRIPT = "there is no script: TestModel needs none, and FunctionModel's author counts the turns in a function"
GO = "Please add one to eleven."


def add(x: int) -> int:
    """Adds."""
    return x + 1


def ask(model: Any, **settings: Any) -> Any:
    """Let an agent with the tool ``add`` answer one question."""
    return Agent(model, tools=[add]).run_sync(GO, model_settings=settings or None)


def saying(*turns: Any) -> FunctionModel:
    """A model of these replies: the function that a user would write."""
    left = list(turns)

    def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        turn = left.pop(0)
        if isinstance(turn, Exception):
            raise turn
        return turn if isinstance(turn, ModelResponse) else ModelResponse(parts=[turn])

    return FunctionModel(reply)


def first_reply(turn: Any) -> ModelResponse:
    """The first response that an agent got from this turn, with a text behind it."""
    return next(one for one in ask(saying(turn, TextPart("done"))).all_messages() if isinstance(one, ModelResponse))


invalid_requests = not_applicable(NO_WIRE)


def broken_history() -> Answer:
    unanswered = ModelResponse(parts=[ToolCallPart("add", {"x": 1}, "call_1")])
    history = [ModelRequest(parts=[UserPromptPart(GO)]), unanswered]
    error = error_of(lambda: Agent(saying(TextPart("one"))).run_sync(GO, message_history=history))
    return holds(error, f"by its agent: {told(error)}")


exhausted = not_applicable(NO_SCRIPT)
exhausted_and_swallowed = not_applicable(NO_SCRIPT)
left_over = not_applicable(NO_SCRIPT)


def script_checked_against_tools() -> Answer:
    def told_of(tool: str, arguments: dict[str, Any], options: dict[str, Any]) -> object:
        by_function = saying(ToolCallPart(tool, arguments), TextPart("done"))
        asked = [by_function] if "x" not in arguments or options else [by_function, TestModel(call_tools=[tool])]
        return [error for model in asked if (error := error_of(lambda m=model: ask(m, **options)))]

    return mistakes_told(told_of)


fault_then_retry = not_applicable(NO_SCRIPT)
broken_delivery_served_again = not_applicable(NO_SCRIPT)


def streamed_calls() -> Answer:
    async def pieces(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[Any]:
        if len(messages) > 1:
            yield "done"
            return
        yield {0: DeltaToolCall(name="add", json_args='{"x"', tool_call_id="call_1")}
        yield {1: DeltaToolCall(name="add", json_args='{"x": 22}', tool_call_id="call_2")}
        yield {0: DeltaToolCall(json_args=": 11}")}

    async def read() -> Any:
        async with Agent(FunctionModel(stream_function=pieces), tools=[add]).run_stream(GO) as run:
            await run.get_output()
            return [part for one in run.all_messages() if isinstance(one, ModelResponse) for part in one.parts]

    calls = [part.args_as_dict() for part in asyncio.run(read()) if isinstance(part, ToolCallPart)]
    return not_applicable(f"every piece is written by hand, in a stream function; put together they are {calls}")


usage_chunk = not_applicable(NO_WIRE)


def usage() -> Answer:
    spent = first_reply(TextPart("one two")).usage
    return holds(spent.input_tokens and spent.output_tokens, spent)


def per_agent() -> Answer:
    second, first = ask(saying(TextPart("of the second"))).output, ask(saying(TextPart("of the first"))).output
    return holds((first, second) == ("of the first", "of the second"), "by an object for each agent")


def agents_of_one_double() -> Answer:
    return no("only by a function that reads the messages; TestModel says one text to every request")


def chosen() -> Answer:
    return no("only by a function that reads the messages; TestModel says one text to every request")


def references() -> Answer:
    called = first_reply(ToolCallPart("add", {"x": 1})).parts[0]
    return no(f"only by a function that reads the messages; a reply holds values: {called}")


legacy_functions = not_applicable("pydantic-ai's own types know tools only")


def rate_limit_with_retry_after() -> Answer:
    error = error_of(lambda: ask(saying(ModelHTTPError(429, "gpt-4o", headers={"retry-after": "7"}))))
    header = (error.headers or {}).get("retry-after") if isinstance(error, ModelHTTPError) else None
    return holds(header == "7", f"the function raises the exception itself: {told(error)}; retry-after: {header}")


def malformed_arguments() -> Answer:
    called = first_reply(ToolCallPart("add", '{"x": 1')).parts[0]
    return holds(isinstance(called, ToolCallPart) and called.args == '{"x": 1', called)


def truncated_by_length() -> Answer:
    cut = ModelResponse(parts=[ToolCallPart("add", '{"x": 1')], finish_reason="length")
    error = error_of(lambda: ask(saying(cut, TextPart("done"))))
    came = cut if error else first_reply(cut)
    return holds(came.finish_reason == "length", f"finish_reason={came.finish_reason!r}; the agent: {told(error)}")


def refusal() -> Answer:
    fields = sorted(ModelResponse.__dataclass_fields__)
    return not_applicable(f"pydantic-ai's response has no such field: {fields}")


def content_filter() -> Answer:
    error = error_of(lambda: ask(saying(ModelResponse(parts=[], finish_reason="content_filter"))))
    return holds(error and "filter" in str(error).lower(), f"the agent: {told(error)}")


def break_in_the_stream() -> Answer:
    async def pieces(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str]:
        yield "one "
        raise ConnectionError("gone")

    async def read() -> None:
        async with Agent(FunctionModel(stream_function=pieces)).run_stream(GO) as run:
            async for piece in run.stream_text(delta=True, debounce_by=None):
                came.append(piece)  # noqa: PERF401 - what came before the error is kept

    came: list[str] = []
    error = error_of(lambda: asyncio.run(read()))
    return holds(came and error, f"{len(came)} pieces, then {told(error)}")


snapshots = not_applicable("the models keep no messages; pydantic-ai's own run does, in all_messages()")
openai_3 = not_applicable("no client of the openai package takes part")
responses_api = not_applicable(ABOVE)
judges_the_client = not_applicable(NO_SCRIPT)


def answers_without_a_script() -> Answer:
    called = [
        part
        for one in ask(TestModel()).all_messages()
        if isinstance(one, ModelResponse)
        for part in one.parts
        if isinstance(part, ToolCallPart)
    ]
    return holds(called and isinstance(called[0].args_as_dict().get("x"), int), called)


other_apis = not_applicable(ABOVE)


if __name__ == "__main__":
    main(globals(), installed("pydantic-ai-slim", "openai"))

"""ReplayChatCompletionClient of autogen-ext: the client object of AutoGen 0.4 and later, with a list of replies."""

from __future__ import annotations

import asyncio
from typing import Any

from autogen_core import FunctionCall
from autogen_core.models import CreateResult, ModelInfo, RequestUsage, UserMessage
from autogen_ext.models.replay import ReplayChatCompletionClient
from probing import Answer, counted, error_of, holds, installed, is_red, main, no, not_applicable, told

INFO = ModelInfo(vision=False, function_calling=True, json_output=False, family="unknown", structured_output=False)
ADD: Any = {
    "name": "add",
    "description": "Adds.",
    "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]},
}
GO = UserMessage(content="Please add one to eleven.", source="user")
IN_A_TEST = """
import asyncio
from autogen_core.models import UserMessage
from autogen_ext.models.replay import ReplayChatCompletionClient

def test():
    def ask():
        return asyncio.run(client.create([UserMessage(content="go", source="user")]))
"""
NO_WIRE = "it is called with AutoGen's own messages: no request of the API is made"
NO_FAULTS = "no fault can be scripted: its turns are texts and results"


def client(*turns: Any) -> ReplayChatCompletionClient:
    return ReplayChatCompletionClient(list(turns), model_info=INFO)


def ask(to: ReplayChatCompletionClient, **options: Any) -> CreateResult:
    return asyncio.run(to.create([GO], tools=[ADD], **options))


def calling(name: str, arguments: str, finish_reason: Any = "function_calls") -> CreateResult:
    called = [FunctionCall(id="call_1", name=name, arguments=arguments)]
    return CreateResult(finish_reason=finish_reason, content=called, usage=RequestUsage(0, 0), cached=False)


def invalid_requests() -> Answer:
    return not_applicable(NO_WIRE)


def exhausted() -> Answer:
    return is_red(_test("client = ReplayChatCompletionClient(['one'])", "ask(); ask()"))


def exhausted_and_swallowed() -> Answer:
    return is_red(_test("client = ReplayChatCompletionClient(['one'])", "ask()", "try: ask()", "except Exception: pass"))


def left_over() -> Answer:
    return is_red(_test("client = ReplayChatCompletionClient(['one', 'two'])", "ask()"))


def script_checked_against_tools() -> Answer:
    scripted = {
        "not on offer": (calling("subtract", '{"x": 1}'), {}),
        "arguments": (calling("add", '{"y": "one"}'), {}),
        "tool_choice": (calling("add", '{"x": 1}'), {"tool_choice": "none"}),
    }
    return counted(
        {name: error_of(lambda t=turn, o=options: ask(client(t), **o)) for name, (turn, options) in scripted.items()}
    )


def fault_then_retry() -> Answer:
    return not_applicable(NO_FAULTS)


def broken_delivery_served_again() -> Answer:
    return not_applicable(NO_FAULTS)


def streamed_calls() -> Answer:
    return not_applicable("a stream of AutoGen's clients has pieces of text only; calls come whole at its end")


def usage_chunk() -> Answer:
    return not_applicable(NO_WIRE)


def usage() -> Answer:
    spent = ask(client("one two")).usage
    return holds(spent.prompt_tokens and spent.completion_tokens, spent)


def per_agent() -> Answer:
    first, second = client("of the first"), client("of the second")
    came = ask(second).content, ask(first).content
    return holds(came == ("of the second", "of the first"), "by an object for each agent")


def references() -> Answer:
    called = ask(client(calling("add", '{"x": "${add.total}"}'))).content[0]
    return no(f"the call came with {called.arguments!r}")  # type: ignore[union-attr]  # a call, as scripted


def legacy_functions() -> Answer:
    return not_applicable("AutoGen's own types know tools only")


def rate_limit_with_retry_after() -> Answer:
    return no(f"a scripted exception gives {told(error_of(lambda: ask(client(ConnectionError('429')))))}")


def malformed_arguments() -> Answer:
    called = ask(client(calling("add", '{"x": 1'))).content[0]
    return holds(called.arguments == '{"x": 1', called)  # type: ignore[union-attr]  # a call, as scripted


def truncated_by_length() -> Answer:
    came = ask(client(calling("add", '{"x": 1', "length")))
    return holds(came.finish_reason == "length", came)


def refusal() -> Answer:
    fields = sorted(CreateResult.model_fields)
    return (
        holds("refusal" in fields, f"the fields of a result are {fields}")
        if "refusal" in fields
        else not_applicable(f"AutoGen's result has no such field: {fields}")
    )


def content_filter() -> Answer:
    stopped = CreateResult(finish_reason="content_filter", content="", usage=RequestUsage(0, 0), cached=False)
    came = ask(client(stopped))
    return holds(came.finish_reason == "content_filter", came)


def break_in_the_stream() -> Answer:
    async def read() -> None:
        async for piece in client(ConnectionError("gone")).create_stream([GO]):
            came.append(piece)  # noqa: PERF401 - what came before the error is kept

    came: list[Any] = []
    error = error_of(lambda: asyncio.run(read()))
    return no(f"a scripted exception: {len(came)} pieces, then {told(error)}")


def snapshots() -> Answer:
    to, messages = client("one", "two"), [GO]
    for _ in range(2):
        asyncio.run(to.create(messages))
        messages.append(GO)
    lengths = [len(one["messages"]) for one in to.create_calls]
    return holds(lengths == [1, 2], f"messages of the two requests in create_calls: {lengths}")


def openai_3() -> Answer:
    return not_applicable("no client of the openai package takes part")


def judges_the_client() -> Answer:
    return not_applicable(NO_FAULTS)


def answers_without_a_script() -> Answer:
    return no(told(error_of(lambda: ask(client()))))


def other_apis() -> Answer:
    return not_applicable("it stands above the APIs, for any client of AutoGen")


def _test(*lines: str) -> str:
    return IN_A_TEST + "\n".join(f"    {line}" for line in lines)


if __name__ == "__main__":
    main(globals(), installed("autogen-ext", "autogen-core", "openai"))

"""ReplayChatCompletionClient of autogen-ext: the client object of AutoGen 0.4 and later, with a list of replies."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from autogen_core import FunctionCall
from autogen_core.models import AssistantMessage, CreateResult, ModelInfo, RequestUsage, UserMessage
from autogen_ext.models.replay import ReplayChatCompletionClient
from probing import Answer, error_of, holds, installed, is_red, main, mistakes_told, no, not_applicable, told

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
ABOVE = "it stands above the APIs, for any client of AutoGen"
NO_WIRE = "it is called with AutoGen's own messages: no request of the API is made"
NO_FAULTS = "no fault can be scripted: its turns are texts and results"


def client(*turns: Any) -> ReplayChatCompletionClient:
    return ReplayChatCompletionClient(list(turns), model_info=INFO)


def ask(to: ReplayChatCompletionClient, text: str = "Please add one to eleven.", **options: Any) -> Any:
    return asyncio.run(to.create([UserMessage(content=text, source="user")], tools=[ADD], **options))


def calling(name: str, arguments: str, finish_reason: Any = "function_calls") -> CreateResult:
    called = [FunctionCall(id="call_1", name=name, arguments=arguments)]
    return CreateResult(finish_reason=finish_reason, content=called, usage=RequestUsage(0, 0), cached=False)


invalid_requests = not_applicable(NO_WIRE)


def broken_history() -> Answer:
    unanswered = AssistantMessage(content=[FunctionCall(id="call_1", name="add", arguments="{}")], source="assistant")
    error = error_of(lambda: asyncio.run(client("one").create([GO, unanswered, GO])))
    return holds(error, told(error))


def exhausted() -> Answer:
    return is_red(_test("client = ReplayChatCompletionClient(['one'])", "ask(); ask()"))


def exhausted_and_swallowed() -> Answer:
    return is_red(_test("client = ReplayChatCompletionClient(['one'])", "ask()", "try: ask()", "except Exception: pass"))


def left_over() -> Answer:
    return is_red(_test("client = ReplayChatCompletionClient(['one', 'two'])", "ask()"))


def script_checked_against_tools() -> Answer:
    def told_of(tool: str, arguments: dict[str, Any], options: dict[str, Any]) -> object:
        return error_of(lambda: ask(client(calling(tool, json.dumps(arguments))), **options))

    return mistakes_told(told_of)


fault_then_retry = not_applicable(NO_FAULTS)
broken_delivery_served_again = not_applicable(NO_FAULTS)
streamed_calls = not_applicable("a stream of AutoGen's clients has pieces of text only; calls come whole at its end")
usage_chunk = not_applicable(NO_WIRE)


def usage() -> Answer:
    spent = ask(client("one two")).usage
    return holds(spent.prompt_tokens and spent.completion_tokens, spent)


def per_agent() -> Answer:
    first, second = client("of the first"), client("of the second")
    came = ask(second).content, ask(first).content
    return holds(came == ("of the second", "of the first"), "by an object for each agent")


def agents_of_one_double() -> Answer:
    shared = client("of the first", "of the second")
    second, first = ask(shared).content, ask(shared).content
    return holds((first, second) == ("of the first", "of the second"), f"the first got {first!r}, the second {second!r}")


def chosen() -> Answer:
    came = ask(client("of prices", "of news"), "What is the news?").content
    return holds(came == "of news", f"asked for news: {came!r}; the turns are a list")


def references() -> Answer:
    called = ask(client(calling("add", '{"x": "${add.total}"}'))).content[0]
    return no(f"the call came with {called.arguments!r}")


legacy_functions = not_applicable("AutoGen's own types know tools only")


def rate_limit_with_retry_after() -> Answer:
    return no(f"a scripted exception gives {told(error_of(lambda: ask(client(ConnectionError('429')))))}")


def malformed_arguments() -> Answer:
    called = ask(client(calling("add", '{"x": 1'))).content[0]
    return holds(called.arguments == '{"x": 1', called)


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


openai_3 = not_applicable("no client of the openai package takes part")
responses_api = not_applicable(ABOVE)
judges_the_client = not_applicable(NO_FAULTS)


def answers_without_a_script() -> Answer:
    return no(told(error_of(lambda: ask(client()))))


other_apis = not_applicable(ABOVE)


def _test(*lines: str) -> str:
    return IN_A_TEST + "\n".join(f"    {line}" for line in lines)


if __name__ == "__main__":
    main(globals(), installed("autogen-ext", "autogen-core", "openai"))

"""ag2.testing of AG2 1.x: a model configuration that holds a list of turns, for one agent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
from ag2 import Agent
from ag2.events import BaseEvent, ModelMessage, ModelMessageChunk, ModelResponse, ToolCallEvent, ToolCallsEvent
from ag2.middleware import RetryMiddleware
from ag2.stream import MemoryStream
from ag2.testing import ModelCall, TestConfig, TrackingConfig
from probing import Answer, counted, error_of, holds, installed, is_red, main, no, not_applicable, told

IN_A_TEST = """
import asyncio
from ag2 import Agent
from ag2.events import ToolCallEvent
from ag2.testing import TestConfig

def add(x: int) -> int:
    "Adds."
    return x + 1

def test():
    def ask(*turns):
        return asyncio.run(Agent("a", config=TestConfig(*turns), tools=[add]).ask("go"))

    call = ToolCallEvent(name="add", arguments='{"x": 1}')
"""
NO_WIRE = "it is called with AG2's own events: no request of the API is made"


def add(x: int) -> int:
    """Adds."""
    return x + 1


@dataclass
class Run:
    """One agent ran one script: its reply or its error, every event of its stream, and what was tracked."""

    reply: str | None
    error: Exception | None
    events: list[Any]
    calls: list[ModelCall]

    def of(self, kind: type) -> list[Any]:
        """The events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]


def run(*turns: Any, **options: Any) -> Run:
    """Let an agent with the tool ``add`` and this script answer one question."""

    async def hear(event: BaseEvent) -> None:
        events.append(event)

    async def answer() -> str:
        stream = MemoryStream()
        stream.subscribe(hear)
        reply = await Agent("a", config=config, tools=[add], **options).ask("Please add one to eleven.", stream=stream)
        return str(reply.body)

    events: list[Any] = []
    came: list[str] = []
    config = TrackingConfig(TestConfig(*turns))
    error = error_of(lambda: came.append(asyncio.run(answer())))
    return Run(came[0] if came else None, error, events, config.calls)


def calling(name: str, arguments: str) -> ToolCallEvent:
    return ToolCallEvent(name=name, arguments=arguments)


def invalid_requests() -> Answer:
    return not_applicable(NO_WIRE)


def exhausted() -> Answer:
    return is_red(_test("ask(call)"))


def exhausted_and_swallowed() -> Answer:
    return is_red(_test("try: ask(call)", "except Exception: pass"))


def left_over() -> Answer:
    return is_red(_test("ask('one', 'two')"))


def script_checked_against_tools() -> Answer:
    return counted(
        {
            "not on offer": run(calling("subtract", '{"x": 1}'), "done").error,
            "arguments": run(calling("add", '{"y": "one"}'), "done").error,
            "tool_choice": False,  # the double is not told of it
        }
    )


def fault_then_retry() -> Answer:
    again = run(ConnectionError("429"), "FIRST", "SECOND", middleware=[RetryMiddleware(max_retries=1)])
    return holds(
        again.reply == "FIRST", f"the retry by AG2's middleware got {again.reply!r}; a new question begins the script anew"
    )


def broken_delivery_served_again() -> Answer:
    return not_applicable("a broken reply is written as pieces and an error: there is no whole reply to serve again")


def streamed_calls() -> Answer:
    return not_applicable("AG2's streams have pieces of text only; calls come whole")


def usage_chunk() -> Answer:
    return not_applicable(NO_WIRE)


def usage() -> Answer:
    spent = run("one two").of(ModelResponse)[0].usage
    return holds(spent, spent)


def per_agent() -> Answer:
    came = run("of the second").reply, run("of the first").reply
    return holds(came == ("of the second", "of the first"), "by an object for each agent")


def references() -> Answer:
    called = run(calling("add", '{"x": "${add}"}'), "done").of(ToolCallEvent)[0]
    return no(f"the call came with {called.arguments!r}")


def legacy_functions() -> Answer:
    return not_applicable("AG2's own types know tools only")


def rate_limit_with_retry_after() -> Answer:
    request = httpx2.Request("POST", "https://api.openai.com/v1/chat/completions")
    response = httpx2.Response(429, headers={"retry-after": "7"}, request=request)
    error = run(openai.RateLimitError("Slow down.", response=response, body=None)).error
    header = error.response.headers.get("retry-after") if isinstance(error, openai.RateLimitError) else None
    return holds(header == "7", f"the script holds the exception itself: {told(error)}; retry-after: {header}")


def malformed_arguments() -> Answer:
    called = run(calling("add", '{"x": 1'), "done").of(ToolCallEvent)[0]
    return holds(called.arguments == '{"x": 1', f"arguments={called.arguments!r}")


def truncated_by_length() -> Answer:
    cut = ModelResponse(tool_calls=ToolCallsEvent([calling("add", '{"x": 1')]), finish_reason="length")
    return _finished(run(cut, "done"), "length")


def refusal() -> Answer:
    return not_applicable(f"AG2's response has no such field: {sorted(vars(ModelResponse()))}")


def content_filter() -> Answer:
    return _finished(run(ModelResponse(ModelMessage(""), finish_reason="content_filter")), "content_filter")


def break_in_the_stream() -> Answer:
    broken = run(ModelMessageChunk("one "), ConnectionError("gone"))
    return holds(
        broken.of(ModelMessageChunk) and broken.error, f"{len(broken.of(ModelMessageChunk))} pieces, then {told(broken.error)}"
    )


def snapshots() -> Answer:
    fields = list(ModelCall.__dataclass_fields__)
    return holds("messages" in fields, f"the log of TrackingConfig holds {fields}: no messages")


def openai_3() -> Answer:
    return not_applicable("no client of the openai package takes part")


def judges_the_client() -> Answer:
    met = run(ConnectionError("429"), "one", middleware=[RetryMiddleware(max_retries=1)])
    return no(f"its log has {len(met.calls)} calls and no judgement")


def answers_without_a_script() -> Answer:
    return no(told(run().error))


def other_apis() -> Answer:
    return not_applicable("it stands above the APIs, for any model of AG2")


def _finished(after: Run, reason: str) -> Answer:
    reasons = [came.finish_reason for came in after.of(ModelResponse)]
    return holds(reasons[:1] == [reason], f"finish_reason of each response: {reasons}")


def _test(*lines: str) -> str:
    return IN_A_TEST + "\n".join(f"    {line}" for line in lines)


if __name__ == "__main__":
    main(globals(), installed("ag2", "openai"))

"""ag2.testing of AG2 1.x: a model configuration that holds a list of turns, for one agent."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import openai
from ag2.events import (
    ModelMessage,
    ModelMessageChunk,
    ModelRequest,
    ModelResponse,
    TextInput,
    ToolCallEvent,
    ToolCallsEvent,
)
from ag2.middleware import RetryMiddleware
from ag2.testing import ModelCall
from ag2_run import Run, calling, run
from probing import Answer, holds, installed, is_red, main, mistakes_told, no, not_applicable, told

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
ABOVE = "it stands above the APIs, for any model of AG2"
NO_WIRE = "it is called with AG2's own events: no request of the API is made"

invalid_requests = not_applicable(NO_WIRE)


def broken_history() -> Answer:
    unanswered = ModelResponse(tool_calls=ToolCallsEvent([calling("add", '{"x": 1}')]))
    error = run("one", history=[ModelRequest([TextInput("go")]), unanswered]).error
    return holds(error, told(error))


def exhausted() -> Answer:
    return is_red(_test("ask(call)"))


def exhausted_and_swallowed() -> Answer:
    return is_red(_test("try: ask(call)", "except Exception: pass"))


def left_over() -> Answer:
    return is_red(_test("ask('one', 'two')"))


def script_checked_against_tools() -> Answer:
    def told_of(tool: str, arguments: dict[str, Any], options: dict[str, Any]) -> object:
        return not options and run(calling(tool, json.dumps(arguments)), "done").error  # it is not told of tool_choice

    return mistakes_told(told_of)


def fault_then_retry() -> Answer:
    again = run(ConnectionError("429"), "FIRST", "SECOND", middleware=[RetryMiddleware(max_retries=1)])
    return holds(
        again.reply == "FIRST", f"the retry by AG2's middleware got {again.reply!r}; a new question begins the script anew"
    )


broken_delivery_served_again = not_applicable(
    "a broken reply is written as pieces and an error: no whole reply is there to serve again"
)
streamed_calls = not_applicable("AG2's streams have pieces of text only; calls come whole")
usage_chunk = not_applicable(NO_WIRE)


def usage() -> Answer:
    spent = run("one two").of(ModelResponse)[0].usage
    return holds(spent, spent)


def per_agent() -> Answer:
    came = run("of the second").reply, run("of the first").reply
    return holds(came == ("of the second", "of the first"), "by an object for each agent")


def agents_of_one_double() -> Answer:
    shared = "of the first", "of the second"
    second, first = run(*shared).reply, run(*shared).reply
    evidence = f"the first got {first!r}, the second {second!r}: each agent plays the whole script of a configuration"
    return holds((first, second) == shared, evidence)


def chosen() -> Answer:
    came = run("of prices", "of news", text="What is the news?").reply
    return holds(came == "of news", f"asked for news: {came!r}; the turns are a list")


def references() -> Answer:
    called = run(calling("add", '{"x": "${add}"}'), "done").of(ToolCallEvent)[0]
    return no(f"the call came with {called.arguments!r}")


legacy_functions = not_applicable("AG2's own types know tools only")


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


refusal = not_applicable(f"AG2's response has no such field: {sorted(vars(ModelResponse()))}")


def content_filter() -> Answer:
    return _finished(run(ModelResponse(ModelMessage(""), finish_reason="content_filter")), "content_filter")


def break_in_the_stream() -> Answer:
    broken = run(ModelMessageChunk("one "), ConnectionError("gone"))
    return holds(
        broken.of(ModelMessageChunk) and broken.error, f"{len(broken.of(ModelMessageChunk))} pieces, then {told(broken.error)}"
    )


snapshots = not_applicable(f"TrackingConfig keeps {list(ModelCall.__dataclass_fields__)}; AG2's own stream keeps the messages")
openai_3 = not_applicable("no client of the openai package takes part")
responses_api = not_applicable(ABOVE)


def judges_the_client() -> Answer:
    met = run(ConnectionError("429"), "one", middleware=[RetryMiddleware(max_retries=1)])
    return no(f"its log has {len(met.calls)} calls and no judgement")


def answers_without_a_script() -> Answer:
    return no(told(run().error))


other_apis = not_applicable(ABOVE)


def _finished(after: Run, reason: str) -> Answer:
    reasons = [came.finish_reason for came in after.of(ModelResponse)]
    return holds(reasons[:1] == [reason], f"finish_reason of each response: {reasons}")


def _test(*lines: str) -> str:
    return IN_A_TEST + "\n".join(f"    {line}" for line in lines)


if __name__ == "__main__":
    main(globals(), installed("ag2", "openai"))

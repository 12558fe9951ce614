"""LLMock: a server in a thread; its fixture queues behaviours, each kind in a queue of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asking
import faults
import other_apis as others
from llmock.pytest_plugin import LLMock
from llmock.scenarios import Match, Reply, ToolCall
from llmock.testing import LLMockServer
from probing import Answer, error_of, holds, installed, is_red, main, mistakes_told, no, told


@contextmanager
def llmock(**options: Any) -> Iterator[tuple[Any, Any]]:
    """What the fixture ``llmock`` gives to a test, and a client of it."""
    with LLMockServer() as server:
        double = LLMock(server)
        yield double, asking.client(double.base_url(), **options)


def invalid_requests() -> Answer:
    with llmock() as (_, client):
        return asking.invalid_requests(client)


def broken_history() -> Answer:
    with llmock() as (double, client):
        double.reply("one")
        return asking.broken_history(client)


def exhausted() -> Answer:
    return is_red(asking.IN_A_TEST + _test("llmock.reply('one'); ask(); ask()"))


def exhausted_and_swallowed() -> Answer:
    return is_red(asking.IN_A_TEST + _test("llmock.reply('one'); ask()", "try: ask()", "except Exception: pass"))


def left_over() -> Answer:
    return is_red(asking.IN_A_TEST + _test("llmock.reply('one').reply('two'); ask()"))


def script_checked_against_tools() -> Answer:
    def told_of(tool: str, arguments: dict[str, Any], options: dict[str, Any]) -> object:
        with llmock() as (double, client):
            double.call_tool(tool, arguments)
            return error_of(lambda: asking.ask(client, **options)) or double.verdict().findings

    return mistakes_told(told_of)


def fault_then_retry() -> Answer:
    with llmock(max_retries=1) as (double, client):
        double.rate_limit(retry_after=0.01).reply("FIRST").reply("SECOND")
        return faults.spent_on_its_attempt(client)


def broken_delivery_served_again() -> Answer:
    with llmock() as (double, client):
        double.reply("FIRST").disconnect(after_chunks=1).reply("SECOND")
        return faults.served_again(client)


def streamed_calls() -> Answer:
    with llmock() as (double, client):
        double.add(Reply(tool_calls=(ToolCall("add", asking.FIRST), ToolCall("add", asking.SECOND))))
        return asking.streamed_calls(client)


def usage_chunk() -> Answer:
    with llmock() as (double, client):
        double.reply("one two")
        return asking.usage_chunk(client)


def usage() -> Answer:
    with llmock() as (double, client):
        double.reply("one two")
        return asking.usage(client)


def per_agent() -> Answer:
    with llmock() as (first, of_first), llmock() as (second, of_second):
        first.reply("of the first")
        second.reply("of the second")
        answer = asking.own_turns(of_first, of_second)
    return Answer(answer.verdict, f"{answer.evidence}; by a server for each agent")


def agents_of_one_double() -> Answer:
    fields = [name for name in Match.__dataclass_fields__ if name not in {"provider", "path", "model", "stream", "tools"}]
    if fields:
        return Answer("error", f"Match knows new fields, and this program does not: {fields}")
    with llmock() as (double, client):
        double.reply("of the first").reply("of the second")
        return asking.own_turns(client)


def chosen() -> Answer:
    with llmock() as (double, client):
        double.reply("of prices").reply("of news")
        return asking.chosen(client)


def references() -> Answer:
    with llmock() as (double, client):
        double.call_tool("add", {"x": "${add.total}"})
        return asking.reference(client)


def legacy_functions() -> Answer:
    with llmock() as (double, client):
        double.call_tool("add", {"x": 1})
        return asking.legacy_functions(client)


def rate_limit_with_retry_after() -> Answer:
    with llmock() as (double, client):
        double.rate_limit(retry_after=7)
        return faults.rate_limit(client)


def malformed_arguments() -> Answer:
    with llmock() as (double, client):
        double.call_tool("add", {"x": 1}).break_tool_call("malformed_arguments")
        return faults.malformed_arguments(client)


def truncated_by_length() -> Answer:
    with llmock() as (double, client):
        double.add(Reply(tool_calls=(ToolCall("add", {"x": 1}),), finish_reason="length"))
        double.break_tool_call("malformed_arguments")
        return faults.truncated_by_length(client)


def refusal() -> Answer:
    return no(told(error_of(lambda: Reply(refusal="I will not."))))


def content_filter() -> Answer:
    with llmock() as (double, client):
        double.add(Reply(text="", finish_reason="content_filter"))
        return faults.content_filter(client)


def break_in_the_stream() -> Answer:
    with llmock() as (double, client):
        double.reply("one two three four").disconnect(after_chunks=2)
        return faults.break_in_the_stream(client)


def snapshots() -> Answer:
    with llmock() as (double, client):
        return asking.snapshots(client, lambda: [one.body["messages"] for one in double.requests])


def openai_3() -> Answer:
    with llmock() as (double, client):
        double.reply("one")
        return asking.openai_3(client)


def responses_api() -> Answer:
    with llmock() as (double, client):
        double.reply("one")
        return others.responses_api(client)


def judges_the_client() -> Answer:
    with llmock() as (double, client):
        double.rate_limit(retry_after=30)
        error_of(lambda: asking.said(client))
        asking.said(client)
        verdict = double.verdict()
        return holds(verdict.errors, [finding.code for finding in verdict.findings])


def answers_without_a_script() -> Answer:
    with llmock() as (_, client):
        return asking.unscripted_call(client)


def other_apis() -> Answer:
    with llmock() as (double, _):
        return others.anthropic(double.base_url("anthropic"))


def _test(*lines: str) -> str:
    return "\n".join(["def test(llmock):", *(f"    {line}" for line in lines), "    llmock.assert_resilient(strict=True)"])


if __name__ == "__main__":
    main(globals(), installed("llmock", "openai"))

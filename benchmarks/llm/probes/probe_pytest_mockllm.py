"""pytest-mockllm: patches the methods of the SDK, answers from a queue. In its strict mode throughout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import asking
import faults
import other_apis as others
from probing import Answer, error_of, holds, installed, is_red, main, mistakes_told, no, not_applicable, told
from pytest_mockllm.providers.anthropic import AnthropicMock
from pytest_mockllm.providers.openai import OpenAIMock

STRICT = "--llm-strict"


@contextmanager
def mocked(**options: Any) -> Iterator[tuple[Any, Any]]:
    """What the fixture ``mock_openai`` gives to a test, and a plain client."""
    with OpenAIMock() as double:
        double.set_strict_mode()
        yield double, asking.client("https://api.openai.com/v1", **options)


def asked(ask: Callable[[Any], Answer], text: str = "one two", **reply: Any) -> Answer:
    """Script one reply and ask."""
    with mocked() as (double, client):
        double.add_response(text, **reply)
        return ask(client)


def as_default(ask: Callable[[Any], Answer], **reply: Any) -> Answer:
    """``add_response`` takes fewer fields than the reply that is given when no other is left: the second way to script one."""
    refused = error_of(lambda: OpenAIMock().add_response("", **reply))
    with mocked() as (double, client):
        error = error_of(lambda: double.set_default_response("", **reply))
        if error is not None:
            return no(f"add_response: {told(refused)}; set_default_response: {told(error)}")
        answer = ask(client)
    return Answer(answer.verdict, f"{answer.evidence} (by set_default_response only; add_response: {told(refused)})")


def invalid_requests() -> Answer:
    with mocked() as (double, client):
        double.set_default_response("one")
        return asking.invalid_requests(client)


def broken_history() -> Answer:
    return asked(asking.broken_history)


def exhausted() -> Answer:
    return is_red(_test("mock_openai.add_response('one'); ask(); ask()"), STRICT)


def exhausted_and_swallowed() -> Answer:
    return is_red(_test("mock_openai.add_response('one'); ask()", "try: ask()", "except Exception: pass"), STRICT)


def left_over() -> Answer:
    return is_red(_test("mock_openai.add_responses('one', 'two'); ask()"), STRICT)


def script_checked_against_tools() -> Answer:
    def told_of(tool: str, arguments: dict[str, Any], options: dict[str, Any]) -> object:
        with mocked() as (double, client):
            double.add_response("", tool_calls=[_call(tool, arguments)])
            return error_of(lambda: asking.ask(client, **options))

    return mistakes_told(told_of)


def fault_then_retry() -> Answer:
    with mocked(max_retries=1) as (double, client):
        double.simulate_error("rate_limit", times=1).add_responses("FIRST", "SECOND")
        return faults.spent_on_its_attempt(client)


broken_delivery_served_again = not_applicable("a delivery cannot be broken: errors are raised before the reply")


def streamed_calls() -> Answer:
    calls = [_call("add", asking.FIRST), _call("add", asking.SECOND)]
    pieces = ['{"x": 11, "note": "a \\"quo', 'ted\\" word"}']
    return asked(asking.streamed_calls, "", tool_calls=calls, tool_call_chunks=pieces)


def usage_chunk() -> Answer:
    return asked(asking.usage_chunk)


def usage() -> Answer:
    return asked(asking.usage)


def per_agent() -> Answer:
    answer = agents_of_one_double()
    return Answer(answer.verdict, f"{answer.evidence}; the SDK is patched for the whole process, so there is one queue")


def agents_of_one_double() -> Answer:
    with mocked() as (double, client):
        double.add_responses("of the first", "of the second")
        return asking.own_turns(client)


def chosen() -> Answer:
    with mocked() as (double, client):
        double.add_responses("of prices", "of news")
        return asking.chosen(client)


def references() -> Answer:
    return asked(asking.reference, "", tool_calls=[_call("add", {"x": "${add.total}"})])


def legacy_functions() -> Answer:
    return as_default(asking.legacy_functions, function_call={"name": "add", "arguments": '{"x": 1}'})


def rate_limit_with_retry_after() -> Answer:
    with mocked() as (double, client):
        double.simulate_error("rate_limit", times=1)
        return faults.rate_limit(client)


def malformed_arguments() -> Answer:
    return asked(faults.malformed_arguments, "", tool_calls=[_call("add", '{"x": 1')])


def truncated_by_length() -> Answer:
    return as_default(faults.truncated_by_length, tool_calls=[_call("add", '{"x": 1')], finish_reason="length")


def refusal() -> Answer:
    return as_default(faults.refusal, refusal="I will not.")


def content_filter() -> Answer:
    return as_default(faults.content_filter, finish_reason="content_filter")


def break_in_the_stream() -> Answer:
    with mocked() as (double, client):
        double.add_response("one two", stream_chunks=["one ", "two"]).simulate_error("server", times=1)
        return faults.break_in_the_stream(client)


def snapshots() -> Answer:
    with mocked() as (double, client):
        double.add_responses("one", "two")
        return asking.snapshots(client, lambda: [one["messages"] for one in double.calls])


def openai_3() -> Answer:
    return asked(asking.openai_3)


def responses_api() -> Answer:
    return asked(others.responses_api, "one")


def judges_the_client() -> Answer:
    with mocked() as (double, client):
        double.simulate_error("rate_limit", times=1).add_response("one")
        error_of(lambda: asking.said(client))
        asking.said(client)
        return no(f"its ledger has the outcomes {[one['outcome'] for one in double.request_ledger]} and no judgement")


def answers_without_a_script() -> Answer:
    with mocked() as (_, client):
        return asking.unscripted_call(client)


def other_apis() -> Answer:
    from anthropic import Anthropic

    with AnthropicMock() as double:
        double.add_response("one")
        messages = [{"role": "user", "content": asking.TEXT}]
        came = Anthropic(api_key="test").messages.create(model="claude-sonnet-4-5", max_tokens=9, messages=messages)
        return holds(came.content[0].text == "one", came)


def _call(name: str, arguments: Any) -> dict[str, Any]:
    return {"id": f"call_{len(str(arguments))}", "function": {"name": name, "arguments": arguments}}


def _test(*lines: str) -> str:
    return asking.IN_A_TEST + "\n".join(["def test(mock_openai):", *(f"    {line}" for line in lines)])


if __name__ == "__main__":
    main(globals(), installed("pytest-mockllm", "openai", "anthropic"))

"""aimock: a server in Node, driven through its pytest package; a fixture is a match and a response."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import asking
import faults
import other_apis as others
import requests
from aimock_pytest import AIMockServer
from aimock_server import ANYTHING, PACKAGE, aimock, answering
from probing import Answer, error_of, installed, is_red, main, mistakes_told, no


def asked(ask: Callable[[Any], Answer], response: dict[str, Any], **options: Any) -> Answer:
    """Script one response and ask; a fixture that its validator refuses cannot be scripted."""
    with aimock() as (double, client):
        try:
            answering(double, response, **options)
        except requests.HTTPError as error:
            return no(f"the fixture is refused: {error.response.text}")
        return ask(client)


def limited(retry_after: int) -> dict[str, Any]:
    return {"error": {"message": "Slow down.", "type": "rate_limit_error"}, "status": 429, "retryAfter": retry_after}


def always_one(ask: Callable[[Any], Answer]) -> Answer:
    """Script one response to every request and ask."""
    with aimock() as (double, client):
        double.add_fixture({}, {"content": "one"})
        return ask(client)


def invalid_requests() -> Answer:
    return always_one(asking.invalid_requests)


def broken_history() -> Answer:
    return always_one(asking.broken_history)


def exhausted() -> Answer:
    return is_red(_test("aimock.add_fixture(ANY, {'content': 'one'}, sequenceIndex=0)", "ask(); ask()"))


def exhausted_and_swallowed() -> Answer:
    script = "aimock.add_fixture(ANY, {'content': 'one'}, sequenceIndex=0)"
    return is_red(_test(script, "ask()", "try: ask()", "except Exception: pass"))


def left_over() -> Answer:
    both = [f"aimock.add_fixture(ANY, {{'content': 'one'}}, sequenceIndex={number})" for number in (0, 1)]
    return is_red(_test(*both, "ask()"))


def script_checked_against_tools() -> Answer:
    def told_of(tool: str, arguments: dict[str, Any], options: dict[str, Any]) -> object:
        with aimock() as (double, client):
            answering(double, {"toolCalls": [_call(tool, arguments)]})
            return error_of(lambda: asking.ask(client, **options))

    return mistakes_told(told_of)


def fault_then_retry() -> Answer:
    with aimock(max_retries=1) as (double, client):
        answering(double, limited(0), {"content": "FIRST"}, {"content": "SECOND"})
        return faults.spent_on_its_attempt(client)


def broken_delivery_served_again() -> Answer:
    with aimock() as (double, client):
        double.add_fixture(ANYTHING, {"content": "FIRST"}, sequenceIndex=0, truncateAfterChunks=1)
        double.add_fixture(ANYTHING, {"content": "SECOND"}, sequenceIndex=1)
        return faults.served_again(client)


def streamed_calls() -> Answer:
    return asked(asking.streamed_calls, {"toolCalls": [_call("add", asking.FIRST), _call("add", asking.SECOND)]})


def usage_chunk() -> Answer:
    return asked(asking.usage_chunk, {"content": "one two"})


def usage() -> Answer:
    return asked(asking.usage, {"content": "one two"})


def per_agent() -> Answer:
    return agents_of_one_double()


def agents_of_one_double() -> Answer:
    with aimock() as (double, client):
        for agent in ("first", "second"):
            double.add_fixture({"systemMessage": f"the {agent} agent"}, {"content": f"of the {agent}"})
        return asking.own_turns(client)


def chosen() -> Answer:
    with aimock() as (double, client):
        double.on_message("price", {"content": "of prices"})
        double.on_message("news", {"content": "of news"})
        return asking.chosen(client)


def references() -> Answer:
    return asked(asking.reference, {"toolCalls": [_call("add", {"x": "{{toolResult.total}}"})]})


def legacy_functions() -> Answer:
    return asked(asking.legacy_functions, {"toolCalls": [_call("add", {"x": 1})]})


def rate_limit_with_retry_after() -> Answer:
    return asked(faults.rate_limit, limited(7))


def malformed_arguments() -> Answer:
    return asked(faults.malformed_arguments, {"toolCalls": [{"name": "add", "arguments": '{"x": 1'}]})


def truncated_by_length() -> Answer:
    return asked(faults.truncated_by_length, {"toolCalls": [{"name": "add", "arguments": '{"x": 1'}], "finishReason": "length"})


def refusal() -> Answer:
    return asked(faults.refusal, {"content": "I will not.", "refusal": "I will not."})


def content_filter() -> Answer:
    return asked(faults.content_filter, {"content": "I", "finishReason": "content_filter"})


def break_in_the_stream() -> Answer:
    return asked(faults.break_in_the_stream, {"content": "one two three four"}, chunkSize=4, latency=50, truncateAfterChunks=4)


def snapshots() -> Answer:
    with aimock() as (double, client):
        double.add_fixture({}, {"content": "one"})
        return asking.snapshots(client, lambda: [one["body"]["messages"] for one in double.get_journal()])


def openai_3() -> Answer:
    return asked(asking.openai_3, {"content": "one"})


def responses_api() -> Answer:
    return asked(others.responses_api, {"content": "one"})


def judges_the_client() -> Answer:
    found = [name for name in dir(AIMockServer) if "verdict" in name or "resilien" in name]
    return no(f"the methods that judge are {found}: only its fakes of MCP are judged")


def answers_without_a_script() -> Answer:
    with aimock() as (_, client):
        return asking.unscripted_call(client)


def other_apis() -> Answer:
    with aimock() as (double, _):
        double.add_fixture(ANYTHING, {"content": "one"})
        return others.anthropic(double.base_url)


def _call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


def _test(*lines: str) -> str:
    arrange = ["monkeypatch.setenv('OPENAI_BASE_URL', aimock.base_url + '/v1')", "ANY = {'userMessage': 'add'}"]
    return asking.IN_A_TEST + "\n".join(["def test(aimock, monkeypatch):", *(f"    {line}" for line in [*arrange, *lines])])


if __name__ == "__main__":
    main(
        globals(),
        {
            "@copilotkit/aimock": json.loads((PACKAGE / "package.json").read_text())["version"],
            **installed("aimock-pytest", "openai"),
        },
    )

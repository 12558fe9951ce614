"""openai-responses: mocks the routes of the API in httpx, with respx. A sequence of replies is respx's list of side effects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import requires
from typing import Any

import asking
import faults
import httpx
import other_apis as others
from bodies import body, breaking, calling, reply, stream, whole
from openai_responses import OpenAIMock
from probing import Answer, error_of, holds, installed, is_red, main, mistakes_told, no, not_applicable

URL = "https://api.openai.com/v1"


@contextmanager
def mocked(*turns: Any, **options: Any) -> Iterator[tuple[Any, Any]]:
    """What the fixture ``openai_mock`` gives to a test, with these replies in order, and a plain client."""
    double = OpenAIMock()
    double.chat.completions.create.route.side_effect = list(turns)
    with double.router:
        yield double, asking.client(URL, **options)


def asked(ask: Callable[[Any], Answer], message: dict[str, Any], finish_reason: str = "stop") -> Answer:
    """Script one reply, as a partial body, and ask."""
    double = OpenAIMock()
    double.chat.completions.create.response = body(message, finish_reason)
    with double.router:
        return ask(asking.client(URL))


def invalid_requests() -> Answer:
    double = OpenAIMock()
    double.chat.completions.create.response = reply("one")
    with double.router:
        return asking.invalid_requests(asking.client(URL))


def broken_history() -> Answer:
    with mocked(reply("one")) as (_, client):
        return asking.broken_history(client)


def exhausted() -> Answer:
    return is_red(_test("with script('one'): ask(); ask()"))


def exhausted_and_swallowed() -> Answer:
    return is_red(_test("with script('one'):", "    ask()", "    try: ask()", "    except Exception: pass"))


def left_over() -> Answer:
    return is_red(_test("with script('one', 'two'): ask()"))


def script_checked_against_tools() -> Answer:
    def told_of(tool: str, arguments: dict[str, Any], options: dict[str, Any]) -> object:
        with mocked(whole(calling(tool, json.dumps(arguments)), "tool_calls")) as (_, client):
            return error_of(lambda: asking.ask(client, **options))

    return mistakes_told(told_of)


def fault_then_retry() -> Answer:
    limited = httpx.Response(429, headers={"retry-after": "0"}, json={"error": {"message": "Slow down."}})
    with mocked(limited, reply("FIRST"), reply("SECOND"), max_retries=1) as (_, client):
        return faults.spent_on_its_attempt(client)


def broken_delivery_served_again() -> Answer:
    with mocked(breaking("FIRST"), stream("SECOND")) as (_, client):
        return faults.served_again(client)


streamed_calls = not_applicable("every chunk is written by hand, in an EventStream; from a reply it makes none")
usage_chunk = not_applicable("every chunk is written by hand, in an EventStream; from a reply it makes none")


def usage() -> Answer:
    return asked(asking.usage, {"role": "assistant", "content": "one two"})


def per_agent() -> Answer:
    first, second = OpenAIMock("https://first.example/v1"), OpenAIMock("https://second.example/v1")
    first.chat.completions.create.response = reply("of the first")
    second.chat.completions.create.response = reply("of the second")
    with first.router, second.router:
        answer = asking.own_turns(asking.client("https://first.example/v1"), asking.client("https://second.example/v1"))
    return Answer(answer.verdict, f"{answer.evidence}; by a base_url for each agent")


def agents_of_one_double() -> Answer:
    with mocked(reply("of the first"), reply("of the second")) as (_, client):
        return asking.own_turns(client)


def chosen() -> Answer:
    with mocked(reply("of prices"), reply("of news")) as (_, client):
        return asking.chosen(client)


def references() -> Answer:
    return asked(asking.reference, calling("add", '{"x": "${add.total}"}'), "tool_calls")


def legacy_functions() -> Answer:
    called = {"role": "assistant", "content": None, "function_call": {"name": "add", "arguments": '{"x": 1}'}}
    return asked(asking.legacy_functions, called, "function_call")


def rate_limit_with_retry_after() -> Answer:
    with mocked(httpx.Response(429, headers={"retry-after": "7"}, json={"error": {"message": "Slow down."}})) as (_, client):
        return faults.rate_limit(client)


def malformed_arguments() -> Answer:
    return asked(faults.malformed_arguments, calling("add", '{"x": 1'), "tool_calls")


def truncated_by_length() -> Answer:
    return asked(faults.truncated_by_length, calling("add", '{"x": 1'), "length")


def refusal() -> Answer:
    return asked(faults.refusal, {"role": "assistant", "content": None, "refusal": "I will not."})


def content_filter() -> Answer:
    return asked(faults.content_filter, {"role": "assistant", "content": ""}, "content_filter")


def break_in_the_stream() -> Answer:
    with mocked(breaking("one two")) as (_, client):
        return faults.break_in_the_stream(client)


def snapshots() -> Answer:
    with mocked(reply("one"), reply("two")) as (double, client):
        log = double.chat.completions.create.route.calls
        return asking.snapshots(
            client, lambda: [httpx.Response(200, content=one.request.content).json()["messages"] for one in log]
        )


def openai_3() -> Answer:
    wanted = [one for one in requires("openai-responses") or [] if one.startswith("openai")]
    return holds(not any("<3" in one for one in wanted), f"it requires {wanted}")


def responses_api() -> Answer:
    with mocked(reply("one")) as (_, client):
        return others.responses_api(client)


def judges_the_client() -> Answer:
    limited = httpx.Response(429, headers={"retry-after": "30"}, json={"error": {"message": "Slow down."}})
    with mocked(limited, reply("one")) as (double, client):
        error_of(lambda: asking.said(client))
        asking.said(client)
        return no(f"its log has {double.chat.completions.create.route.call_count} calls and no judgement")


def answers_without_a_script() -> Answer:
    with OpenAIMock().router:
        return asking.unscripted_call(asking.client(URL))


def other_apis() -> Answer:
    routes = [name for name in vars(OpenAIMock()) if not name.startswith("_")]
    return holds("messages" in routes, f"its routes are {routes}, all of OpenAI's")


def _test(*lines: str) -> str:
    helper = f"""
import sys; sys.path.insert(0, {__file__.rsplit("/", 1)[0]!r})
from bodies import reply

def test(openai_mock):
    def script(*texts):
        openai_mock.chat.completions.create.route.side_effect = [reply(text) for text in texts]
        return openai_mock.router
"""
    return asking.IN_A_TEST + helper + "\n".join(f"    {line}" for line in lines)


if __name__ == "__main__":
    main(globals(), installed("openai-responses", "respx", "openai"))

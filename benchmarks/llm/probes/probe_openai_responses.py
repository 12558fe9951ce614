"""openai-responses: mocks the routes of the API in httpx, with respx. A sequence of replies is respx's list of side effects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import requires
from typing import Any

import asking
import httpx
from openai_responses import OpenAIMock
from probing import Answer, counted, error_of, holds, installed, is_red, main, no, not_applicable

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
    double.chat.completions.create.response = _body(message, finish_reason)
    with double.router:
        return ask(asking.client(URL))


def invalid_requests() -> Answer:
    double = OpenAIMock()
    double.chat.completions.create.response = _reply("one")
    with double.router:
        return asking.invalid_requests(asking.client(URL))


def exhausted() -> Answer:
    return is_red(_test("with script('one'): ask(); ask()"))


def exhausted_and_swallowed() -> Answer:
    return is_red(_test("with script('one'):", "    ask()", "    try: ask()", "    except Exception: pass"))


def left_over() -> Answer:
    return is_red(_test("with script('one', 'two'): ask()"))


def script_checked_against_tools() -> Answer:
    scripted = {
        "not on offer": (_call("subtract", '{"x": 1}'), {}),
        "arguments": (_call("add", '{"y": "one"}'), {}),
        "tool_choice": (_call("add", '{"x": 1}'), {"tool_choice": "none"}),
    }
    seen = {}
    for name, (message, options) in scripted.items():
        with mocked(_whole(message, "tool_calls")) as (_, client):
            seen[name] = error_of(lambda c=client, o=options: asking.ask(c, **o))
    return counted(seen)


def fault_then_retry() -> Answer:
    limited = httpx.Response(429, headers={"retry-after": "0"}, json={"error": {"message": "Slow down."}})
    with mocked(limited, _reply("FIRST"), _reply("SECOND"), max_retries=1) as (_, client):
        return asking.spent_on_its_attempt(client)


def broken_delivery_served_again() -> Answer:
    with mocked(_breaking("FIRST"), _stream("SECOND")) as (_, client):
        return asking.served_again(client)


def streamed_calls() -> Answer:
    return not_applicable("every chunk is written by hand, in an EventStream; from a reply it makes none")


def usage_chunk() -> Answer:
    return not_applicable("every chunk is written by hand, in an EventStream; from a reply it makes none")


def usage() -> Answer:
    return asked(asking.usage, {"role": "assistant", "content": "one two"})


def per_agent() -> Answer:
    first, second = OpenAIMock("https://first.example/v1"), OpenAIMock("https://second.example/v1")
    first.chat.completions.create.response = _reply("of the first")
    second.chat.completions.create.response = _reply("of the second")
    with first.router, second.router:
        answer = asking.own_turns(asking.client("https://first.example/v1"), asking.client("https://second.example/v1"))
    return Answer(answer.verdict, f"{answer.evidence}; by a base_url for each agent")


def references() -> Answer:
    return asked(asking.reference, _call("add", '{"x": "${add.total}"}'), "tool_calls")


def legacy_functions() -> Answer:
    called = {"role": "assistant", "content": None, "function_call": {"name": "add", "arguments": '{"x": 1}'}}
    return asked(asking.legacy_functions, called, "function_call")


def rate_limit_with_retry_after() -> Answer:
    with mocked(httpx.Response(429, headers={"retry-after": "7"}, json={"error": {"message": "Slow down."}})) as (_, client):
        return asking.rate_limit(client)


def malformed_arguments() -> Answer:
    return asked(asking.malformed_arguments, _call("add", '{"x": 1'), "tool_calls")


def truncated_by_length() -> Answer:
    return asked(asking.truncated_by_length, _call("add", '{"x": 1'), "length")


def refusal() -> Answer:
    return asked(asking.refusal, {"role": "assistant", "content": None, "refusal": "I will not."})


def content_filter() -> Answer:
    return asked(asking.content_filter, {"role": "assistant", "content": ""}, "content_filter")


def break_in_the_stream() -> Answer:
    with mocked(_breaking("one two")) as (_, client):
        return asking.break_in_the_stream(client)


def snapshots() -> Answer:
    with mocked(_reply("one"), _reply("two")) as (double, client):
        log = double.chat.completions.create.route.calls
        return asking.snapshots(
            client, lambda: [httpx.Response(200, content=one.request.content).json()["messages"] for one in log]
        )


def openai_3() -> Answer:
    wanted = [one for one in requires("openai-responses") or [] if one.startswith("openai")]
    return holds(not any("<3" in one for one in wanted), f"it requires {wanted}")


def judges_the_client() -> Answer:
    limited = httpx.Response(429, headers={"retry-after": "30"}, json={"error": {"message": "Slow down."}})
    with mocked(limited, _reply("one")) as (double, client):
        error_of(lambda: asking.said(client))
        asking.said(client)
        return no(f"its log has {double.chat.completions.create.route.call_count} calls and no judgement")


def answers_without_a_script() -> Answer:
    with OpenAIMock().router:
        return asking.unscripted_call(asking.client(URL))


def other_apis() -> Answer:
    routes = [name for name in vars(OpenAIMock()) if not name.startswith("_")]
    return holds("messages" in routes, f"its routes are {routes}, all of OpenAI's")


def _call(name: str, arguments: str) -> dict[str, Any]:
    called = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return {"role": "assistant", "content": None, "tool_calls": [called]}


def _body(message: dict[str, Any], finish_reason: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "finish_reason": finish_reason, "message": message}]}


def _whole(message: dict[str, Any], finish_reason: str = "stop") -> httpx.Response:
    named = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o"}
    return httpx.Response(200, json={**named, **_body(message, finish_reason)})


def _reply(text: str) -> httpx.Response:
    return _whole({"role": "assistant", "content": text})


def _pieces(text: str) -> list[bytes]:
    return [f'data: {{"choices": [{{"index": 0, "delta": {{"content": "{text}"}}}}]}}\n\n'.encode()]


def _stream(text: str) -> httpx.Response:
    return httpx.Response(200, content=b"".join([*_pieces(text), b"data: [DONE]\n\n"]))


def _breaking(text: str) -> httpx.Response:
    def pieces() -> Iterator[bytes]:
        yield from _pieces(text)
        raise httpx.ReadError("the connection is gone")

    return httpx.Response(200, content=pieces())


def _test(*lines: str) -> str:
    helper = f"""
import sys; sys.path.insert(0, {__file__.rsplit("/", 1)[0]!r})
from probe_openai_responses import _reply

def test(openai_mock):
    def script(*texts):
        openai_mock.chat.completions.create.route.side_effect = [_reply(text) for text in texts]
        return openai_mock.router
"""
    return asking.IN_A_TEST + helper + "\n".join(f"    {line}" for line in lines)


if __name__ == "__main__":
    main(globals(), installed("openai-responses", "respx", "openai"))

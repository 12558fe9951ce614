"""The questions that a client of the openai package can ask: the same for every double that stands behind one.

Each takes a client whose double is scripted already, asks, and judges what arrived.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import openai
from invalid_requests import INVALID, VALID
from probing import Answer, counted, error_of, holds, told

ADD = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Adds.",
        "parameters": {
            "type": "object",
            "properties": {"x": {"type": "integer"}, "note": {"type": "string"}},
            "required": ["x"],
        },
    },
}
TEXT = "Please add one to eleven, and tell me the sum."
FIRST, SECOND = {"x": 11, "note": 'a "quoted" word'}, {"x": 22}
"""What the two streamed calls of ``add`` are scripted with."""

IN_A_TEST = """
from openai import OpenAI

def ask():
    messages = [{"role": "user", "content": "Please add one to eleven, and tell me the sum."}]
    reply = OpenAI(api_key="sk-test", max_retries=0).chat.completions.create(model="gpt-4o", messages=messages)
    return reply.choices[0].message.content
"""
"""How a test asks; the double stands in the way of a plain client."""


def client(base_url: str, **options: Any) -> openai.OpenAI:
    """A client as a user makes one; it does not ask again by itself unless told."""
    return openai.OpenAI(**{"base_url": base_url, "api_key": "sk-test", "max_retries": 0, "timeout": 10, **options})


def ask(to: openai.OpenAI, text: str = TEXT, **more: Any) -> Any:
    """One request, with the tool ``add`` on offer unless ``tools`` says otherwise."""
    request = {"model": "gpt-4o", "messages": [{"role": "user", "content": text}], "tools": [ADD], **more}
    return to.chat.completions.create(**{name: value for name, value in request.items() if value is not None})


def said(to: openai.OpenAI, text: str = TEXT, **more: Any) -> str:
    """The text of the reply to one request."""
    return str(ask(to, text, **{"tools": None, **more}).choices[0].message.content)


def text_of(stream: Any) -> str:
    """The text of a whole stream."""
    return "".join(choice.delta.content or "" for chunk in stream for choice in chunk.choices)


def snapshots(to: openai.OpenAI, log: Callable[[], list[Any]]) -> Answer:
    """Ask twice with one list that grows between; ``log`` gives the messages of each request, as the double keeps them."""
    messages = [{"role": "user", "content": TEXT}]
    for _ in range(2):
        ask(to, tools=None, messages=messages)
        messages.append({"role": "user", "content": "and on"})
    lengths = [len(kept) for kept in log()]
    return holds(lengths == [1, 2], f"messages of the two requests in the log: {lengths}")


def by(agent: str) -> list[dict[str, Any]]:
    """The messages of an agent: its system message says who it is."""
    return [{"role": "system", "content": f"You are the {agent} agent."}, {"role": "user", "content": TEXT}]


def own_turns(to: openai.OpenAI, and_to: openai.OpenAI | None = None) -> Answer:
    """Two agents have a turn each, and the second asks first. ``and_to``: the client of the second, if not the same."""
    second, first = said(and_to or to, messages=by("second")), said(to, messages=by("first"))
    return holds((first, second) == ("of the first", "of the second"), f"the first got {first!r}, the second {second!r}")


def broken_history(to: openai.OpenAI) -> Answer:
    """A call of an earlier turn has no answer; a double that rejects requests at all says so."""
    error = _rejection(to, INVALID["a call without an answer"])
    return holds(error, told(error))


def chosen(to: openai.OpenAI) -> Answer:
    """One turn is for requests about prices, one for requests about news; the news are asked for first."""
    news, price = said(to, "What is the news?"), said(to, "What is the price?")
    return holds((news, price) == ("of news", "of prices"), f"asked for news: {news!r}, for a price: {price!r}")


def reference(to: openai.OpenAI) -> Answer:
    """The next call is scripted with a reference to ``total`` in the result of ``add``, as the double lets one write it."""
    called = {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"x": 1}'}}
    history = [
        {"role": "user", "content": TEXT},
        {"role": "assistant", "content": None, "tool_calls": [called]},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"total": 42}'},
    ]
    written = arguments_of(ask(to, messages=history).choices[0])
    return holds(read_json(written) == {"x": 42}, f"the result was total=42, the next call came with {written!r}")


def openai_3(to: openai.OpenAI) -> Answer:
    """The client is of the package's third line."""
    return holds(said(to) and openai.__version__.startswith("3."), f"openai {openai.__version__} got its reply")


def unscripted_call(to: openai.OpenAI) -> Answer:
    """Nothing is scripted, and ``add`` is on offer."""
    error = error_of(lambda: ask(to))
    if error is not None:
        return holds(False, told(error))
    written = arguments_of(ask(to).choices[0])
    arguments = read_json(written)
    return holds(isinstance(arguments, dict) and isinstance(arguments.get("x"), int), f"add called with {written!r}")


def invalid_requests(to: openai.OpenAI) -> Answer:
    """How many of the invalid requests are rejected, sent as they are; the valid one must pass."""
    wrongly = _rejection(to, VALID)
    if wrongly is not None:
        return Answer("error", f"the valid request was rejected: {told(wrongly)}")
    return counted({name: _rejection(to, request) for name, request in INVALID.items()})


def _rejection(to: openai.OpenAI, request: dict[str, Any]) -> Exception | None:
    """The API's own 400, or what a double raises by itself; any other error of the package is none."""
    error = error_of(lambda: to.chat.completions.create(**request))
    foreign = isinstance(error, openai.OpenAIError) and not isinstance(error, openai.BadRequestError)
    return None if foreign else error


def streamed_calls(to: openai.OpenAI) -> Answer:
    """Two parallel calls of ``add``, with the arguments FIRST and SECOND, as pieces."""
    deltas = [one for chunk in ask(to, stream=True) for choice in chunk.choices for one in choice.delta.tool_calls or []]
    found = {}
    for index in sorted({one.index for one in deltas}):
        own = [one for one in deltas if one.index == index]
        pieces = [one.function.arguments for one in own if one.function and one.function.arguments]
        named = [one.function.name for one in own if one.function and one.function.name]
        found[index] = (sum(bool(one.id) for one in own), named, pieces)
    whole = all(ids == 1 and names == ["add"] for ids, names, _ in found.values())
    split = any(len(pieces) > 1 for *_, pieces in found.values())
    arguments = [read_json("".join(pieces)) for *_, pieces in found.values()]
    return holds(list(found) == [0, 1] and whole and split and arguments == [FIRST, SECOND], found)


def usage_chunk(to: openai.OpenAI) -> Answer:
    """The last chunk has usage and no choices, those before have choices and no usage."""
    chunks = list(ask(to, tools=None, stream=True, stream_options={"include_usage": True}))
    last = chunks[-1] if chunks else None
    right = last and not last.choices and last.usage and last.usage.total_tokens and not any(one.usage for one in chunks[:-1])
    return holds(right, f"the last of {len(chunks)} chunks: choices={last and last.choices}, usage={last and last.usage}")


def usage(to: openai.OpenAI) -> Answer:
    """Counts that are not zero and add up."""
    spent = ask(to, tools=None).usage
    right = spent and 0 < spent.prompt_tokens < spent.total_tokens == spent.prompt_tokens + spent.completion_tokens
    return holds(right, f"usage={spent and spent.model_dump(exclude_none=True)}")


def legacy_functions(to: openai.OpenAI) -> Answer:
    """A request with ``functions``, answered by a function_call."""
    message = ask(to, tools=None, functions=[ADD["function"]]).choices[0].message
    right = message.function_call and message.function_call.name == "add" and not message.tool_calls
    return holds(right, f"function_call={message.function_call}, tool_calls={message.tool_calls}")


def arguments_of(choice: Any) -> str:
    """The arguments of the first call, as they came; empty where nothing is called."""
    calls = choice.message.tool_calls or []
    return str(calls[0].function.arguments) if calls else ""


def read_json(text: str) -> Any:
    """The value, or None where the text is no JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None

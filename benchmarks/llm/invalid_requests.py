"""23 chat completion requests that the API answers with 400, and one that it takes. Each breaks one rule only."""

from __future__ import annotations

from typing import Any

Request = dict[str, Any]


def _tool(name: str = "add", parameters: object = None, **more: Any) -> Request:
    sum_of = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"], "additionalProperties": False}
    return {
        "type": "function",
        "function": {"name": name, "description": "Adds.", "parameters": sum_of if parameters is None else parameters, **more},
    }


def _asked(ident: str = "call_1", name: str = "add") -> Request:
    call = {"id": ident, "type": "function", "function": {"name": name, "arguments": '{"x": 1}'}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def _answered(ident: str = "call_1") -> Request:
    return {"role": "tool", "tool_call_id": ident, "content": "2"}


_USER: Request = {"role": "user", "content": "Add one."}


def _request(*messages: Request, **more: Any) -> Request:
    return {"model": "gpt-4o", "messages": list(messages) or [_USER], **more}


def _offering(parameters: object, **more: Any) -> Request:
    return _request(tools=[_tool(parameters=parameters, **more)])


_OPEN = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
_LONG_ID = "call_" + "x" * 46

VALID = _request(_USER, _asked(), _answered(), tools=[_tool()], tool_choice="auto", parallel_tool_calls=False)
"""A whole exchange: a call, its answer, the tool on offer."""

INVALID: dict[str, Request] = {
    "a call without an answer": _request(_USER, _asked(), _USER),
    "an answer without a call": _request(_USER, _answered()),
    "an answer without an id": _request(_USER, _asked(), {"role": "tool", "content": "2"}),
    "two answers to one call": _request(_USER, _asked(), _answered(), _answered()),
    "a call id of 51 characters": _request(_USER, _asked(_LONG_ID), _answered(_LONG_ID)),
    "an empty list of calls": _request(_USER, {"role": "assistant", "content": "Well.", "tool_calls": []}),
    "a call of a name with a dot, in the history": _request(_USER, _asked(name="math.add"), _answered()),
    "a tool with a space in its name": _request(tools=[_tool("add one")]),
    "a tool with a name of 81 characters": _request(tools=[_tool("a" * 81)]),
    "129 tools": _request(tools=[_tool(f"add_{number}") for number in range(129)]),
    "an empty list of tools": _request(tools=[]),
    "a message with a space in its name": _request({**_USER, "name": "the user"}),
    "an array without items": _offering({"type": "object", "properties": {"xs": {"type": "array"}}}),
    "an object without properties": _offering({"type": "object"}),
    "a choice at the top of the parameters": _offering({"type": "object", "properties": {}, "oneOf": [{"required": ["x"]}]}),
    "strict, without additionalProperties": _offering(_OPEN, strict=True),
    "content that is null": _request({"role": "user", "content": None}),
    "no messages": {"model": "gpt-4o", "messages": []},
    "functions and tools": _request(tools=[_tool()], functions=[_tool()["function"]]),
    "function_call without functions": _request(function_call="auto"),
    "tool_choice without tools": _request(tool_choice="auto"),
    "parallel_tool_calls without tools": _request(parallel_tool_calls=False),
    "stream_options without stream": _request(stream_options={"include_usage": True}),
}
"""By what is wrong with it."""

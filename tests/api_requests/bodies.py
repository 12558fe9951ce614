"""Requests for the tests of this folder: the smallest that the API takes, and what differs from it."""

from __future__ import annotations

from typing import Any

OBJECT: dict[str, Any] = {"type": "object", "properties": {"q": {"type": "string"}}}
STRICT = {**OBJECT, "required": ["q"], "additionalProperties": False}


def body(*messages, **changes):
    """A request that the API takes, but for what is changed; None takes a parameter out."""
    whole = {"model": "gpt-4o", "messages": list(messages) or [user()], **changes}
    return {key: value for key, value in whole.items() if value is not None}


def user(content: Any = "Hi", **more):
    return {"role": "user", "content": content, **more}


def asking(*ids, name="search", arguments='{"q": "x"}', **more):
    """The assistant calls a tool, once for each id."""
    calls = [{"id": one, "type": "function", "function": {"name": name, "arguments": arguments}} for one in ids]
    return {"role": "assistant", "content": None, "tool_calls": calls, **more}


def answer(ident, **more):
    return {"role": "tool", "tool_call_id": ident, "content": "found", **more}


def history(*ids, **more):
    """A history in which each call is answered."""
    return user(), asking(*ids, **more), *(answer(one) for one in ids)


def tool(name="search", **more):
    return {"type": "function", "function": {"name": name, "parameters": OBJECT, **more}}


def taking(value, **more):
    """A request that offers one function with these parameters."""
    return body(tools=[tool(parameters=value, **more)])


def having(key, value):
    """A request that offers one function with this property."""
    return taking({"type": "object", "properties": {key: value}})


def strict(properties, **more):
    """A request that offers one function in strict mode; every property is required unless told."""
    whole = {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False, **more}
    return taking(whole, strict=True)


def formatted(schema, **more):
    """A request for structured output."""
    return body(response_format={"type": "json_schema", "json_schema": {"name": "r", "schema": schema, "strict": True, **more}})

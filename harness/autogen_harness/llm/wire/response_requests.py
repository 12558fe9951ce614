"""A request to the Responses API as the chat completion that asks the same: one player and one set of rules judge both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_SAME = ("model", "temperature", "top_p", "parallel_tool_calls", "stream", "user", "metadata", "store", "service_tier")
_RENAMED = {"max_output_tokens": "max_completion_tokens", "top_logprobs": "top_logprobs"}


def as_chat(body: Mapping[str, Any], before: tuple[Mapping[str, Any], ...] = ()) -> dict[str, Any]:
    """The body of the chat completion. ``before``: the messages of the response that this one continues.

    Tools of the API itself, such as its web search, and items that a chat has no place for, such as reasoning, are left out.
    """
    chat: dict[str, Any] = {name: body[name] for name in _SAME if body.get(name) is not None}
    chat |= {ours: body[theirs] for theirs, ours in _RENAMED.items() if body.get(theirs) is not None}
    instructions = [{"role": "developer", "content": body["instructions"]}] if body.get("instructions") else []
    chat["messages"] = [*instructions, *before, *input_messages(body)]
    tools = [_tool(tool) for tool in _mappings(body.get("tools")) if tool.get("type") == "function"]
    form = _format(body)
    return {
        **chat,
        **({"tools": tools} if tools else {}),
        **({"tool_choice": _choice(body["tool_choice"])} if tools and body.get("tool_choice") is not None else {}),
        **({"response_format": form} if form else {}),
    }


def input_messages(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The messages of ``input``; calls that stand side by side are calls of one message."""
    given = body.get("input")
    if isinstance(given, str):
        return [{"role": "user", "content": given}]
    messages: list[dict[str, Any]] = []
    for message in _messages(given):
        last = messages[-1] if messages else {}
        if "tool_calls" in message and last.get("role") == "assistant":
            last["tool_calls"] = [*last.get("tool_calls", ()), *message["tool_calls"]]
        else:
            messages.append(message)
    return messages


def _messages(given: Any) -> Iterator[dict[str, Any]]:
    for item in _mappings(given):
        kind = item.get("type", "message")
        if kind == "message":
            yield {"role": item.get("role"), "content": _content(item.get("content"))}
        elif kind == "function_call":
            function = {"name": item.get("name"), "arguments": item.get("arguments")}
            call = {"id": item.get("call_id"), "type": "function", "function": function}
            yield {"role": "assistant", "content": None, "tool_calls": [call]}
        elif kind == "function_call_output":
            yield {"role": "tool", "tool_call_id": item.get("call_id"), "content": _content(item.get("output"))}


def _content(content: Any) -> Any:
    """Text where all parts are text; else the parts of a chat's content."""
    if isinstance(content, str) or content is None:
        return content
    parts = [_part(part) for part in _mappings(content)]
    if all(part.get("type") == "text" for part in parts):
        return "".join(str(part.get("text", "")) for part in parts)
    return parts


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    kind = part.get("type")
    if kind in ("input_text", "output_text"):
        return {"type": "text", "text": part.get("text")}
    if kind == "refusal":
        return {"type": "text", "text": part.get("refusal")}
    if kind == "input_image":
        return {"type": "image_url", "image_url": {"url": part.get("image_url"), "detail": part.get("detail") or "auto"}}
    return dict(part)


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("name", "description", "parameters", "strict")
    return {"type": "function", "function": {name: tool[name] for name in kept if tool.get(name) is not None}}


def _choice(choice: Any) -> Any:
    if isinstance(choice, Mapping) and choice.get("type") == "function":
        return {"type": "function", "function": {"name": choice.get("name")}}
    return choice


def _format(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """``text.format`` as ``response_format``, where it is more than plain text."""
    text = body.get("text")
    form = text.get("format") if isinstance(text, Mapping) else None
    if not isinstance(form, Mapping) or form.get("type") in (None, "text"):
        return None
    if form["type"] != "json_schema":
        return dict(form)
    return {"type": "json_schema", "json_schema": {name: value for name, value in form.items() if name != "type"}}


def _mappings(values: Any) -> Iterator[Mapping[str, Any]]:
    for value in values if isinstance(values, list | tuple) else ():
        if isinstance(value, Mapping):
            yield value

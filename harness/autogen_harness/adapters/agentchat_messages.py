"""Messages and tools of ``autogen_core`` as a request of the chat completions API, as ``autogen_ext`` writes it.

For clients that are not OpenAI's: theirs is written by ``autogen_ext`` itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from autogen_harness.adapters.strict_schema import strict_schema


def body_of(
    messages: Sequence[Any],
    *,
    model: str,
    tools: Sequence[Any] = (),
    tool_choice: Any = "auto",
    json_output: Any = None,
    extra_create_args: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The request that ``ChatCompletionClient.create`` is to make; the arguments are its own."""
    body: dict[str, Any] = {"messages": [sent for message in messages for sent in _MESSAGES[message.type](message)]}
    if tools:
        body["tools"] = [_tool(tool) for tool in tools]
        body["tool_choice"] = tool_choice if isinstance(tool_choice, str) else _named(_schema(tool_choice)["name"])
    if json_output is not None:
        body["response_format"] = _format(json_output)
    return {**body, "model": model, **(extra_create_args or {})}


def _system(message: Any) -> Iterator[dict[str, Any]]:
    yield {"role": "system", "content": message.content}


def _user(message: Any) -> Iterator[dict[str, Any]]:
    content = message.content if isinstance(message.content, str) else [_part(part) for part in message.content]
    yield {"role": "user", "name": message.source, "content": content}


def _assistant(message: Any) -> Iterator[dict[str, Any]]:
    if isinstance(message.content, str):
        yield {"role": "assistant", "content": message.content}
    else:
        calls = [_call(call) for call in message.content]
        yield {"role": "assistant", "content": message.thought, "tool_calls": calls}


def _results(message: Any) -> Iterator[dict[str, Any]]:
    for result in message.content:
        yield {"role": "tool", "tool_call_id": result.call_id, "content": result.content}


_MESSAGES: Mapping[str, Callable[[Any], Iterator[dict[str, Any]]]] = {
    "SystemMessage": _system,
    "UserMessage": _user,
    "AssistantMessage": _assistant,
    "FunctionExecutionResultMessage": _results,
}


def _part(part: Any) -> dict[str, Any]:
    written: dict[str, Any] = {"type": "text", "text": part} if isinstance(part, str) else part.to_openai_format()
    return written


def _call(call: Any) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _tool(tool: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"description": "", "parameters": {}, "strict": False, **_schema(tool)}}


def _named(tool: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": tool}}


def _schema(tool: Any) -> Mapping[str, Any]:
    schema: Mapping[str, Any] = tool if isinstance(tool, Mapping) else tool.schema
    return schema


def _format(json_output: Any) -> dict[str, Any]:
    if isinstance(json_output, bool):
        return {"type": "json_object" if json_output else "text"}
    schema = {"name": json_output.__name__, "schema": strict_schema(json_output.model_json_schema()), "strict": True}
    return {"type": "json_schema", "json_schema": schema}

"""What tools returned, read from the messages of a request: over a socket nobody sees them run.

So ``result("search")`` of a script works here as it does in process, and the story shows what the model was told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autogen_harness.llm.wire.envelope import identity
from autogen_harness.model import ToolRun


def tool_runs(messages: Sequence[Mapping[str, Any]], agent: str) -> Iterator[ToolRun]:
    """Every tool message with the call that it answers, oldest first. ``agent`` is whoever sends the request.

    A legacy function's result has no id of its own: whose, where and what it is stands for one.
    """
    called: dict[str, Mapping[str, Any]] = {}
    for number, message in enumerate(messages):
        called |= {str(call.get("id")): _function(call) for call in _mappings(message.get("tool_calls"))}
        if message.get("role") == "tool":
            ident = str(message.get("tool_call_id"))
            if ident in called:
                yield _run(called[ident], agent, ident, message)
        elif message.get("role") == "function":
            name = str(message.get("name"))
            ident = identity(agent, number, name, message.get("content"))
            yield _run(_legacy_call(messages[:number], name), agent, ident, message)


def _run(function: Mapping[str, Any], agent: str, ident: str, message: Mapping[str, Any]) -> ToolRun:
    raw = function.get("arguments")
    content = _text(message.get("content"))
    return ToolRun(str(function.get("name")), agent, _arguments(raw), "ok", content, call_id=ident, raw=str(raw))


def _legacy_call(before: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    made = [call for call in (message.get("function_call") for message in before) if isinstance(call, Mapping)]
    return next((call for call in reversed(made) if call.get("name") == name), {"name": name})


def _arguments(raw: Any) -> Mapping[str, Any] | None:
    try:
        value = json.loads(raw)
    except (TypeError, ValueError):
        return None
    return value if isinstance(value, Mapping) else None


def _text(content: Any) -> Any:
    parts = list(_mappings(content))
    return "".join(str(part.get("text", "")) for part in parts) if parts else content


def _function(call: Mapping[str, Any]) -> Mapping[str, Any]:
    function = call.get("function")
    return function if isinstance(function, Mapping) else {}


def _mappings(values: Any) -> Iterator[Mapping[str, Any]]:
    for value in values if isinstance(values, list | tuple) else ():
        if isinstance(value, Mapping):
            yield value

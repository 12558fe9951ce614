"""How many tools a request lets the model call, and which: ``tool_choice``, ``parallel_tool_calls`` and their legacy forms."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from autogen_harness.errors import ScriptBroken
from autogen_harness.llm.replies import Reply, ToolCall


class Unplayable(ScriptBroken):
    """The model could not give this answer; ``hint`` says what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


def check(reply: Reply, body: Mapping[str, Any], *, flawed: bool, legacy: bool) -> None:
    """Hold an answer to ``tool_choice`` and ``parallel_tool_calls``, or to the legacy ``function_call``.

    Args:
        reply: the answer.
        body: the request.
        flawed: the turn declares a fault, so that a text may stand where a call is demanded.
        legacy: the request offers ``functions``, which allow one call.

    Raises:
        Unplayable: the API would never answer so.
    """
    _check_number(reply.calls, body, legacy=legacy)
    must, allowed = _choice(body)
    called = [call.name for call in reply.calls]
    if must and not called and not flawed:
        message = f"the request demands a call ({_written(body)}), and the turn makes none"
        raise Unplayable(message, f"script {_wanted(allowed)}, or let the agent's configuration allow a text")
    for name in called:
        if allowed is not None and name not in allowed:
            message = f"the request does not allow a call of {name} ({_written(body)})"
            raise Unplayable(message, f"script {_wanted(allowed)}, or let the agent's configuration allow the call")


def _check_number(calls: Sequence[ToolCall], body: Mapping[str, Any], *, legacy: bool) -> None:
    if len(calls) > 1 and legacy:
        message = 'the request offers legacy "functions", which allow one call a turn'
        raise Unplayable(message, 'script one call(...) a turn, or offer "tools"')
    if len(calls) > 1 and body.get("parallel_tool_calls") is False:
        message = "the request forbids several calls in one answer (parallel_tool_calls: false)"
        raise Unplayable(message, "script one call(...) a turn")


def _choice(body: Mapping[str, Any]) -> tuple[bool, Collection[str] | None]:
    """Must the model call a tool, and which may it? None: any."""
    choice = body.get("tool_choice", body.get("function_call"))
    if choice == "none":
        return False, ()
    if not isinstance(choice, Mapping):
        return choice == "required", None
    listed = choice.get("allowed_tools")
    if isinstance(listed, Mapping):
        tools = listed.get("tools")
        return listed.get("mode") == "required", [_name(tool) for tool in (tools if isinstance(tools, list) else ())]
    return True, [_name(choice)]


def _name(choice: Any) -> str:
    """The name in a tool choice, of which the legacy form is the function alone."""
    function = choice.get("function", choice) if isinstance(choice, Mapping) else {}
    return str(function.get("name")) if isinstance(function, Mapping) else ""


def _written(body: Mapping[str, Any]) -> str:
    key = "tool_choice" if "tool_choice" in body else "function_call"
    return f"{key}: {json.dumps(body[key], default=str)}"


def _wanted(allowed: Collection[str] | None) -> str:
    if allowed is None:
        return "call(...)"
    return " or ".join(f'call("{name}", ...)' for name in allowed) or "say(...)"

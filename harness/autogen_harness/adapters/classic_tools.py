"""What happens to a tool call in classic AutoGen: whether the tool ran, with which arguments, and what it raised."""

from __future__ import annotations

import copy
from asyncio import CancelledError
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

from autogen_harness.adapters.tool_reports import ToolReport
from autogen_harness.adapters.tool_signature import is_tools_own, signature_text, unknown_names
from autogen_harness.errors import Recorded, told

if TYPE_CHECKING:
    from autogen_harness.ledger import Ledger
    from autogen_harness.patches import Patches


def observe(agents: Any, patches: Patches, ledger: Ledger) -> None:
    """Record every execution of a tool by an agent of the class ``agents``."""
    patches.swap(agents, "execute_function", lambda original: _execute(original, ledger))
    patches.swap(agents, "a_execute_function", lambda original: _a_execute(original, ledger))


def _execute(original: Callable[..., Any], ledger: Ledger) -> Callable[..., Any]:
    @wraps(original)
    def execute_function(agent: Any, func_call: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        watch = _Watch(agent, func_call, _call_id(agent, func_call, args, kwargs), ledger)
        try:
            done = original(watch.agent, func_call, *args, **kwargs)
        except BaseException as error:
            watch.crashed(error)
            raise
        return watch.finished(done)

    return execute_function


def _a_execute(original: Callable[..., Any], ledger: Ledger) -> Callable[..., Any]:
    @wraps(original)
    async def a_execute_function(agent: Any, func_call: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        watch = _Watch(agent, func_call, _call_id(agent, func_call, args, kwargs), ledger)
        try:
            done = await original(watch.agent, func_call, *args, **kwargs)
        except BaseException as error:
            watch.crashed(error)
            raise
        return watch.finished(done)

    return a_execute_function


def _call_id(agent: Any, func_call: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
    """From 0.9 on it is handed over. In 0.2 it stands beside the very same object, in the message that the agent received."""
    ident = kwargs.get("call_id", args[0] if args else None)
    if isinstance(ident, str):
        return ident
    received = [message for history in agent.chat_messages.values() for message in history[-1:]]
    calls = [call for message in received for call in message.get("tool_calls") or ()]
    return next((str(call.get("id")) for call in calls if call.get("function") is func_call), None)


class _Watch:
    """One execution of one tool call. ``agent`` is what AutoGen executes it on."""

    def __init__(self, agent: Any, func_call: dict[str, Any], call_id: str | None, ledger: Ledger) -> None:
        name = str(func_call.get("name", ""))
        self._report = ToolReport(ledger, name, agent.name, call_id, func_call.get("arguments"))
        self._tool = agent._function_map.get(name)
        self._holders = sorted(agent._function_map)
        self.agent = agent if self._tool is None else self._watching(agent, name)

    def _watching(self, agent: Any, name: str) -> Any:
        """A shallow copy of the agent whose one tool reports what it raises; calls of other tasks are not touched."""
        twin = copy.copy(agent)
        twin._function_map = {**agent._function_map, name: self._report.watching(self._tool)}
        return twin

    def finished(self, done: Any) -> Any:
        """AutoGen went on, with a result or with a text about a failure."""
        (success, reply), report = done, self._report
        content = reply.get("content")
        if self._tool is None:
            report.unknown(content, self._holders, _unregistered(report.name, report.owner))
        elif report.error is not None:
            self.crashed(report.error, content)
        elif not success:
            report.refused(str(content), signature_text(self._tool), content)
        else:
            report.ran(content, self._dropped(), signature_text(self._tool))
        return done

    def crashed(self, error: BaseException, content: Any = None) -> None:
        """The tool raised, or AutoGen itself did while it prepared the call."""
        report, known = self._report, isinstance(error, (Recorded, CancelledError))
        if known or (report.error is not None and is_tools_own(self._tool, report.arguments, error)):
            report.raised(error, content)
        else:
            report.refused(told(error), signature_text(self._tool), content, error)

    def _dropped(self) -> str:
        """From 0.9 on AutoGen drops arguments that a tool has no parameter for, and runs it all the same."""
        names = ", ".join(unknown_names(self._tool, self._report.arguments))
        return f"{names} is not a parameter of it, and AutoGen dropped it" if names else ""


def _unregistered(tool: str, agent: str) -> str:
    return (
        f"register the function with the agent that executes: {agent}.register_function({{{tool!r}: ...}}) or "
        f"register_for_execution; advertising it to the model is not enough"
    )

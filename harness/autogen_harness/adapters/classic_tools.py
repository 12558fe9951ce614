"""What happens to a tool call in classic AutoGen: whether the tool ran, with which arguments, and what it raised.

AutoGen turns every failure into a string, so the exception itself is caught here, one frame above the tool.
"""

from __future__ import annotations

import copy
import inspect
import json
from asyncio import CancelledError
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

from autogen_harness.adapters.tool_signature import is_tools_own, signature_text, unknown_names
from autogen_harness.errors import Recorded, told, without_links
from autogen_harness.model import Finding, ToolRun
from autogen_harness.origin import raised_at

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
        watch = _Watch(agent, func_call, _call_id(args, kwargs), ledger)
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
        watch = _Watch(agent, func_call, _call_id(args, kwargs), ledger)
        try:
            done = await original(watch.agent, func_call, *args, **kwargs)
        except BaseException as error:
            watch.crashed(error)
            raise
        return watch.finished(done)

    return a_execute_function


def _call_id(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
    """0.2 has no such argument; later versions take it first."""
    ident = kwargs.get("call_id", args[0] if args else None)
    return ident if isinstance(ident, str) else None


class _Watch:
    """One execution of one tool call. ``agent`` is what AutoGen executes it on."""

    def __init__(self, agent: Any, func_call: dict[str, Any], call_id: str | None, ledger: Ledger) -> None:
        self._ledger, self._name, self._owner, self._call_id = ledger, str(func_call.get("name", "")), agent.name, call_id
        self._raw = func_call.get("arguments")
        self._arguments = _parsed(self._raw)
        self._tool = agent._function_map.get(self._name)
        self._holders = sorted(agent._function_map)
        self._error: BaseException | None = None
        self.agent = agent if self._tool is None else self._watching(agent)

    def _watching(self, agent: Any) -> Any:
        """A shallow copy of the agent whose one tool reports what it raises; calls of other tasks are not touched."""
        twin = copy.copy(agent)
        twin._function_map = {**agent._function_map, self._name: self._reporting(self._tool)}
        return twin

    def _reporting(self, tool: Any) -> Any:
        async def reporting_async(*args: Any, **kwargs: Any) -> Any:
            try:
                return await tool(*args, **kwargs)
            except BaseException as error:
                self._error = error
                raise

        def reporting(*args: Any, **kwargs: Any) -> Any:
            try:
                return tool(*args, **kwargs)
            except BaseException as error:
                self._error = error
                raise

        chosen = reporting_async if inspect.iscoroutinefunction(tool) else reporting
        return wraps(tool)(chosen) if hasattr(tool, "__name__") else chosen

    def finished(self, done: Any) -> Any:
        """AutoGen went on, with a result or with a text about a failure."""
        success, reply = done
        content = reply.get("content")
        if self._tool is None:
            self._record("unknown", content, None if self._is_known() else _unknown(self._name, self._owner, self._holders))
        elif self._error is not None:
            self.crashed(self._error, content)
        elif not success:
            self._record("bad-args", content, self._bad_arguments(str(content)))
        elif str(content).startswith("<coroutine object"):
            self._never_awaited(content)
        else:
            self._record("ok", content, self._dropped())
        return done

    def crashed(self, error: BaseException, content: Any = None) -> None:
        """The tool raised, or AutoGen itself did while it prepared the call."""
        if isinstance(error, (Recorded, CancelledError)):  # a finding already, or ended from outside: nobody swallows that
            self._record("raised", content, None, error)
        elif self._error is None or not is_tools_own(self._tool, self._arguments, error):
            self._record("bad-args", content, self._bad_arguments(told(error)), error)
        else:
            self._record("raised", content, _raised(self._name, self._owner, error), error)

    def _never_awaited(self, content: Any) -> None:
        what = f"{self._name} gave a coroutine that nothing awaited, and the model was told {str(content)!r}"
        fix = "make the wrapper around the async tool async as well"
        self._record(
            "raised", content, _finding("tool-raised", what, fix, tool=self._name, agent=self._owner, type="coroutine")
        )

    def _dropped(self) -> Finding | None:
        """From 0.9 on AutoGen drops arguments that a tool has no parameter for, and runs it all the same."""
        names = ", ".join(unknown_names(self._tool, self._arguments))
        return self._bad_arguments(f"{names} is not a parameter of it, and AutoGen dropped it") if names else None

    def _is_known(self) -> bool:
        """Was it said already, when the script called a tool that is not even on offer?"""
        return any(f.rule == "tool-unknown" and f.turn and f.fields.get("tool") == self._name for f in self._ledger.findings)

    def _bad_arguments(self, why: str) -> Finding:
        what = f"{self._name} was called with {_brief(self._raw)}: {without_links(why)}"
        takes = f"{self._name}{signature_text(self._tool)}"
        return _finding("tool-bad-args", what, f"call it as {takes}", tool=self._name, agent=self._owner)

    def _record(self, outcome: Any, content: Any, finding: Finding | None, error: BaseException | None = None) -> None:
        raw = self._raw if isinstance(self._raw, str) else None
        self._ledger.record(ToolRun(self._name, self._owner, self._arguments, outcome, content, error, self._call_id, raw))
        if finding is not None:
            self._ledger.record(finding)


def _parsed(raw: Any) -> Mapping[str, Any] | None:
    try:
        value = json.loads(raw)
    except (TypeError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _brief(raw: Any) -> str:
    text = raw if isinstance(raw, str) else repr(raw)
    return text if len(text) <= 200 else f"{text[:199]}…"


def _raised(tool: str, agent: str, error: BaseException) -> Finding:
    kind, where = type(error).__name__, raised_at(error)
    what = f"{tool} raised {told(error)}" + (f", at {where}" if where else "")
    fields = {"tool": tool, "agent": agent, "type": kind, "message": str(error), "error": error}
    expect = f'call("{tool}", ...).raises({kind}), or harness.expect("tool-raised", tool="{tool}")'
    return Finding("tool-raised", what, "mend the tool, or let it return the error as its result", expect, None, fields)


def _unknown(tool: str, agent: str, held: list[str]) -> Finding:
    has = f"it has {', '.join(held)}" if held else "it has no tools"
    what = f"{agent} was to execute {tool} and has no such tool; {has}"
    fix = (
        f"register the function with the agent that executes: {agent}.register_function({{{tool!r}: ...}}) or "
        f"register_for_execution; advertising it to the model is not enough"
    )
    return _finding("tool-unknown", what, fix, tool=tool, agent=agent)


def _finding(rule: str, what: str, fix: str, **fields: Any) -> Finding:
    return Finding(rule, what, fix, f'harness.expect("{rule}", tool="{fields["tool"]}")', None, fields)

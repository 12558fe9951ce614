"""What happens to a tool call in agentchat: whether the tool ran, with which arguments, and what it raised.

AutoGen makes of an ``Exception`` a result with ``is_error``, and waits for ever for a tool that raises anything else.
"""

from __future__ import annotations

import copy
from asyncio import CancelledError
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from importlib import import_module
from inspect import iscoroutine
from typing import TYPE_CHECKING, Any

from autogen_harness.adapters.tool_reports import ToolReport
from autogen_harness.adapters.tool_schemas import signature_text, unknown_names
from autogen_harness.errors import told

if TYPE_CHECKING:
    from autogen_harness.ledger import Ledger
    from autogen_harness.patches import Patches


class _Report(ToolReport):
    """One call. ``tool``: what AutoGen hands the arguments to, once it has found it."""

    tool: Any = None

    @property
    def came_to_nothing(self) -> bool:
        """Were the arguments refused before the tool was entered?"""
        return not self.entered and (self.tool is not None or self.arguments is None)

    @contextmanager
    def using(self, tool: Any, arguments: Any) -> Iterator[None]:
        """The arguments, if the tool takes them, are handed to it."""
        self.tool = tool
        tool.args_type().model_validate(arguments)  # as AutoGen is about to do: what is raised here, the tool did not raise
        with self.noting(_survivable):
            yield


_REPORT: ContextVar[_Report | None] = ContextVar("autogen_harness_tool_report", default=None)
"""The call that this task executes."""


def observe(patches: Patches, ledger: Ledger) -> None:
    """Record every tool call that an assistant executes."""
    agents = import_module("autogen_agentchat.agents").AssistantAgent
    tools, result = import_module("autogen_core.tools"), import_module("autogen_core.models").FunctionExecutionResult
    patches.swap(agents, "_execute_tool_call", lambda original: _execute(original, ledger, result))
    patches.swap(tools.BaseTool, "run_json", _run_json)
    patches.swap(tools.BaseStreamTool, "run_json_stream", _run_json_stream)
    patches.swap(tools.FunctionTool, "run", _run)


def _execute(original: Callable[..., Any], ledger: Ledger, result: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def execute_tool_call(
        tool_call: Any, workbench: Any, handoff_tools: Any, agent_name: str, *rest: Any, **more: Any
    ) -> Any:
        report = _Report(ledger, tool_call.name, agent_name, tool_call.id, tool_call.arguments)
        held = await _held(workbench, handoff_tools)
        token = _REPORT.set(report)
        try:
            _, done = await original(tool_call, workbench, handoff_tools, agent_name, *rest, **more)
        except CancelledError as error:
            report.raised(error)
            raise
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - AutoGen would wait for ever for this call
            report.error = report.error or (None if report.tool else error)
            done = result(content=told(error), call_id=tool_call.id, is_error=True, name=tool_call.name)
        finally:
            _REPORT.reset(token)
        _conclude(report, done, held)
        return tool_call, done

    return execute_tool_call


async def _held(workbench: Any, handoff_tools: Any) -> dict[str, Mapping[str, Any]]:
    """The tools that the agent executes, by name, as the schemas that it shows to the model."""
    schemas = [schema for bench in workbench for schema in await bench.list_tools()]
    return {schema["name"]: schema for schema in [*schemas, *(tool.schema for tool in handoff_tools)]}


def _conclude(report: _Report, done: Any, held: Mapping[str, Mapping[str, Any]]) -> None:
    content, parameters = done.content, held.get(report.name, {}).get("parameters", {})
    takes = signature_text(parameters)
    if report.name not in held:
        fix = f"give the tool to the agent that calls it: AssistantAgent({report.owner!r}, ..., tools=[{report.name}])"
        report.unknown(content, sorted(held), fix)
    elif report.error is not None:
        report.raised(report.error, content)
    elif not done.is_error:
        report.ran(content, _ignored(report, parameters), takes)
    elif report.came_to_nothing:
        report.refused(content, takes, content)
    else:
        report.failed(content)


def _ignored(report: ToolReport, parameters: Mapping[str, Any]) -> str:
    """AutoGen runs a tool with its defaults where arguments have no parameter, or are no object at all."""
    if report.arguments is None:
        return "that is no JSON object, and AutoGen ran the tool without arguments"
    names = ", ".join(unknown_names(parameters, report.arguments))
    return f"{names} is not a parameter of it, and AutoGen dropped it" if names else ""


def _run_json(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def run_json(tool: Any, args: Any, *rest: Any, **more: Any) -> Any:
        report = _REPORT.get()
        if report is None or report.tool is not None:  # a tool used by a test, or by another tool, is theirs to look after
            return await original(tool, args, *rest, **more)
        with report.using(tool, args):
            return await original(tool, args, *rest, **more)

    return run_json


def _run_json_stream(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def run_json_stream(tool: Any, args: Any, *rest: Any, **more: Any) -> AsyncIterator[Any]:
        report = _REPORT.get()
        if report is None or report.tool is not None:
            async for event in original(tool, args, *rest, **more):
                yield event
            return
        with report.using(tool, args):
            async for event in original(tool, args, *rest, **more):
                yield event

    return run_json_stream


def _run(original: Callable[..., Any]) -> Callable[..., Any]:
    """A sync function runs in a thread, where ``StopIteration`` would be lost: so it is noted around the function itself."""

    @wraps(original)
    async def run(tool: Any, *args: Any, **kwargs: Any) -> Any:
        report = _REPORT.get()
        if report is None or report.tool is not tool:
            return await original(tool, *args, **kwargs)
        twin = copy.copy(tool)
        twin._func = report.watching(tool._func, _survivable)
        made = await original(twin, *args, **kwargs)
        if iscoroutine(made):  # the finding says that nothing awaited it; Python's own warning would come in a later test
            made.close()
        return made

    return run


def _survivable(error: BaseException) -> BaseException:
    """What AutoGen can be handed in place of ``error``; an end from outside stays one."""
    ends = isinstance(error, (CancelledError, KeyboardInterrupt, GeneratorExit))
    lost = isinstance(error, StopIteration) or not isinstance(error, Exception)
    return RuntimeError(told(error)) if lost and not ends else error

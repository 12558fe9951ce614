"""How agents of classic AutoGen carry out one call of a tool."""

from __future__ import annotations

import contextlib
import copy
import inspect
import io
import sys
import warnings
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from autogen_harness.adapters.classic_offers import agents_in
from autogen_harness.adapters.dispatch import Answer, Executor, Way, stand_in

_METHODS = ("execute_function", "a_execute_function")
_REPLIES = {True: "generate_function_call_reply", False: "generate_tool_calls_reply"}


def executors(values: Iterable[Any]) -> list[Executor]:
    """The agents among ``values`` and in their group chats, each once."""
    conversable = sys.modules["autogen.agentchat.conversable_agent"].ConversableAgent
    found = {id(agent): agent for agent, _ in agents_in([one for one in values if isinstance(one, conversable)])}
    return [ClassicExecutor(agent) for agent in found.values()]


class ClassicExecutor:
    """A ``ConversableAgent``."""

    def __init__(self, agent: Any) -> None:
        self._agent = agent
        self.agent: str = agent.name
        self.tools = tuple(sorted(agent._function_map))
        self.plain = all(getattr(type(agent), name).__module__.startswith("autogen.") for name in _METHODS)

    def ways(self, tool: str) -> dict[str, Way]:
        """``function_map`` and ``register_for_execution``, each with the synchronous and the asynchronous method."""
        return {
            f"{registration}, {method}": self._way(tool, registration, method)
            for registration in ("function_map", "register_for_execution")
            if registration == "function_map" or self._can_be_registered(tool)
            for method in (_METHODS[1:] if self._is_async(tool) else _METHODS)
        }

    def reply(self, tool: str, *, legacy: bool) -> Way:
        """By the method that AutoGen replies with, without its human and its model."""

        def way(arguments: Any) -> Answer:
            received: list[Mapping[str, Any]] = []
            call = {"name": tool, "arguments": arguments}
            message = {"function_call": call} if legacy else {"tool_calls": [{"id": "call_1", "function": call}]}
            twin = self._with(tool, "function_map", received) if tool in self.tools else self._agent
            return _answered(lambda: getattr(twin, _REPLIES[legacy])(messages=[message]), received)

        return way

    def register(self, tool: str, function: Callable[..., Any] | None) -> None:
        """By ``register_function``."""
        with _quiet():
            self._agent.register_function({tool: function})

    def call(self, tool: str) -> Answer:
        """By ``execute_function``."""
        return _answered(lambda: self._agent.execute_function({"name": tool, "arguments": "{}"}), [])

    def advertise(self, tool: str) -> None:
        """By ``update_tool_signature``."""
        if self._agent.llm_config:
            parameters = {"type": "object", "properties": {}}
            function = {"name": tool, "description": "Nothing.", "parameters": parameters}
            with _quiet():
                self._agent.update_tool_signature({"type": "function", "function": function}, is_remove=False)

    def _way(self, tool: str, registration: str, method: str) -> Way:
        def way(arguments: Any) -> Answer:
            received: list[Mapping[str, Any]] = []
            execute = getattr(self._with(tool, registration, received), method)
            return _answered(partial(execute, {"name": tool, "arguments": arguments}), received)

        async def a_way(arguments: Any) -> Answer:
            received: list[Mapping[str, Any]] = []
            execute = getattr(self._with(tool, registration, received), method)
            return await _awaited(execute({"name": tool, "arguments": arguments}), received)

        return a_way if method.startswith("a_") else way

    def _with(self, tool: str, registration: str, received: list[Mapping[str, Any]]) -> Any:
        """A copy of the agent, with a stand-in for the tool."""
        twin, entry = copy.copy(self._agent), self._agent._function_map[tool]
        function = stand_in(getattr(entry, "_origin", entry), received)  # what register_for_execution was given
        twin._function_map = {**self._agent._function_map}
        if registration == "function_map":
            twin._function_map[tool] = function
        else:
            with _quiet():
                twin.register_for_execution(name=tool)(function)
        return twin

    def _is_async(self, tool: str) -> bool:
        return inspect.iscoroutinefunction(self._agent._function_map[tool])

    def _can_be_registered(self, tool: str) -> bool:
        try:
            self._with(tool, "register_for_execution", [])
        except Exception:  # noqa: BLE001  # whatever AutoGen says: such as a parameter without a type
            return False
        return True


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """AutoGen prints every call, and warns that a function is overridden, which it is on purpose."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _answered(execute: Callable[[], Any], received: list[Mapping[str, Any]]) -> Answer:
    with _quiet():
        try:
            ok, reply = execute()
        except Exception as error:  # noqa: BLE001  # what leaves AutoGen is what is looked for
            return Answer(raised=error, received=tuple(received))
    return Answer(bool(ok), reply.get("content"), tuple(received))


async def _awaited(execution: Awaitable[Any], received: list[Mapping[str, Any]]) -> Answer:
    with _quiet():
        try:
            ok, reply = await execution
        except Exception as error:  # noqa: BLE001  # as above
            return Answer(raised=error, received=tuple(received))
    return Answer(bool(ok), reply.get("content"), tuple(received))

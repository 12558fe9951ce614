"""How agents carry out one call of a tool, way by way, with a stand-in for the tool: nothing of the user's own runs.

Read from agents that stand there and have not run yet, like their offers.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, get_type_hints

from autogen_harness.adapters.imported import for_imported


@dataclass(frozen=True, slots=True)
class Answer:
    """What the framework made of one call.

    Attributes:
        ok: it reports success.
        content: what the model would be told.
        received: the arguments of each call that reached the tool.
        raised: what left the framework.
    """

    ok: bool = False
    content: Any = None
    received: tuple[Mapping[str, Any], ...] = ()
    raised: BaseException | None = None


Way = Callable[..., Any]
"""Takes ``arguments``, as the model wrote them, and gives an :class:`Answer`; may be ``async def``."""


class Executor(Protocol):
    """An agent that executes tools.

    Attributes:
        agent: its name.
        tools: the names that functions are registered under.
        plain: it executes calls by the framework's own methods, none of which it overrides.
    """

    agent: str
    tools: tuple[str, ...]
    plain: bool

    def ways(self, tool: str) -> Mapping[str, Way]:
        """Every way to register a tool and to execute its call, by name; the first is the simplest.

        An asynchronous tool is never executed by a synchronous method: the framework does not do so either.
        """

    def reply(self, tool: str, *, legacy: bool) -> Way:
        """As in a chat: the agent replies to a message that calls the tool; ``legacy``: by ``function_call``."""

    def register(self, tool: str, function: Callable[..., Any] | None) -> None:
        """Register a function, or None to take it away."""

    def call(self, tool: str) -> Answer:
        """Call what is registered now, without arguments."""

    def advertise(self, tool: str) -> None:
        """Offer a tool to the agent's model, where it has one."""


Reader = Callable[[Iterable[Any]], Iterable[Executor]]

READERS: Mapping[str, str] = {
    "autogen.agentchat.conversable_agent": "autogen_harness.adapters.classic_dispatch:executors",
}
"""The module that shows a generation -> the function that finds its executors among some values."""


def executors_of(values: Iterable[Any]) -> list[Executor]:
    """The agents among ``values`` whose calls can be made one by one."""
    values = list(values)
    readers: Iterator[Reader] = for_imported(READERS)
    return [executor for reader in readers for executor in reader(values)]


def stand_in(tool: Any, received: list[Mapping[str, Any]]) -> Callable[..., Any]:
    """A function with the name, signature and kind of ``tool``, that notes its arguments and gives them back as JSON.

    It takes what the tool itself takes, and no other argument: a decorator that takes all of them is asked, not what it wraps.
    """
    own = _signature(tool, follow_wrapped=False)

    def note(**arguments: Any) -> str:
        if own is not None:
            own.bind(**arguments)
        received.append(arguments)
        return json.dumps(arguments, default=repr)

    async def noting(**arguments: Any) -> str:
        return note(**arguments)

    made: Callable[..., Any] = noting if inspect.iscoroutinefunction(tool) else note
    made.__name__, made.__doc__ = getattr(tool, "__name__", "tool"), tool.__doc__
    signature = _signature(tool)
    if signature is not None:
        vars(made)["__signature__"] = _typed(tool, signature)
    return made


def _signature(tool: Any, *, follow_wrapped: bool = True) -> inspect.Signature | None:
    try:
        return inspect.signature(tool, follow_wrapped=follow_wrapped)
    except (TypeError, ValueError):  # some builtins have none
        return None


def _typed(tool: Any, signature: inspect.Signature) -> inspect.Signature:
    """With annotations that are types, not names of types in the tool's module."""
    try:
        hints = get_type_hints(inspect.unwrap(tool), include_extras=True)
    except (NameError, TypeError, AttributeError):
        return signature
    parameters = [one.replace(annotation=hints.get(name, one.annotation)) for name, one in signature.parameters.items()]
    return signature.replace(parameters=parameters, return_annotation=hints.get("return", signature.return_annotation))

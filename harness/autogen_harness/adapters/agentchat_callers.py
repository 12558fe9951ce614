"""Who asks the model in agentchat: model clients are not told, so it is noted around what an agent, or a team, does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from autogen_harness.llm.incoming import request_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autogen_harness.model import LlmRequest, Purpose


class Caller(NamedTuple):
    """An agent, why it asks, and whom it may choose where it asks for the next speaker."""

    agent: str = "(no agent)"
    purpose: Purpose = "reply"
    candidates: tuple[str, ...] = ()

    def request(self, body: Mapping[str, Any], dialect: str = "") -> LlmRequest:
        """The request that the caller makes with ``body``; ``dialect``: by whose rules, where the client says so."""
        return replace(request_of(body, self.agent, self.purpose, self.candidates), dialect=dialect)


CALLER: ContextVar[Caller] = ContextVar("autogen_harness_caller", default=Caller())  # noqa: B039 - a tuple cannot change
"""Whoever is at work in this task; tasks that it starts inherit it."""


@contextmanager
def _calling(caller: Caller) -> Iterator[None]:
    token = CALLER.set(caller)
    try:
        yield
    finally:
        CALLER.reset(token)


def speaking(original: Callable[..., Any]) -> Callable[..., Any]:
    """``on_messages_stream`` of an agent, which asks the model in its own name.

    The name is set for each step of the stream only: between two of them the reader of the stream is at work.
    """

    @wraps(original)
    async def on_messages_stream(agent: Any, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        caller = Caller(agent.name)
        async with aclosing(original(agent, *args, **kwargs)) as steps:
            while True:
                with _calling(caller):
                    try:
                        step = await anext(steps)
                    except StopAsyncIteration:
                        return
                yield step

    return on_messages_stream


def running(original: Callable[..., Any]) -> Callable[..., Any]:
    """``run`` of an agent, or ``on_message_impl`` of a member of a team: an agent's container, or the team's own manager."""

    @wraps(original)
    async def run(actor: Any, *args: Any, **kwargs: Any) -> Any:
        agent = getattr(actor, "_agent", actor)
        with _calling(Caller(agent.name if hasattr(agent, "name") else agent._name)):
            return await original(actor, *args, **kwargs)

    return run


def selecting(original: Callable[..., Any]) -> Callable[..., Any]:
    """``_select_speaker`` of a selector team's manager, which asks the model who of ``participants`` speaks next."""

    @wraps(original)
    async def select_speaker(manager: Any, roles: str, participants: list[str], max_attempts: int) -> Any:
        with _calling(Caller(manager._name, "selection", tuple(participants))):
            return await original(manager, roles, participants, max_attempts)

    return select_speaker

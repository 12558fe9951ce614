"""Adapters: one file an AutoGen generation, each translating between the framework and the harness, without policy.

A generation is recognised by the module that is imported, never by the name of a distribution: ``pip install pyautogen``
has meant three different packages. To add one: write a file, add a row to :data:`TABLE`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol

from autogen_harness.imports import when_imported

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Thread
    from types import ModuleType

    from autogen_harness.ledger import Ledger
    from autogen_harness.llm.recording.recorder import Recorder
    from autogen_harness.llm.replies import Reply
    from autogen_harness.llm.turns.turn import Fail
    from autogen_harness.model import LlmRequest


class Model(Protocol):
    """What an adapter asks for the model's answers."""

    recorder: Recorder | None
    """While a script is recorded: who is told what the real model answers, which the adapter then asks instead."""

    def answer(self, request: LlmRequest, *, legacy: bool = False) -> Reply | Fail:
        """The answer to one request; ``legacy``: it offers ``functions`` in place of ``tools``."""


class Seams(Protocol):
    """What a harness offers to an adapter."""

    @property
    def llm(self) -> Model:
        """The scripted model."""

    @property
    def ledger(self) -> Ledger:
        """Where everything is recorded."""

    def ask_human(self, prompt: str) -> str:
        """The scripted answer of a person."""

    def may_execute(self, code: str) -> bool:
        """May an agent execute this code from a message? Records the attempt where it may not."""

    def await_chats(self, running: Callable[[], list[Thread]]) -> None:
        """The verdict waits for the chats that ``running`` finds at work in threads of the framework."""


class Row(NamedTuple):
    """A generation: the module whose import shows that it is in use, and what holds it."""

    shown_by: str
    target: str


TABLE: dict[str, Row] = {
    "classic": Row("autogen.agentchat.conversable_agent", "autogen_harness.adapters.classic:hold"),
    "agentchat": Row("autogen_agentchat.agents", "autogen_harness.adapters.agentchat:hold"),
    "agentchat-openai": Row("autogen_ext.models.openai._openai_client", "autogen_harness.adapters.agentchat_openai:hold"),
    "agentchat-providers": Row("autogen_core.models", "autogen_harness.adapters.agentchat_providers:hold"),
    "agentchat-scripted": Row("autogen_harness.adapters.agentchat_client", "autogen_harness.adapters.agentchat_client:hold"),
}


def hold(seams: Seams) -> Callable[[], None]:
    """Hold every generation that is imported, now or later, until the function returned is called."""
    releases: list[Callable[[], None]] = []

    def holder(row: Row) -> Callable[[ModuleType], None]:
        return lambda _: releases.append(_load(row.target)(seams))

    releases += [when_imported(row.shown_by, holder(row)) for row in TABLE.values()]

    def release() -> None:
        while releases:
            releases.pop()()

    return release


def _load(target: str) -> Callable[[Seams], Callable[[], None]]:
    module, attribute = target.split(":")
    holding: Callable[[Seams], Callable[[], None]] = getattr(import_module(module), attribute)
    return holding

"""One agent of AG2 runs one script of ag2.testing, and everything that happened is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ag2 import Agent
from ag2.events import (
    BaseEvent,
    ToolCallEvent,
)
from ag2.stream import MemoryStream
from ag2.testing import ModelCall, TestConfig, TrackingConfig
from probing import error_of


def add(x: int) -> int:
    """Adds."""
    return x + 1


@dataclass
class Run:
    """One agent ran one script: its reply or its error, every event of its stream, and what was tracked."""

    reply: str | None
    error: Exception | None
    events: list[Any]
    calls: list[ModelCall]

    def of(self, kind: type) -> list[Any]:
        """The events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]


def run(*turns: Any, text: str = "Please add one to eleven.", history: Sequence[BaseEvent] = (), **options: Any) -> Run:
    """Let an agent with the tool ``add`` and this script answer one question."""

    async def hear(event: BaseEvent) -> None:
        events.append(event)

    async def answer() -> str:
        stream = MemoryStream()
        await stream.history.replace(history)
        stream.subscribe(hear)
        reply = await Agent("a", config=config, tools=[add], **options).ask(text, stream=stream)
        return str(reply.body)

    events: list[Any] = []
    came: list[str] = []
    config = TrackingConfig(TestConfig(*turns))
    error = error_of(lambda: came.append(asyncio.run(answer())))
    return Run(came[0] if came else None, error, events, config.calls)


def calling(name: str, arguments: str) -> ToolCallEvent:
    return ToolCallEvent(name=name, arguments=arguments)

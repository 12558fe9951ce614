"""What agents of autogen-agentchat have heard: the context that they hand to their model."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from autogen_harness.adapters.agentchat_offers import agents_in


def tell(values: Iterable[Any], text: str) -> Callable[[], None] | None:
    """See :data:`~autogen_harness.adapters.histories.Tell`. An agent without a context has no history to be told."""
    message = sys.modules["autogen_core.models"].UserMessage(content=text, source="user")
    contexts = [context for agent in agents_in(values) if (context := getattr(agent, "_model_context", None)) is not None]
    if not contexts:
        return None
    before = [(context, context._messages) for context in contexts]
    for context, messages in before:
        context._messages = [*messages, message]
    return partial(_restore, before)


def _restore(before: list[tuple[Any, list[Any]]]) -> None:
    for context, messages in before:
        context._messages = messages

"""What agents have heard: a message put among it, and everything as it was again.

For agents that stand there; no chat is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from autogen_harness.adapters.imported import for_imported

Restore = Callable[[], None]

Tell = Callable[[Iterable[Any], str], Restore | None]
"""Puts a text among what the agents of one generation have heard; None where there is no such agent among the values."""

TELLERS: Mapping[str, str] = {
    "autogen.agentchat.conversable_agent": "autogen_harness.adapters.classic_histories:tell",
    "autogen_agentchat.agents": "autogen_harness.adapters.agentchat_histories:tell",
}
"""The module that shows a generation -> the function that tells its agents something."""


def tell(values: Iterable[Any], text: str) -> list[Restore]:
    """Let the agents among ``values``, those in groups and teams too, have heard ``text`` from each other.

    Returns:
        A function for each generation, which gives its agents the history that they had; empty where there is no agent.
    """
    values = list(values)
    tellers: Iterator[Tell] = for_imported(TELLERS)
    return [restore for one in tellers if (restore := one(values, text)) is not None]

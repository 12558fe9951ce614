"""What differs from model to model: a pinned table. A model that is not in it is held to no rule of this kind."""

from __future__ import annotations

import re
from typing import NamedTuple


class Limits(NamedTuple):
    """What the models whose names match ``names`` refuse."""

    names: str
    roles: frozenset[str] = frozenset()
    max_tokens: bool = False


_DATED = r"(-\d{4}-\d{2}-\d{2})?"

# Roles: microsoft/agent-framework#1077 tried every model of 2025-10, janhq/jan#4392 o1-preview, agno-agi/agno#1621
# developer, TheR1D/shell_gpt#717 o3 and langchain-ai/langchain#29656 o3-mini with role function.
# max_tokens: ITSpecialist111/ai_automation_suggester#38 o1-preview, memochou1993/gpt-ai-assistant#361 o3,
# BoltAI/BoltAI#314 o3-mini and o4-mini, nalgeon/pokitoki#48 the gpt-5 family; CherryHQ/cherry-studio#1403 o1-mini.
TABLE = (
    Limits(rf"o1-(mini|preview){_DATED}", frozenset({"system", "developer"}), max_tokens=True),
    Limits(rf"o3(-mini)?{_DATED}", frozenset({"function"}), max_tokens=True),
    Limits(rf"o4-mini{_DATED}", max_tokens=True),
    Limits(rf"gpt-5(-mini|-nano)?{_DATED}", max_tokens=True),
)
"""The limits that a source shows, as names by which requests ask for the models, dated versions included."""


def refused_roles(model: str) -> frozenset[str]:
    """The roles of messages that ``model`` refuses."""
    return frozenset(role for limits in _of(model) for role in limits.roles)


def refuses_max_tokens(model: str) -> bool:
    """Does ``model`` want ``max_completion_tokens`` in place of ``max_tokens``?"""
    return any(limits.max_tokens for limits in _of(model))


def _of(model: str) -> list[Limits]:
    return [limits for limits in TABLE if re.fullmatch(limits.names, model)]

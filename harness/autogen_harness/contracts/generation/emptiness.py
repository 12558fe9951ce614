"""Whether a strategy is known to have no values, also while schemas that lead back to themselves are being built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hypothesis import strategies as st


class Unfinished(Exception):
    """A strategy refers to one that is still being built."""


def is_empty(strategy: st.SearchStrategy[Any]) -> bool:
    """Whether it is certain that nothing can be drawn."""
    try:
        return bool(strategy.is_empty)
    except Unfinished:
        return False

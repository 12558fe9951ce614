"""Tools of a bench as attributes of its module, for laws that look at them from another process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Make = Callable[[frozenset[str]], Callable[..., Any]]
Made = dict[frozenset[str], Callable[..., Any]]


def made(make: Make, namespace: dict[str, Any], defects: Iterable[str]) -> Made:
    """The mended tool and one for each defect, by their defects; ``namespace`` gets them under names of their own."""
    tools = {bugs: make(bugs) for bugs in (frozenset[str](), *(frozenset({one}) for one in defects))}
    namespace.update({f"{tool.__name__}_{''.join(bugs) or 'mended'}": tool for bugs, tool in tools.items()})
    return tools

"""A valid value with everything in it that may be: a constraint can only be broken where there is something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.generation.alternatives import opened
from autogen_harness.contracts.generation.ordinary import sample

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autogen_harness.schemas import Checker

DEPTH = 3
"""Levels that are filled: a schema may lead back to itself."""


def filled(schema: Any, value: Any, whole: Checker, root: Mapping[str, Any], depth: int = DEPTH) -> Any:
    """The value with absent properties and one item in empty arrays, as far as it stays valid."""
    flat = opened(schema, root)
    made = value
    if depth and isinstance(value, dict) and isinstance(flat, dict):
        named = {name: part for name, part in flat.get("properties", {}).items() if part is not False}
        made = {**value, **{name: _inner(part, value.get(name), whole, root, depth) for name, part in named.items()}}
    elif depth and isinstance(value, list) and isinstance(flat, dict) and flat.get("items", False) is not False:
        made = [*value[:-1], _inner(flat["items"], value[-1] if value else None, whole, root, depth)]
    return made if whole.part(schema).accepts(made) else value


def _inner(part: Any, value: Any, whole: Checker, root: Mapping[str, Any], depth: int) -> Any:
    known = value if value is not None else sample(part, root)
    return filled(part, known, whole, root, depth - 1)

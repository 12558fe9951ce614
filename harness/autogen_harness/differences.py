"""Compare two values and say where they differ: data first, text second.

A matcher is a function that returns a list of :class:`Difference`; "it matches" means that the list is empty. One renderer
turns the list into text for every part.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_SHOWN = 8
"""Differences shown before the list is cut with "and N more"."""

MAX_VALUE = 120
"""Characters of a value shown before it is cut with an ellipsis."""


class _Absent:
    """Stands for a value that is not there, which differs from None."""

    def __repr__(self) -> str:
        return "(absent)"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Difference:
    """At ``path`` (such as ``body.tool_calls[0].name``) stood ``actual`` where ``expected`` was wanted."""

    path: str
    expected: Any
    actual: Any


def compare(expected: Any, actual: Any, path: str = "") -> list[Difference]:
    """Every place at which two JSON-like values differ, outermost first; empty when they are equal.

    Types count: ``1`` and ``True`` differ, as they do in JSON; ``1`` and ``1.0`` do not.
    """
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return _compare_mappings(expected, actual, path)
    if _is_list(expected) and _is_list(actual):
        return _compare_lists(expected, actual, path)
    same = expected == actual and isinstance(expected, bool) == isinstance(actual, bool)
    return [] if same else [Difference(path, expected, actual)]


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _compare_mappings(expected: Mapping[Any, Any], actual: Mapping[Any, Any], path: str) -> list[Difference]:
    found: list[Difference] = []
    for key in [*expected, *(key for key in actual if key not in expected)]:
        place = f"{path}.{key}" if path else str(key)
        if key in expected and key in actual:
            found += compare(expected[key], actual[key], place)
        else:
            found.append(Difference(place, expected.get(key, ABSENT), actual.get(key, ABSENT)))
    return found


def _compare_lists(expected: Sequence[Any], actual: Sequence[Any], path: str) -> list[Difference]:
    found: list[Difference] = []
    for index in range(max(len(expected), len(actual))):
        place = f"{path}[{index}]"
        if index < len(expected) and index < len(actual):
            found += compare(expected[index], actual[index], place)
        else:
            pair = (expected[index], ABSENT) if index < len(expected) else (ABSENT, actual[index])
            found.append(Difference(place, *pair))
    return found


def show(value: Any, limit: int = MAX_VALUE) -> str:
    """A value on one line, as JSON where it is JSON, cut to ``limit`` characters."""
    try:
        text = json.dumps(value, ensure_ascii=False) if not isinstance(value, _Absent) else repr(value)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def render(differences: Iterable[Difference], *, expected: str = "expected", actual: str = "got", indent: str = "  ") -> str:
    """Differences as text, one a line, capped at :data:`MAX_SHOWN`."""
    found = list(differences)
    lines = [
        f"{indent}{d.path or 'value'}: {expected} {show(d.expected)}, {actual} {show(d.actual)}" for d in found[:MAX_SHOWN]
    ]
    if len(found) > MAX_SHOWN:
        lines.append(f"{indent}… and {len(found) - MAX_SHOWN} more")
    return "\n".join(lines)

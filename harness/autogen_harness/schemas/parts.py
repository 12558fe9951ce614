"""The schemas inside a schema: where they stand, by the keywords of JSON Schema 2020-12 (Core, sections 8.2.4, 10 and 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Steps = tuple[str | int, ...]

MAPS = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
SINGLE = (
    *("items", "contains", "additionalProperties", "propertyNames", "unevaluatedItems", "unevaluatedProperties"),
    *("not", "if", "then", "else"),
)


def parts(schema: Any) -> Iterator[tuple[Steps, Any]]:
    """The schemas directly inside one, each with the steps that lead to it; broken shapes are passed over."""
    table = schema if isinstance(schema, dict) else {}
    for key in MAPS:
        named = table.get(key)
        yield from (((key, name), one) for name, one in named.items()) if isinstance(named, dict) else ()
    for key in LISTS:
        listed = table.get(key)
        yield from (((key, number), one) for number, one in enumerate(listed)) if isinstance(listed, list) else ()
    yield from (((key,), table[key]) for key in SINGLE if key in table)


def walk(schema: Any) -> Iterator[tuple[Steps, Any]]:
    """The schema and all schemas inside it, each before its own parts."""
    waiting: list[tuple[Steps, Any]] = [((), schema)]
    while waiting:  # no recursion: a schema may be nested more deeply than Python's stack
        steps, node = waiting.pop()
        yield steps, node
        waiting += reversed([((*steps, *more), part) for more, part in parts(node)])


def rebuilt(schema: Any, change: Callable[[Any], Any]) -> Any:
    """A copy of a schema in which every schema directly inside is what ``change`` makes of it."""
    if not isinstance(schema, dict):
        return schema
    copy = dict(schema)
    for key in MAPS:
        if isinstance(copy.get(key), dict):
            copy[key] = {name: change(one) for name, one in copy[key].items()}
    for key in LISTS:
        if isinstance(copy.get(key), list):
            copy[key] = [change(one) for one in copy[key]]
    for key in SINGLE:
        if key in copy:
            copy[key] = change(copy[key])
    return copy


def shown(steps: Steps) -> str:
    """A place as a path: ``$.items[0].name``."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)

"""A schema in the form that the ``openai`` package sends for structured output, where that package is not installed.

The steps are those of ``to_strict_json_schema`` in ``openai/lib/_pydantic.py`` (3.57.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def strict_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which objects are closed, properties are required and null is no default."""
    return _strict(schema, schema)


def _strict(schema: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {key: _inside(key, value, root) for key, value in schema.items()}
    if made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    if isinstance(made.get("properties"), Mapping):
        made["required"] = [*made["properties"]]
    if isinstance(made.get("allOf"), list) and len(made["allOf"]) == 1:
        made.update(made.pop("allOf")[0])
    if made.get("default", ...) is None:
        del made["default"]
    return _unravelled(made, root)


def _inside(key: str, value: Any, root: Mapping[str, Any]) -> Any:
    if key in ("properties", "$defs", "definitions") and isinstance(value, Mapping):
        return {name: _part(one, root) for name, one in value.items()}
    if key in ("anyOf", "allOf") and isinstance(value, list):
        return [_part(one, root) for one in value]
    return _part(value, root) if key == "items" else value


def _part(value: Any, root: Mapping[str, Any]) -> Any:
    return _strict(value, root) if isinstance(value, Mapping) else value


def _unravelled(schema: dict[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    """A reference may stand alone only: beside other keys, what it names is written in its place."""
    named = schema.get("$ref")
    if not isinstance(named, str) or len(schema) == 1:
        return schema
    target: Any = root
    for step in named.removeprefix("#/").split("/"):
        target = target.get(step) if isinstance(target, Mapping) else None
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    return schema if not isinstance(target, Mapping) else _strict({**target, **beside}, root)

"""What a tool takes, read from the schema that the model sees."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def signature_text(parameters: Mapping[str, Any]) -> str:
    """The parameters as one would write them in a signature: ``(ticker: string, days: integer = 5)``."""
    required = parameters.get("required", ())
    written = (_parameter(name, schema, optional=name not in required) for name, schema in _properties(parameters).items())
    return f"({', '.join(written)})"


def unknown_names(parameters: Mapping[str, Any], arguments: Mapping[str, Any]) -> list[str]:
    """The arguments that there is no parameter for."""
    return [] if parameters.get("additionalProperties") else [name for name in arguments if name not in _properties(parameters)]


def _parameter(name: str, schema: Mapping[str, Any], *, optional: bool) -> str:
    kind = f": {schema['type']}" if "type" in schema else ""
    default = f" = {json.dumps(schema.get('default'), ensure_ascii=False)}" if optional else ""
    return f"{name}{kind}{default}"


def _properties(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = parameters.get("properties", {})
    return properties

"""Structured output: is what a turn says as JSON what the request asked for?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autogen_harness.errors import ScriptBroken


def check(value: Any, wanted: Any) -> None:
    """Hold ``value`` to ``wanted``, the ``response_format`` of the request; without one, or without a schema, all goes.

    Raises:
        ScriptBroken: the real API would never have answered so; names what differs.
    """
    schema = _schema(wanted)
    if schema is None:
        return
    from autogen_harness import schemas  # late: a test without structured output does not pay for it

    wrong = [] if schemas.malformed(schema) else schemas.problems(value, schema)
    if wrong:
        message = f"its JSON is not what response_format asks for: {'; '.join(map(str, wrong))}"
        raise ScriptBroken(message)


def _schema(wanted: Any) -> Mapping[str, Any] | None:
    """The schema in a ``response_format``: a Pydantic model, the API's own table, or a schema alone, as AutoGen takes it."""
    if hasattr(wanted, "model_json_schema"):
        wanted = wanted.model_json_schema()
    if not isinstance(wanted, Mapping):
        return None
    named = {"json_schema": (wanted.get("json_schema") or {}), "json_object": {"schema": {"type": "object"}}, "text": {}}
    kind = wanted.get("type")
    schema = named[kind].get("schema") if isinstance(kind, str) and kind in named else wanted
    return schema if isinstance(schema, Mapping) else None

"""What a function's type hints take, asked with values: by pydantic where it is installed, else by a schema made of the hint.

pydantic reads JSON strictly, as it is: ``"12"`` is no integer, a list is a tuple. What a hint says beyond its type
(``Annotated[int, Field(ge=1)]``) is known to pydantic only.
"""

from __future__ import annotations

import inspect
import json
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.schema import tool_schema
from autogen_harness.errors import UsageError
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Taker:
    """What one parameter takes. ``problem`` is what is wrong with a value, "" where it is taken; ``schema`` says it roughly."""

    problem: Callable[[Any], str]
    schema: Mapping[str, Any]


def taker_of(tool: Callable[..., Any], name: str) -> Taker | None:
    """What a parameter of a function takes; None where nothing is known."""
    try:
        hint = typing.get_type_hints(inspect.unwrap(tool), include_extras=True).get(name)
    except (TypeError, NameError, AttributeError):
        return None
    return None if hint is None else _by_pydantic(hint) or _by_schema(hint, name)


def _by_pydantic(hint: Any) -> Taker | None:
    try:
        from pydantic import PydanticSchemaGenerationError, PydanticUserError, TypeAdapter, ValidationError
    except ImportError:  # version 1 has no TypeAdapter
        return None
    try:
        adapter = TypeAdapter(hint)
        schema = adapter.json_schema()
    except (PydanticSchemaGenerationError, PydanticUserError):
        return None

    def problem(value: Any) -> str:
        try:
            adapter.validate_json(json.dumps(value), strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = "".join(f"[{part!r}]" for part in first["loc"])
            return f"{where} {first['msg']}".strip()
        return ""

    return Taker(problem, schema)


def _by_schema(hint: Any, name: str) -> Taker | None:
    try:
        schema = tool_schema.of_hint(hint, name)
    except UsageError:
        return None
    checker = Checker(schema)

    def problem(value: Any) -> str:
        found = checker.problems(value)
        return found[0].message if found else ""

    return Taker(problem, schema)

"""What a function's type hints take, asked with values: by pydantic where it is installed, else by a schema made of the hint.

pydantic reads JSON strictly, as it is: ``"12"`` is no integer, a list is a tuple. What a hint says beyond its type
(``Annotated[int, Field(ge=1)]``) is known to pydantic only.
"""

from __future__ import annotations

import inspect
import json
import typing
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts import tool_schema
from autogen_harness.errors import UsageError
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Callable

    Problem = Callable[[Any], str]


def problem_of(tool: Callable[..., Any], name: str) -> Problem | None:
    """A judge of the values of one parameter: what is wrong with one, "" where it is taken; None where nothing is known."""
    try:
        hint = typing.get_type_hints(inspect.unwrap(tool), include_extras=True).get(name)
    except (TypeError, NameError, AttributeError):
        return None
    return None if hint is None else _by_pydantic(hint) or _by_schema(hint, name)


def _by_pydantic(hint: Any) -> Problem | None:
    try:
        from pydantic import PydanticSchemaGenerationError, PydanticUserError, TypeAdapter, ValidationError
    except ImportError:  # version 1 has no TypeAdapter
        return None
    try:
        adapter = TypeAdapter(hint)
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

    return problem


def _by_schema(hint: Any, name: str) -> Problem | None:
    try:
        checker = Checker(tool_schema.of_hint(hint, name))
    except UsageError:
        return None

    def problem(value: Any) -> str:
        found = checker.problems(value)
        return found[0].message if found else ""

    return problem

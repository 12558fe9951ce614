"""The parameters schema of a tool, from what its author has: an OpenAI tool, a function entry, a bare schema, type hints."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Literal, Union, get_args, get_origin

from autogen_harness.errors import UsageError

_PLAIN: Mapping[Any, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
    list: "array",
    dict: "object",
}


def parameters_of(schema: Any, tool: Callable[..., Any]) -> tuple[Mapping[str, Any], str | None]:
    """The schema of the arguments, and the name under which it is advertised (None where it names none).

    Raises:
        UsageError: ``schema`` is none of the known forms, or it is None and the type hints are not simple.
    """
    if schema is None or callable(schema):
        return from_signature(schema or tool), None
    if not isinstance(schema, Mapping):
        message = f"schema must be an OpenAI tool, a function entry or a parameters schema (a mapping), not {schema!r}"
        raise UsageError(message)
    inner = schema.get("function")
    entry: Mapping[str, Any] = inner if isinstance(inner, Mapping) else schema
    name, parameters = entry.get("name"), entry.get("parameters", {"type": "object", "properties": {}})
    return (parameters, name) if isinstance(name, str) and isinstance(parameters, Mapping) else (entry, None)


def from_signature(tool: Callable[..., Any]) -> Mapping[str, Any]:
    """A schema made of a function's type hints.

    Raises:
        UsageError: a parameter has no hint or one that is not simple; say ``schema=`` then.
    """
    hints = (
        typing.get_type_hints(inspect.unwrap(tool), include_extras=True)
        if hasattr(inspect.unwrap(tool), "__annotations__")
        else {}
    )
    properties: dict[str, Any] = {}
    required = []
    for name, parameter in inspect.signature(tool).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        properties[name] = of_hint(hints.get(name), f"{getattr(tool, '__name__', tool)}({name})")
        if parameter.default is parameter.empty:
            required.append(name)
        else:
            properties[name] = _with_default(properties[name], parameter.default)
    return {"type": "object", "properties": properties, "required": required}


def _with_default(schema: Mapping[str, Any], default: Any) -> Mapping[str, Any]:
    if default is None and schema.get("type") != "null" and "anyOf" not in schema:
        return schema  # `text: str = None` is how many say "optional": there is nothing to advertise
    return {**schema, "default": default}


def of_hint(hint: Any, where: str) -> dict[str, Any]:
    """The schema of one type hint; ``where`` is for the message.

    Raises:
        UsageError: the hint is missing or not simple.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is typing.Annotated:
        text = [{"description": note} for note in arguments[1:] if isinstance(note, str)]
        return {**of_hint(arguments[0], where), **(text[0] if text else {})}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is Union or origin is types.UnionType:
        return {"anyOf": [of_hint(part, where) for part in arguments]}
    if origin is list and arguments:
        return {"type": "array", "items": of_hint(arguments[0], where)}
    plain = _PLAIN.get(origin or hint) if isinstance(origin or hint, type) else None
    if plain is None:
        said = "has no type hint" if hint is None else f"has a type hint that is not simple: {hint!r}"
        message = f"{where} {said}; give the schema that the model sees: schema={{...}}"
        raise UsageError(message)
    return {"type": plain}

"""A schema held against the function's signature: what the model may send, and what the function takes."""

from __future__ import annotations

import enum
import inspect
import json
import typing
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.schema import accepting, tool_schema
from autogen_harness.errors import UsageError
from autogen_harness.schemas.references import localised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from autogen_harness.contracts.subject import Contract

_WIDE = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})


def disagreements(contract: Contract) -> Iterator[tuple[str, str]]:
    """Each disagreement, with its likely repair."""
    signature = inspect.signature(contract.tool)
    taken = named(signature)
    open_ended = any(part.kind is part.VAR_KEYWORD for part in signature.parameters.values())
    for name in contract.properties:
        if name not in taken and not open_ended:
            yield (
                f"the schema advertises {name!r}, which the function does not take",
                f"remove {name!r} from the schema, or take it",
            )
    for name, part in taken.items():
        if name not in contract.properties:
            yield from _hidden(contract, name, part)
        else:
            yield from _one(contract, name, part)


def named(signature: inspect.Signature) -> dict[str, inspect.Parameter]:
    """The parameters that have a name of their own."""
    return {
        name: part for name, part in signature.parameters.items() if part.kind not in (part.VAR_POSITIONAL, part.VAR_KEYWORD)
    }


def _hidden(contract: Contract, name: str, part: inspect.Parameter) -> Iterator[tuple[str, str]]:
    if part.default is part.empty:
        yield (
            f"the function needs {name!r}, which the schema does not offer",
            f"add {name!r} to the schema, or give it a default",
        )
    elif name != _callback_name(contract):
        fix = f"advertise {name!r}, or bind it outside the tool (a closure, functools.partial)"
        yield f"the function takes {name!r}, which the schema hides: a model that guesses the name sets it", fix


def _callback_name(contract: Contract) -> str:
    hint = contract.hints.callback
    how = hint[0] if isinstance(hint, tuple) else hint
    return how if isinstance(how, str) else ""


def _one(contract: Contract, name: str, part: inspect.Parameter) -> Iterator[tuple[str, str]]:
    schema, required = contract.properties[name], name in contract.required
    if part.kind is part.POSITIONAL_ONLY:
        yield f"{name!r} is positional-only, and a model's arguments are keywords", f"remove the / after {name!r}"
    if part.default is part.empty and not required:
        yield (
            f"the function needs {name!r} and the schema does not require it",
            f'add {name!r} to "required", or give it a default',
        )
    if part.default is not part.empty and required:
        yield (
            f"the schema requires {name!r} and the function has a default for it",
            f'remove {name!r} from "required", or its default',
        )
    elif isinstance(schema, dict):
        yield from _defaults(name, schema, part)
        wrong = list(_types(contract.tool, name, schema))
        yield from wrong or _values(contract, name)


def _defaults(name: str, schema: Mapping[str, Any], part: inspect.Parameter) -> Iterator[tuple[str, str]]:
    if "default" in schema and part.default is not part.empty and not _same(schema["default"], part.default):
        said, real = json.dumps(schema["default"]), repr(part.default)
        yield f"the schema promises the default {said} for {name!r}, the function's is {real}", "make the defaults equal"


def _same(left: Any, right: Any) -> bool:
    plain = right.value if isinstance(right, enum.Enum) else list(right) if isinstance(right, tuple) else right
    return bool(left == plain) and isinstance(left, bool) == isinstance(plain, bool)


def _types(tool: Callable[..., Any], name: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    taken, sent = _taken_types(tool, name), _types_in(schema)
    if "number" in taken:
        taken = taken | {"integer"}
    extra = sorted(sent - taken)
    if extra:
        yield (
            f"the schema lets {name!r} be {' or '.join(extra)}, the function's type hint does not",
            f"change the type of {name!r} in the schema, or the hint",
        )


def _values(contract: Contract, name: str) -> Iterator[tuple[str, str]]:
    """A value that the schema allows and the function's hint does not, where one is among those drawn."""
    taker = accepting.taker_of(contract.tool, name)
    if taker is None or not contract.sound:
        return
    part = {**localised(contract.schema)["properties"][name]}
    shared = {key: contract.schema[key] for key in ("$defs", "definitions") if key in contract.schema}
    for value in _refused({**part, **shared}, taker):
        why = f"which the function's type hint does not take: {taker.problem(value)}"
        fix = f"say in the schema of {name!r} what the hint says, or widen the hint"
        yield f"the schema lets {name!r} be {json.dumps(value)[:200]}, {why}", fix


def _refused(schema: Mapping[str, Any], taker: accepting.Taker) -> list[Any]:
    """A value of the schema that is refused: looked for beyond what the hint's own schema allows, then among all."""
    from autogen_harness.contracts.generation.samples import counterexample  # hypothesis, only where it is needed

    beyond = {**schema, "allOf": [*schema.get("allOf", ()), {"not": {"$id": "urn:hint", **taker.schema}}]}
    places = (beyond, schema)
    found = (counterexample(place, lambda value: bool(taker.problem(value))) for place in places)
    return next((values for values in found if values), [])


def _taken_types(tool: Callable[..., Any], name: str) -> frozenset[str]:
    """The JSON types that a type hint allows; all of them where the hint is absent or not simple."""
    try:
        hint = typing.get_type_hints(inspect.unwrap(tool)).get(name)
        return _types_in(tool_schema.of_hint(hint, name))
    except (UsageError, TypeError, NameError, AttributeError):
        return _WIDE


def _types_in(schema: Mapping[str, Any]) -> frozenset[str]:
    if "enum" in schema:
        return frozenset(_type_of(value) for value in schema["enum"])
    if "const" in schema:
        return frozenset({_type_of(schema["const"])})
    parts = schema.get("anyOf") or schema.get("oneOf")
    if parts:
        return frozenset().union(*(_types_in(part) for part in parts))
    types = schema.get("type")
    return frozenset([types] if isinstance(types, str) else types) if types else frozenset()


def _type_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object", type(None): "null"}
    return names[type(value)]

"""Arguments for the deterministic phase: one ordinary call, and every call that the schema forbids by one mistake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autogen_harness import schemas
from autogen_harness.contracts.names import kind_of, separator_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autogen_harness.contracts.subject import Contract
    from autogen_harness.contracts.upstream import Origin

SAMPLE_FILE = "example.txt"
"""A small text file that lies in every scratch folder, for tools that read one."""

MANY = 4
"""Items of a batch: enough for every order and subset to differ."""

_WRONG: tuple[Any, ...] = ("text", 3_000_000, 1.5, True, [], {})  # a whole number that is no open file of this process
_EXTRA = "undeclared_argument"


def canonical(contract: Contract, origin: Origin | None) -> dict[str, Any]:
    """The arguments of an ordinary call: the author's example, else the schema's examples and defaults, else a small value."""
    said = dict(contract.hints.example or {})
    whole = contract.schema.get("examples")
    if not said and isinstance(whole, list) and whole and isinstance(whole[0], dict):
        said = dict(whole[0])
    needed = [name for name in contract.properties if name in contract.required and name not in said]
    return {**{name: value_for(contract, name, origin) for name in needed}, **said}


def value_for(contract: Contract, name: str, origin: Origin | None) -> Any:
    """An ordinary value of one parameter."""
    schema = contract.properties[name]
    for value in (
        *_listed(schema.get("examples")),
        *_present(schema, "default"),
        *_present(schema, "const"),
        *_listed(schema.get("enum")),
    ):
        return value
    kind = kind_of(name, schema)
    if kind in ("url", "urls") and origin is not None:
        return origin.url if kind == "url" else batch_value(schema, [origin.url])
    if kind == "path":
        return SAMPLE_FILE
    return "SELECT 1" if kind == "sql" else minimal(schema, contract.schema)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _present(schema: Mapping[str, Any], key: str) -> Sequence[Any]:
    return (schema[key],) if schema.get(key) is not None else ()


def batch_value(schema: Mapping[str, Any], items: Sequence[str]) -> Any:
    """Items as the parameter wants them: a list, or one string."""
    return list(items) if schema.get("type") == "array" else separator_of(schema).join(items)


def minimal(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    """A small valid value of a schema, the same in every run; where the simple ones do not fit, hypothesis looks for one."""
    simple: tuple[Any, ...] = ("example", 1, 1.5, True, [], {}, None, "", 0)
    whole = {**schema, "$defs": root.get("$defs", {})}
    checker = schemas.Checker(whole)
    for value in simple:
        if checker.accepts(value):
            return value
    from autogen_harness.contracts.samples import simplest  # hypothesis only where it is needed

    return simplest(whole)


def batch_parameter(contract: Contract) -> str:
    """The parameter that holds many addresses; "" where there is none."""
    return next((name for name, schema in contract.properties.items() if kind_of(name, schema) == "urls"), "")


@dataclass(frozen=True, slots=True)
class Mistake:
    """Arguments that the schema forbids. ``parameter`` is the one at fault, ``what`` says how."""

    parameter: str
    what: str
    arguments: dict[str, Any]


def mistakes(contract: Contract, right: Mapping[str, Any]) -> Iterator[Mistake]:
    """Each mistake that can be made with one argument of the right call, alone: missing, null, of a wrong type, undeclared."""
    checker = schemas.Checker(contract.schema)
    for mistake in _candidates(contract, dict(right)):
        closed = mistake.parameter == _EXTRA and contract.schema.get("additionalProperties") is None
        if closed or not checker.accepts(mistake.arguments):
            yield mistake


def _candidates(contract: Contract, right: dict[str, Any]) -> Iterator[Mistake]:
    for name in contract.properties:
        if name in contract.required:
            yield Mistake(name, f"{name} is missing", {key: value for key, value in right.items() if key != name})
        yield Mistake(name, f"{name} is null", {**right, name: None})
        for wrong in _WRONG:
            yield Mistake(name, f"{name} is {_type_name(wrong)}", {**right, name: wrong})
    yield Mistake(_EXTRA, f"{_EXTRA} is not a parameter", {**right, _EXTRA: 1})


def _type_name(value: Any) -> str:
    names = {str: "a string", int: "an integer", float: "a number", bool: "true", list: "an array", dict: "an object"}
    return names[type(value)]

"""Arguments of an ordinary call: the first thing that the deterministic phase needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.generation.names import kind_of, separator_of
from autogen_harness.contracts.generation.ordinary import minimal, named_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autogen_harness.contracts.answering.upstream import Origin
    from autogen_harness.contracts.subject import Contract

SAMPLE_FILE = "example.txt"
"""A small text file that lies in every scratch folder, for tools that read one."""

MANY = 4
"""Items of a batch: enough for every order and subset to differ."""


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
    if named_in(schema):
        return named_in(schema)[0]
    kind = kind_of(name, schema if isinstance(schema, dict) else {})
    if kind in ("url", "urls") and origin is not None:
        return origin.url if kind == "url" else batch_value(schema, [origin.url])
    if kind == "path":
        return SAMPLE_FILE
    return "SELECT 1" if kind == "sql" else minimal(schema, contract.schema)


def batch_value(schema: Mapping[str, Any], items: Sequence[str]) -> Any:
    """Items as the parameter wants them: a list, or one string."""
    return list(items) if schema.get("type") == "array" else separator_of(schema).join(items)


def batch_parameter(contract: Contract) -> str:
    """The parameter that holds many addresses; "" where there is none."""
    return next((name for name, schema in contract.properties.items() if kind_of(name, schema) == "urls"), "")

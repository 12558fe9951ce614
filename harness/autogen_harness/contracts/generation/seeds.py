"""Values of a parameter that are likelier to matter than drawn ones: they are put into a part of the drawn calls.

From the schema and its descriptions, the tool's code, and what the ordinary call answered: an id that a tool gives is one
that it takes. All of it is known before anything is drawn, so that a drawn call stays the same when it is drawn again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.generation.mining import numbers_of, samples_in, spellings_of
from autogen_harness.contracts.generation.names import kind_of
from autogen_harness.contracts.generation.ordinary import named_in
from autogen_harness.contracts.reading.verdicts import parsed
from autogen_harness.schemas import Checker
from autogen_harness.schemas.references import localised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.subject import Contract

MOST = 60
"""Values for one parameter."""

MAX_OUTPUT = 200
"""Characters of the longest text of a result that is taken up."""


def seeds(world: World) -> dict[str, list[Any]]:
    """For each parameter what is worth trying; those without anything are left out."""
    contract = world.contract
    answered = list(_leaves(parsed(world.call(world.ordinary).result), ""))
    whole = Checker(localised(contract.schema))
    found: dict[str, list[Any]] = {}
    for name, schema in localised(contract.schema).get("properties", {}).items():
        accepts = whole.part(schema).accepts
        fit = [value for value in _candidates(contract, name, answered) if accepts(value)]
        unique = [value for number, value in enumerate(fit) if not any(_same(value, other) for other in fit[:number])]
        found.update({name: unique[:MOST]} if unique else {})
    return found


def _candidates(contract: Contract, name: str, answered: list[tuple[str, Any]]) -> Iterator[Any]:
    schema = contract.properties[name]
    table = schema if isinstance(schema, dict) else {}
    yield from named_in(schema)
    yield from samples_in(str(table.get("description", "")))
    yield from (table[key] for key in ("minimum", "maximum") if key in table)
    yield from (value for key, value in answered if key == name)
    if not kind_of(name, table):  # an address, a path or SQL is drawn from texts of its own
        yield from spellings_of(contract.tool)
        yield from (value for key, value in answered if key != name)
    yield from numbers_of(contract.tool)


def _leaves(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    """Texts and numbers of a result, each with the name under which it stands."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, key)
    elif value is not None and len(str(value)) <= MAX_OUTPUT:
        yield key, value


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and left == right

"""How long a call may take, on the clock of the world: waits, timeouts and answers that come late."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.names import kind_of
from autogen_harness.contracts.patterns.core import every_edge, every_fault, no_schema
from autogen_harness.contracts.patterns.size import limit
from autogen_harness.contracts.upstream import status
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.subject import Contract
    from autogen_harness.contracts.world import Seen, World

SECONDS = 60.0
"""Virtual seconds that a call may take, where the contract does not say."""

_MANY = 1_000  # items where the schema sets no bound
_LATER = (("Retry-After", "3600"),)


def budget(contract: Contract) -> float:
    """Seconds that a call may take: the hint ``deadline``, or ``limits``, or what holds without them."""
    return contract.hints.deadline if contract.hints.given("deadline") else limit(contract, "seconds", SECONDS)


def _in_time(world: World) -> Iterator[Breach]:
    for seen in chain(every_fault(world), _asked_to_wait(world), every_edge(world), _with_many_items(world)):
        yield from _late(world.contract, seen)


def _late(contract: Contract, seen: Seen) -> Iterator[Breach]:
    most = budget(contract)
    if seen.elapsed > most:
        yield Breach(f"it took {seen.elapsed:,.1f} s, {most:g} s are allowed", seen)


def _asked_to_wait(world: World) -> Iterator[Seen]:
    """A server that asks for an hour."""
    for code in (429, 503) if world.origins else ():
        yield world.call(world.ordinary, status(world.main, code, _LATER))


def _with_many_items(world: World) -> Iterator[Seen]:
    accepts = Checker(world.contract.schema).accepts
    for name, schema in world.contract.properties.items():
        for value in _long(world.ordinary.get(name), schema if isinstance(schema, dict) else {}, name):
            arguments = {**world.ordinary, name: value}
            if accepts(arguments):
                seen = world.call(arguments)
                if not seen.astray:
                    yield seen


def _long(value: Any, schema: dict[str, Any], name: str) -> Iterator[Any]:
    """The longest list that the schema allows, and a text of many items."""
    if isinstance(value, list) and value:
        most = schema.get("maxItems", _MANY)
        yield (value * most)[:most]
    elif isinstance(value, str) and value and kind_of(name, schema) == "":
        yield ",".join([value] * _MANY)


LAWS = (
    Law(
        id="the-call-ends-within-its-budget",
        sentence="every call ends within its budget of time, whatever the upstream answers and however many items it is given",
        why="the chat stands still as long as a tool works",
        fix="bound attempts, waits (also Retry-After) and items together; or say how long it may take: deadline, or "
        'limits={"seconds": n}',
        check=_in_time,
        judge=_late,
        missing=no_schema,
    ),
)

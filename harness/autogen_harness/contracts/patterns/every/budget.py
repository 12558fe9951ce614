"""How long a call may take, on the clock of the world: waits, timeouts and answers that come late."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering.drip import Drip
from autogen_harness.contracts.answering.upstream import always, status
from autogen_harness.contracts.generation.names import kind_of
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import every_edge, every_fault, no_schema
from autogen_harness.contracts.patterns.every.envelope import needs_upstream
from autogen_harness.contracts.patterns.every.size import limit
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract

SECONDS = 60.0
"""Virtual seconds that a call may take, where the contract does not say."""

_MANY = 1_000  # items where the schema sets no bound
_LONGER = 20  # times as long as the deadline: what the whole body takes
_DROPS_A_SECOND = 200  # so that the wait for each is far below any timeout of reading
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


def _drip(world: World) -> Iterator[Breach]:
    deadline, reply = world.contract.hints.deadline, world.main.reply
    body = reply.body.ljust(round(deadline * _DROPS_A_SECOND))  # blanks that JSON allows at its end
    plan = always(f"{world.main.name}, drop by drop", replace(reply, body=body, chunks=()), reply.status)
    with Drip(_LONGER * deadline / len(body), world.clock.advance):
        seen = world.call(world.ordinary, plan)
    if seen.elapsed > deadline:
        yield Breach(f"it took {seen.elapsed:,.1f} s, its deadline is {deadline:g} s", seen)


LAWS = (
    Law(
        id="the-call-ends-within-its-budget",
        sentence="every call ends within its budget of time, whatever the upstream answers and however many items it is given",
        why="the chat stands still as long as a tool works",
        fix="bound attempts, waits (also Retry-After) and items together; or say how long it may take: deadline, or "
        'limits={"seconds": n}',
        check=_in_time,
        missing=no_schema,
    ),
    Law(
        id="a-slow-drip-ends-in-time",
        sentence="a server that sends its answer drop by drop does not hold a call beyond its deadline",
        why="the timeout of requests and urllib3 is for each wait for data: an answer that never quite ends is waited for",
        fix="look at the time between small reads (response.raw.read1, or iter_content(1)); aiohttp: ClientTimeout(total=...)",
        check=_drip,
        needs=("deadline",),
        missing=needs_upstream,
    ),
)

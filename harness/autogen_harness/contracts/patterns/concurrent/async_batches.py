"""What a tool owes that asks for many things at once: a bound, patience for each, and every item as it was given."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from autogen_harness.contracts.answering.batches import Meter, addresses, batch, most_items, needs_batch, reply_to
from autogen_harness.contracts.answering.upstream import Plan
from autogen_harness.contracts.generation.arguments import batch_parameter
from autogen_harness.contracts.generation.names import separator_of
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.concurrent.async_ import PATTERN
from autogen_harness.contracts.reading.verdicts import errors, is_error, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.calling.world import World

_POOL = 100
"""Connections that aiohttp opens at the same time where it is not told; more requests wait for one of them."""

_PART = 0.75
"""Part of the timeout that each reply takes: in time for itself, too late for a second one that waited for the first."""


def _bounded(world: World) -> Iterator[Breach]:
    most = world.contract.hints.concurrency
    size = most_items(world, 3 * most)
    meter = Meter(1.0, size, lambda: world.clock.elapsed)
    seen = world.call(batch(world, addresses(world, size)), meter.plan)
    if meter.most_open > most:
        yield Breach(f"{meter.most_open} requests were open at the same time, {most} are allowed", seen)


def _own_time(world: World) -> Iterator[Breach]:
    first = world.call(batch(world, addresses(world, 1)), Plan("ok", lambda _, __: reply_to(0, 1), 200))
    limit = first.attempts[0].timeout if first.attempts else None
    if limit is None:  # another law says so
        return
    size = most_items(world, 2 * (world.contract.hints.concurrency or _POOL))
    if world.contract.hints.deadline and world.contract.hints.deadline <= 2 * limit * _PART:
        return  # then it is right to give up
    meter = Meter(limit * _PART, size, lambda: world.clock.elapsed)
    seen = world.call(batch(world, addresses(world, size)), meter.plan)
    failed = len(list(errors(parsed(seen.result))))
    if failed or seen.raised is not None:
        what = f"{failed or size} of {size} items failed, and each was answered within {_PART:g} of its timeout of {limit:g} s"
        yield Breach(what, seen)


def _once(world: World) -> Iterator[Breach]:
    if not world.contract.hints.distinct:
        return
    one, other = addresses(world, 2)
    seen = world.call(batch(world, [one, other, one]), Plan("ok", lambda _, __: reply_to(0, 2), 200))
    counts = Counter(request.url for request in seen.attempts)
    if counts and max(counts.values()) > 1:
        yield Breach(f"{counts.most_common(1)[0][0]} was asked for {max(counts.values())} times", seen)


def _whole(world: World) -> Iterator[Breach]:
    schema = world.contract.properties[batch_parameter(world.contract)]
    mark = "," if schema.get("type") == "array" else separator_of(schema)
    if mark.isspace():  # in no URL
        return
    items = [f"{one}&ids=1{mark}2" for one in addresses(world, 2)]
    seen = world.call(batch(world, items), Plan("ok", lambda _, __: reply_to(0, 2), 200))
    refused = is_error(parsed(seen.result)) and not seen.attempts
    asked = [urlsplit(request.url).query.replace("%2C", ",").replace("%2c", ",") for request in seen.attempts]
    lost = [item for item in items if not any(urlsplit(item).query == query for query in asked)]
    if lost and not refused:
        yield Breach(f"{lost[0]} was given, and not asked for; {_elsewhere(seen.astray)}", seen)


def _elsewhere(astray: tuple[object, ...]) -> str:
    return f"{len(astray)} requests went elsewhere" if astray else "only its parts were"


LAWS = (
    Law(
        id="concurrency-stays-bounded",
        sentence="no more requests are open at the same time than the tool declares",
        why="a batch of a hundred links is a hundred connections at once: the server bans the address",
        fix="let each request wait for a slot: async with asyncio.Semaphore(n), made once for the call",
        check=_bounded,
        patterns=PATTERN,
        needs=("concurrency",),
        missing=needs_batch,
    ),
    Law(
        id="a-timeout-starts-with-its-item",
        sentence="the timeout of an item counts from its own request, not from the start of the batch",
        why="the items that wait for their turn fail with a timeout, though the server answers each in time",
        fix="start the timeout inside the slot; aiohttp's total timeout also counts the wait for its pool of 100 connections: "
        "bound the requests yourself, below that",
        check=_own_time,
        patterns=PATTERN,
        missing=needs_batch,
    ),
    Law(
        id="duplicates-are-fetched-once",
        sentence="equal items of a batch are asked for once",
        why="models repeat themselves, and each repetition is paid for",
        fix="fetch dict.fromkeys(items), and give each place its result afterwards",
        check=_once,
        patterns=PATTERN,
        needs=("distinct",),
        missing=needs_batch,
    ),
    Law(
        id="items-survive-their-separator",
        sentence="an address that holds the separator of the list is asked for whole, or refused",
        why="one page with a comma in its query becomes two that do not exist",
        fix="take an array of strings, or separate by what no URL holds, such as a new line",
        check=_whole,
        patterns=PATTERN,
        missing=needs_batch,
    ),
)

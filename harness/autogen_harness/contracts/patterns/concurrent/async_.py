"""What a tool owes that does several things at once, or lives in an event loop."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from autogen_harness.cassettes import fault
from autogen_harness.contracts.answering.batches import addresses, batch, needs_batch, number_of, reply_to, token
from autogen_harness.contracts.answering.upstream import Plan, status_reply
from autogen_harness.contracts.generation.arguments import MANY
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import every_fault, no_schema
from autogen_harness.contracts.patterns.every.envelope import same
from autogen_harness.contracts.reading.verdicts import errors, parsed, without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.answering.upstream import Answer
    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.model import HttpRequest

PATTERN = frozenset({"async"})
_STEP = 0.25  # virtual seconds by which one reply is later than the next


def late_first() -> Plan:
    """Answers that come in the opposite order of the requests."""

    def give(request: HttpRequest, _: int) -> Answer:
        number = number_of(request)
        return fault.slow(_STEP * (MANY - number)).over(reply_to(number))

    return Plan("the first request is answered last", give, 200)


def _one_fails(failing: int, label: str, failure: Answer) -> Plan:
    def give(request: HttpRequest, _: int) -> Answer:
        number = number_of(request)
        return failure if number == failing else reply_to(number)

    return Plan(f"request {failing + 1} of {MANY} fails ({label})", give, 200)


def _order_kept(world: World) -> Iterator[Breach]:
    seen = world.call(batch(world, addresses(world)), late_first())
    places = [str(seen.result).find(token(number)) for number in range(MANY)]
    missing = [number for number in range(MANY) if places[number] < 0]
    if missing:
        yield Breach(f"the result lacks the item for request {missing[0] + 1} of {MANY}", seen)
    elif places != sorted(places):
        yield Breach("the results stand in the order of arrival, not in that of the request", seen)


def _others_kept(world: World) -> Iterator[Breach]:
    failures: list[tuple[str, Answer]] = [
        ("connection reset", fault.connection_reset()),
        ("timeout", fault.timeout("read")),
        ("status 500", status_reply(world.main, 500)),
    ]
    for failing in range(MANY):
        for label, failure in failures:
            yield from _isolation(world.call(batch(world, addresses(world)), _one_fails(failing, label, failure)), failing)


def _isolation(seen: Seen, failing: int) -> Iterator[Breach]:
    value = parsed(seen.result)
    lost = [number for number in range(MANY) if number != failing and f"reply to {token(number)}" not in str(seen.result)]
    if lost or value is None:
        yield Breach(f"{len(lost) or MANY} of {MANY - 1} answers that came are not in the result", seen)
    elif not any(True for _ in errors(value)):
        yield Breach("no item of the result reports the failure", seen)


def _in_a_loop(world: World) -> Iterator[Breach]:
    arguments = world.ordinary
    outside, inside = world.call(arguments), world.call(arguments, in_loop=True)
    free = frozenset(world.contract.hints.nondeterministic or ())
    if inside.raised is not None:
        yield Breach(f"called while an event loop runs, it raised {type(inside.raised).__name__}", inside)
    elif not same(without(parsed(outside.result), free), without(parsed(inside.result), free)):
        yield Breach("called while an event loop runs, its result is another", inside)


def _never_a_coroutine(world: World) -> Iterator[Breach]:
    for seen in every_fault(world):
        if inspect.isawaitable(seen.result):
            yield Breach(f"it returned a {type(seen.result).__name__}", seen)


LAWS = (
    Law(
        id="never-a-coroutine",
        sentence="the result is never a coroutine or another promise",
        why="the framework shows the model '<coroutine object ...>', and the work is never done",
        fix="make every wrapper of an `async def` tool an `async def` that awaits it",
        check=_never_a_coroutine,
        patterns=frozenset({"async", "error-handled"}),
        missing=no_schema,
    ),
    Law(
        id="order-is-kept",
        sentence="the results stand in the order of the request, whichever answer comes first",
        why="the model takes one page for another",
        fix="use asyncio.gather, or sort by position; as_completed gives the order of arrival",
        check=_order_kept,
        patterns=PATTERN,
        missing=needs_batch,
    ),
    Law(
        id="one-failure-does-not-lose-the-others",
        sentence="when one of several requests fails, the others' results are there, and the failed one says so",
        why="one dead link empties a whole batch of research",
        fix="catch errors for each item, or use gather(return_exceptions=True) and turn exceptions into {'error': ...}",
        check=_others_kept,
        patterns=PATTERN,
        missing=needs_batch,
    ),
    Law(
        id="works-inside-a-running-loop",
        sentence="called while an event loop runs in its thread, the tool gives the same result",
        why="a_initiate_chat, notebooks and web servers call tools from inside a loop, where run_until_complete raises",
        fix="make the tool an `async def`, or run the coroutine in a thread of its own",
        check=_in_a_loop,
        patterns=PATTERN,
        missing=no_schema,
    ),
)

"""A write that is sent again may be carried out twice: only a key tells the server that it is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness.cassettes import fault
from autogen_harness.contracts.answering import writes
from autogen_harness.contracts.answering.upstream import always, status
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.envelope import needs_upstream
from autogen_harness.contracts.patterns.retrying.retry import PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract


def _with_a_key(world: World) -> Iterator[Breach]:
    plans = (
        writes.lost_once(world.calm),
        status(world.main, 500),
        status(world.main, 503),
        always("the reply times out", fault.timeout("read")),
    )
    if not world.contract.hints.idempotent:
        for arguments in writes.calls(world):
            for plan in plans:
                yield from _once(world.contract, world.call(arguments, plan))


def _once(contract: Contract, seen: Seen) -> Iterator[Breach]:
    sent = writes.written(seen.attempts)
    one_thing = {(request.method, request.url) for request in sent}
    times = writes.carried_out(sent, contract.hints)
    if times > len(one_thing):
        name = contract.hints.idempotency_key or writes.KEY
        without = "no" if not any(writes.key_of(request, contract.hints) for request in sent) else "another"
        yield Breach(
            f"the server may carry it out {times} times: a {sent[0].method} was sent again with {without} {name}", seen
        )


LAWS = (
    Law(
        id="writes-are-repeated-only-with-a-key",
        sentence="a POST or PATCH that may have been carried out is sent again only with a key that is the same each time",
        why="an answer that is lost on the way makes two orders out of one",
        fix="send one Idempotency-Key for all attempts, or do not repeat a POST after a 5xx, a timeout or a lost connection; "
        "a server that tells repeats apart by another name or by itself: idempotency_key='Name', or idempotent=True",
        check=_with_a_key,
        patterns=PATTERN,
        missing=needs_upstream,
    ),
)

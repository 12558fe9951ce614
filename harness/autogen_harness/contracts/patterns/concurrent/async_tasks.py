"""What a tool owes to the loop that it runs in: to be cancelled cleanly, to leave nothing, and to let others run."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes import fault
from autogen_harness.contracts.answering import schedules
from autogen_harness.contracts.answering.batches import addresses, batch
from autogen_harness.contracts.answering.upstream import always
from autogen_harness.contracts.calling.performing import is_async
from autogen_harness.contracts.generation.arguments import batch_parameter
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.concurrent.async_ import late_first
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.reading.tasks import Cancellation, Repetition, blocked, unclosed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autogen_harness.contracts.answering.upstream import Plan
    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.subject import Contract

_PATTERN = frozenset({"async", "error-handled"})
_MOST_AWAITS = 60  # of longer calls, the first so many
_RUNS = 20


def _clean(world: World) -> Iterator[Breach]:
    for arguments, plan in _long_calls(world):
        with unclosed() as left:  # no breach is given out from within: nobody might come back to leave the block
            found = [*islice(_cancelled(world, arguments, plan), 1)]
        yield from found
        if left:
            yield Breach(f"after it was cancelled, something stayed open: {left[0]}", world.call(arguments, plan))


def _long_calls(world: World) -> Iterator[tuple[Mapping[str, Any], Plan]]:
    """Calls with something to wait for: several late answers, and failures that are tried again."""
    if world.origins and batch_parameter(world.contract):
        yield batch(world, addresses(world)), late_first()
    else:
        yield world.ordinary, _late(world) if world.origins else world.calm
    if "error-handled" in world.contract.patterns:
        yield from ((world.ordinary, failure.for_ever) for failure in schedules.passing(world)[:1])


def _late(world: World) -> Plan:
    return always("the reply takes 1 s", fault.slow(1).over(world.main.reply), 200)


def _cancelled(world: World, arguments: Mapping[str, Any], plan: Plan) -> Iterator[Breach]:
    for at in range(1, _MOST_AWAITS + 1):
        tool = Cancellation(world.contract.tool, at, lambda: world.asked)
        seen = world.call(arguments, plan, tool=tool)
        if not tool.reached:
            return
        if tool.survived:
            how = "returned a result" if seen.raised is None else f"raised {type(seen.raised).__name__}"
            yield Breach(f"cancelled at its wait number {at}, it {how}, and not CancelledError", seen)
        elif tool.pending:
            yield Breach(f"cancelled at its wait number {at}, it left {tool.pending} tasks running", seen)
        elif seen.asked > tool.before:
            yield Breach(f"cancelled at its wait number {at}, it still asked for {seen.asked - tool.before} more", seen)


def _leaks_nothing(world: World) -> Iterator[Breach]:
    for plan in (world.calm, *(failure.for_ever for failure in schedules.passing(world)[:1])):
        tool = Repetition(world.contract.tool, _RUNS)
        with unclosed() as left:
            seen = world.call(world.ordinary, plan, tool=tool)
        for what, number in tool.grown.items():
            if number >= _RUNS:  # at least one a run: what varies by itself is no leak
                yield Breach(f"{_RUNS} runs left {number} {what}", seen)
        if len(left) >= _RUNS:
            yield Breach(f"{_RUNS} runs left {len(left)} things open, such as: {left[0]}", seen)


def _lets_others_run(world: World) -> Iterator[Breach]:
    for arguments, plan in _long_calls(world):
        with blocked(world.clock) as waits:
            seen = world.call(arguments, plan)
        if waits:
            yield Breach(f"it waited {sum(waits):g} s inside of the loop, where nothing else could run", seen)


def _asynchronous(contract: Contract) -> str:
    return no_schema(contract) or ("" if is_async(contract.tool) else "an `async def` tool")


LAWS = (
    Law(
        id="cancellation-is-clean",
        sentence="cancelled at any await, the tool ends with CancelledError, and leaves no task, session or further request",
        why="a chat that is stopped goes on asking in the background, and its sessions stay open",
        fix="never catch CancelledError or BaseException without raising it again; hold sessions in `async with`; start tasks "
        "in a TaskGroup or by gather, which cancels them with you",
        check=_clean,
        patterns=_PATTERN,
        missing=_asynchronous,
    ),
    Law(
        id="the-loop-is-not-blocked",
        sentence="while the tool waits, other tasks of the loop can run",
        why="time.sleep or a synchronous client in an `async def` tool stops every other agent and request of the process",
        fix="await asyncio.sleep(...), use an asynchronous client, or asyncio.to_thread for what has none",
        check=_lets_others_run,
        patterns=_PATTERN,
        missing=_asynchronous,
    ),
    Law(
        id="nothing-leaks-over-many-runs",
        sentence="twenty runs in one loop leave no tasks, threads, sockets or sessions behind",
        why="a service that runs for days dies of what each call leaves",
        fix="hold sessions and pools in `async with`, await every task that you start, shut executors down",
        check=_leaks_nothing,
        patterns=_PATTERN,
        missing=_asynchronous,
    ),
)

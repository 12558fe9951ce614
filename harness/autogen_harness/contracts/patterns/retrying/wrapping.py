"""What a decorator that makes a tool try again owes to the tool: to change nothing else."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering.schedules import passing
from autogen_harness.contracts.answering.upstream import Plan
from autogen_harness.contracts.calling.interrupts import Interrupted
from autogen_harness.contracts.calling.performing import is_async
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.patterns.every.envelope import needs_asking, same
from autogen_harness.contracts.patterns.retrying.retry import PATTERN, needs_plain, plain_tool
from autogen_harness.contracts.reading.verdicts import errors, parsed, says_nothing, without
from autogen_harness.contracts.subject import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract

_RUNAWAY = 30  # attempts after which a tool that has no limit is stopped
_PARAMETERS = ("max_attempts", "max_retries", "attempts", "retries", "max_tries", "tries")


def _no_attempts(world: World) -> Iterator[Breach]:
    for number in (0, -1):
        for how, call in _limited(world, number):
            try:
                seen = call()
            except Exception:  # noqa: BLE001, S112  # refused where the limit is set, which is best
                continue
            yield from _some_or_refused(seen, f"{how} {number}")


def _limited(world: World, number: int) -> Iterator[tuple[str, Callable[[], Seen]]]:
    """Ways to call the tool with that limit, under failures that never pass."""
    plan = _bounded(passing(world)[0].for_ever)
    if factory := world.contract.hints.attempts:
        yield "a limit of", lambda: world.call(world.ordinary, plan, tool=factory(number))
    if name := _parameter(world.contract):
        yield f"{name} =", lambda: world.call({**world.ordinary, name: number}, plan)


def _bounded(plan: Plan) -> Plan:
    """The same plan, which ends by force what would go on for ever."""

    def stop(attempt: int) -> None:
        if attempt >= _RUNAWAY:
            raise Interrupted

    def give(request: Any, attempt: int) -> Any:
        stop(attempt)
        return plan.give(request, attempt)

    def meet(name: str, attempt: int) -> Any:
        stop(attempt)
        return plan.meet(name, attempt)

    return Plan(plan.label, give, plan.status, meet)


def _some_or_refused(seen: Seen, how: str) -> Iterator[Breach]:
    said = list(errors(parsed(seen.result)))
    if seen.most_attempts >= _RUNAWAY:
        yield Breach(f"with {how} it goes on for ever: it was stopped after {_RUNAWAY} attempts", seen)
    elif not seen.asked and seen.raised is None and not any(not says_nothing(error) for error in said):
        yield Breach(f"with {how} it asked nobody, and did not say why", seen)
    elif seen.most_attempts > 1:
        yield Breach(f"with {how} it made {seen.most_attempts} attempts", seen)


def _parameter(contract: Contract) -> str:
    return next((name for name in _PARAMETERS if name in contract.properties), "")


def _changes_nothing(world: World) -> Iterator[Breach]:
    tool, plain = world.contract.tool, plain_tool(world.contract)
    if name_of(tool) != name_of(plain):
        yield Breach(f"the tool is called {name_of(tool)!r}, and {name_of(plain)!r} without its decorator")
    if inspect.signature(tool) != inspect.signature(plain):
        yield Breach(f"its signature is {inspect.signature(tool)}, and {inspect.signature(plain)} without its decorator")
    if is_async(tool) != is_async(plain):
        kinds = ["an ordinary function", "an `async def`"]
        yield Breach(f"it is {kinds[is_async(tool)]}, and {kinds[is_async(plain)]} without its decorator")
    yield from _same_result(world, tool, plain)
    if wrap := world.contract.hints.wrap:
        yield from _wraps_any_callable(world, wrap, plain)


def _same_result(world: World, tool: Callable[..., Any], plain: Callable[..., Any]) -> Iterator[Breach]:
    free = frozenset(world.contract.hints.nondeterministic or ())
    bare, seen = world.call(world.ordinary, tool=plain), world.call(world.ordinary, tool=tool)
    if bare.raised is None and not same(without(_value(bare), free), without(_value(seen), free)):
        yield Breach("without failures its result differs from that of the tool without its decorator", seen)


def _value(seen: Seen) -> Any:
    return parsed(seen.result) if isinstance(seen.result, str) else repr(type(seen.result)) if seen.result is not None else None


def _wraps_any_callable(world: World, wrap: Callable[[Any], Any], plain: Callable[..., Any]) -> Iterator[Breach]:
    """What has no ``__name__`` is a tool as well."""
    try:
        seen = world.call(world.ordinary, tool=wrap(partial(plain)))
    except Exception as error:  # noqa: BLE001  # what leaves a decorator is what we look for
        yield Breach(f"it cannot wrap a functools.partial: {type(error).__name__}: {error}")
        return
    if seen.raised is not None:
        yield Breach("wrapped around a functools.partial of the tool, the call raised", seen)


def _twice(world: World) -> Iterator[Breach]:
    twice = world.contract.hints.wrap(world.contract.tool)
    for failure in passing(world):
        once, again = (world.call(world.ordinary, failure.for_ever, tool=tool) for tool in (world.contract.tool, twice))
        if again.most_attempts > once.most_attempts:
            what = f"wrapped twice it makes {again.most_attempts} attempts, wrapped once {once.most_attempts}"
            yield Breach(what, again)


def _how_to_limit(contract: Contract) -> str:
    known = contract.hints.given("attempts") or _parameter(contract)
    return needs_asking(contract) or ("" if known else "attempts, a function of a number that returns the tool")


def _plain_tool(contract: Contract) -> str:
    return no_schema(contract) or needs_plain(contract)


LAWS = (
    Law(
        id="no-attempts-are-refused",
        sentence="a limit of 0 attempts or fewer is refused, or means one; it never means none in silence, and never no limit",
        why="a loop over range(0) returns an error that says 'null' for a service that was never asked",
        fix="raise ValueError where the limit is set and is below 1",
        check=_no_attempts,
        patterns=PATTERN,
        missing=_how_to_limit,
    ),
    Law(
        id="wrapping-changes-nothing",
        sentence="without failures, the decorated tool is as the plain one: name, signature, `async def`, result",
        why="the framework reads name and signature from the wrapper; an ordinary wrapper around an `async def` never runs it",
        fix="use functools.wraps, and an `async def` wrapper for an `async def` tool; "
        "getattr(tool, '__name__', ...) where a partial may come",
        check=_changes_nothing,
        patterns=PATTERN,
        missing=_plain_tool,
    ),
    Law(
        id="wrapping-twice-multiplies-nothing",
        sentence="wrapped twice, the tool makes no more attempts than wrapped once",
        why="three attempts around three attempts are nine, and a service in trouble gets them all",
        fix="let the answer say that its tool tried already ('attempts'), and do not try such an answer again",
        check=_twice,
        patterns=PATTERN,
        needs=("wrap",),
        missing=needs_asking,
    ),
)

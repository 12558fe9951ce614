"""What a tool that tries again owes: only what can be mended, and only so often."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering.schedules import needed, passing
from autogen_harness.contracts.answering.upstream import CLIENT_ERRORS, status
from autogen_harness.contracts.law import Breach, Law, NotShown
from autogen_harness.contracts.patterns.every.core import every_fault
from autogen_harness.contracts.patterns.every.envelope import needs_asking, needs_upstream, reported, same
from autogen_harness.contracts.reading.verdicts import is_error, parsed, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract

    Check = Callable[[World], Iterator[Breach]]

PATTERN = frozenset({"error-handled"})


def two_attempts(contract: Contract) -> str:
    """What a law wants that looks at a second attempt."""
    few = contract.hints.given("max_attempts") and contract.hints.max_attempts < 2  # nothing is tried again
    return needs_asking(contract) or ("max_attempts of 2 or more" if few else "")


def plain_tool(contract: Contract) -> Callable[..., Any]:
    """The tool without what makes it try again: as its author says, else what ``functools.wraps`` remembers."""
    plain: Callable[..., Any] = contract.hints.plain or inspect.unwrap(contract.tool)
    return plain


def needs_plain(contract: Contract) -> str:
    """What a law wants that looks at the tool with and without its decorator."""
    known = contract.hints.given("plain") or hasattr(contract.tool, "__wrapped__")
    return "" if known else "plain, the tool without its decorator"


def where_waits_are_real(check: Check) -> Check:
    """The check, unless the tool leaves waiting to something below it that the backend replaces by a loop of its own."""

    def checked(world: World) -> Iterator[Breach]:
        for breach in check(world):
            if world.notes:
                raise NotShown(world.notes[0].text)
            yield breach

    return checked


def _limit(world: World) -> Iterator[Breach]:
    for seen in every_fault(world):
        yield from _within(world.contract, seen)


def _within(contract: Contract, seen: Seen) -> Iterator[Breach]:
    most = contract.hints.max_attempts
    if seen.most_attempts > most:
        yield Breach(f"{seen.most_attempts} attempts were made, {most} are allowed", seen)


def _true_count(world: World) -> Iterator[Breach]:
    for seen in every_fault(world):
        yield from _says_what_was(world.contract, seen)


def _says_what_was(_: Contract, seen: Seen) -> Iterator[Breach]:
    said = reported(parsed(seen.result)).get("attempts")
    count = len(seen.attempts) or seen.most_attempts
    if isinstance(said, int) and count and said != count:
        yield Breach(f"the result speaks of {said} attempts, the upstream saw {count}", seen)


def _client_errors(world: World) -> Iterator[Breach]:
    for code in CLIENT_ERRORS:
        seen = world.call(world.ordinary, status(world.main, code))
        if seen.most_attempts > 1:
            yield Breach(f"status {code} was met {seen.most_attempts} times, with {sum(seen.sleeps):g} s of waiting", seen)


def _ends_there(_: Contract, seen: Seen) -> Iterator[Breach]:
    """No attempt follows one that met what does not pass."""
    for number, move in enumerate(seen.plan.schedule, 1):
        if move.kind == "lasting" and seen.most_attempts > number:
            yield Breach(f"attempt {number} met {move.label}, and another one followed", seen)
        if move.kind != "passing":
            return


@where_waits_are_real
def _recovers(world: World) -> Iterator[Breach]:
    arguments = world.ordinary
    calm = world.call(arguments)
    for failure in passing(world):
        for times in range(1, world.contract.hints.max_attempts):
            seen = world.call(arguments, failure.then_works(times))
            yield from _recovery(seen, times + 1)
            if not is_error(parsed(seen.result)) and not _same_answer(world.contract, parsed(calm.result), parsed(seen.result)):
                yield Breach("the result differs from that of a call without failures", seen)


def _recovery(seen: Seen, enough: int) -> Iterator[Breach]:
    if seen.raised is not None or is_error(parsed(seen.result)):
        yield Breach(f"it gave up after {seen.most_attempts} attempts; one more would have succeeded", seen)
    elif seen.most_attempts != enough:
        yield Breach(f"the upstream was asked {seen.most_attempts} times, {enough} are enough", seen)


def _recovers_in_time(contract: Contract, seen: Seen) -> Iterator[Breach]:
    enough = needed(seen.plan.schedule)
    if enough is not None and enough <= contract.hints.max_attempts:
        yield from _recovery(seen, enough)


_COUNTS = frozenset({"attempts", "retries", "retried", "waited", "elapsed", "timestamp"})


def _same_answer(contract: Contract, calm: Any, value: Any) -> bool:
    free = _COUNTS | frozenset(contract.hints.nondeterministic or ())
    return same(without(calm, free), without(value, free))


LAWS = (
    Law(
        id="attempts-never-exceed-the-limit",
        sentence="one call asks for one thing at most max_attempts times, counted at the upstream",
        why="a service in trouble is asked again and again by every agent at once",
        fix="count attempts in one place; look for a second retry below it (urllib3's Retry, a decorated inner function)",
        check=_limit,
        judge=_within,
        schedules=True,
        effort=0.5,
        patterns=PATTERN,
        needs=("max_attempts",),
        missing=needs_asking,
    ),
    Law(
        id="reported-attempts-are-true",
        sentence="where the result names a number of attempts, it is the number that the upstream saw",
        why="who reads the log believes in three attempts when there was one, or none",
        fix="report the counter, not the limit",
        check=_true_count,
        judge=_says_what_was,
        schedules=True,
        effort=0.5,
        patterns=PATTERN,
        missing=needs_asking,
    ),
    Law(
        id="client-errors-are-not-retried",
        sentence="an answer that blames the request (4xx, but 408 and 429) is not asked for again",
        why="the same request gets the same answer, and the agent waits for nothing",
        fix="return at once; a requests response with such a status is falsy, so ask `error.response is not None`",
        check=_client_errors,
        judge=_ends_there,
        schedules=True,
        effort=0.5,
        patterns=PATTERN,
        missing=needs_upstream,
    ),
    Law(
        id="success-after-k-failures-is-success",
        sentence="when an attempt within the limit succeeds, the call does, with the result of a call without failures",
        why="this is what trying again is for",
        fix="try again on 429 and on no connection; on 5xx, resets and timeouts unless it is a POST or PATCH",
        check=_recovers,
        judge=_recovers_in_time,
        schedules=True,
        effort=0.5,
        patterns=PATTERN,
        needs=("max_attempts",),
        missing=two_attempts,
    ),
)

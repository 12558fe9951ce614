"""Which errors a tool tries again after, which it lets pass, and which it tells."""

from __future__ import annotations

import json
from http import HTTPStatus
from itertools import chain
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes import fault
from autogen_harness.contracts.answering import collaborators
from autogen_harness.contracts.answering.schedules import passing, writes
from autogen_harness.contracts.answering.upstream import Plan, broken_bodies, status_reply
from autogen_harness.contracts.calling.interrupts import Interrupted
from autogen_harness.contracts.generation.mistakes import mistakes
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import every_edge, no_schema
from autogen_harness.contracts.patterns.every.envelope import needs_asking, needs_upstream
from autogen_harness.contracts.patterns.retrying.retry import PATTERN, needs_plain, plain_tool, two_attempts
from autogen_harness.contracts.reading.verdicts import is_error, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autogen_harness.contracts.answering.upstream import Answer
    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract
    from autogen_harness.model import HttpRequest


def _deterministic(world: World) -> Iterator[Breach]:
    for seen in chain(
        (world.call(mistake.arguments) for mistake in mistakes(world.contract, world.ordinary)), every_edge(world)
    ):
        yield from _waits_for_nothing(world.contract, seen)
    for plan in _deterministic_failures(world):
        seen = world.call(world.ordinary, plan)
        if seen.most_attempts > 1:
            yield Breach(f"{seen.most_attempts} attempts were made, and each must meet the same", seen)


def _waits_for_nothing(_: Contract, seen: Seen) -> Iterator[Breach]:
    """What failed before anything was asked comes again, however long one waits."""
    failed = seen.raised is not None or is_error(parsed(seen.result))
    if failed and seen.sleeps and not seen.asked and not seen.astray:
        yield Breach(f"it waited {sum(seen.sleeps):g} s, and had asked nobody", seen)


def _deterministic_failures(world: World) -> Iterator[Plan]:
    if world.origins:
        yield from (plan for plan in broken_bodies(world.main) if "cut short" not in plan.label)  # that was the connection
    for one in world.contract.collaborators:
        yield from (collaborators.failing(world.calm, one, error) for error in collaborators.DETERMINISTIC)


def _last_error(world: World) -> Iterator[Breach]:
    for begins, code, word in _LAST_ONES[: 1 if writes(world) else None]:
        seen = world.call(world.ordinary, _first_then(world, begins, code, word))
        told = json.dumps(parsed(seen.result) or str(seen.result), ensure_ascii=False).lower()
        if seen.raised is None and seen.most_attempts > 1 and not any(sign in told for sign in _signs(code, word)):
            last = f"status {code}" if code else f"a {word} error"
            yield Breach(f"the last attempt met {last}, and the result does not say so", seen)


_LAST_ONES = ((429, None, "timeout"), (429, 503, ""), (503, 429, ""), (429, None, "connect"))
"""What the first attempt meets, and then every other. The first of them also where a POST must not be sent twice."""

_LAST: dict[str, Answer] = {"timeout": fault.timeout("connect"), "connect": fault.connection_refused()}


def _first_then(world: World, begins: int, code: int | None, word: str) -> Plan:
    last: Answer = status_reply(world.main, code) if code else _LAST[word]
    label = f"status {begins}, then {f'status {code}' if code else f'a {word} error'} every time"

    def give(_: HttpRequest, attempt: int) -> Answer:
        return status_reply(world.main, begins) if attempt == 0 else last

    return Plan(label, give)


def _signs(code: int | None, word: str) -> tuple[str, ...]:
    """Any of these tells of it: the number, or the phrase; a word for a failure of the connection."""
    if code:
        return (str(code), HTTPStatus(code).phrase.lower())
    return ("timeout", "timed out") if word == "timeout" else ("connect", "refused")


def _in_band(world: World) -> Iterator[Breach]:
    plain = plain_tool(world.contract)
    for failure in passing(world):
        bare = world.call(world.ordinary, failure.for_ever, tool=plain)
        if bare.raised is None and bare.most_attempts == 1 and is_error(parsed(bare.result)):
            seen = world.call(world.ordinary, failure.then_works(1))
            if seen.most_attempts < 2:
                yield Breach("the tool inside reports a failure that may pass, and it was not asked again", seen)


def _interrupts(world: World) -> Iterator[Breach]:
    for error in (Interrupted, SystemExit):
        seen = world.call(world.ordinary, _interrupted(error))
        name = "KeyboardInterrupt" if error is Interrupted else error.__name__
        if seen.asked and not isinstance(seen.raised, error):
            yield Breach(f"{name}, raised while it waited for its upstream, did not leave the tool", seen)
        elif seen.most_attempts > 1:
            yield Breach(f"it asked again after {name}", seen)


def _interrupted(error: Callable[[], BaseException]) -> Plan:
    def give(_: HttpRequest, __: int) -> Any:
        raise error()

    def meet(_: str, __: int) -> Any:
        return error()

    return Plan("the run is interrupted", give, None, meet)


def _without_decorator(contract: Contract) -> str:
    return two_attempts(contract) or needs_plain(contract)


LAWS = (
    Law(
        id="deterministic-errors-are-not-retried",
        sentence="an error that must come again (bad arguments, a type or value error, an unreadable answer) is met once, "
        "and nothing is waited for",
        why="the model waits seconds for what was known at once, and the service does the same work three times",
        fix="try again on named errors of the connection and on statuses, never on Exception; check arguments before the loop",
        check=_deterministic,
        judge=_waits_for_nothing,
        patterns=PATTERN,
        missing=no_schema,
    ),
    Law(
        id="the-last-error-is-told",
        sentence="when all attempts fail, the result tells what the last one met",
        why="'all retries failed' leaves the model and the log without the reason",
        fix="keep the last error and put its status, or its kind, into the answer (tenacity: reraise=True)",
        check=_last_error,
        patterns=PATTERN,
        missing=lambda contract: needs_upstream(contract) or two_attempts(contract),
    ),
    Law(
        id="in-band-errors-are-retried",
        sentence="a failure that may pass is tried again also where the tool inside returns it and does not raise",
        why="a tool that never raises looks like a success to a decorator that waits for exceptions: nothing is tried again",
        fix="let the decorator read the answer ('retryable', a status), or decorate the function that raises",
        check=_in_band,
        patterns=PATTERN,
        missing=_without_decorator,
    ),
    Law(
        id="interrupts-pass-through",
        sentence="KeyboardInterrupt and SystemExit leave the tool at once, and nothing is asked again",
        why="Ctrl-C is eaten by the loop, and the process goes on for all its attempts",
        fix="catch Exception and its subclasses, never BaseException or a bare except",
        check=_interrupts,
        patterns=PATTERN,
        missing=needs_asking,
    ),
)

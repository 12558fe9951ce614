"""How long a tool that tries again may wait: as it declares, as the server asks, and not beyond its deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes import fault
from autogen_harness.contracts.answering.schedules import passing
from autogen_harness.contracts.answering.upstream import always, failing_then_ok, status_reply
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import every_fault
from autogen_harness.contracts.patterns.every.envelope import needs_asking, needs_upstream
from autogen_harness.contracts.patterns.retrying.retry import PATTERN, two_attempts, where_waits_are_real

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autogen_harness.contracts.calling.world import Seen, World

_RETRY_AFTER = 3  # seconds: longer than a usual first wait, shorter than a usual cap
_TOO_LONG = 3_600  # seconds: longer than a tool may hold up a chat, and less than what urllib3 cuts short (6 hours)
_LATER = ("retry", "again", "wait")  # words of a result that hands the wait on
_FLOAT_NOISE = 1e-6


@where_waits_are_real
def _backoff(world: World) -> Iterator[Breach]:
    seen = world.call(world.ordinary, passing(world)[0].for_ever)
    ranges = [_range(world.contract.hints.backoff(retry)) for retry in range(seen.most_attempts - 1)]
    if seen.most_attempts < 2:  # one attempt has no wait to look at
        yield Breach("it did not try again after a failure that may pass", seen)
    elif not _follow([wait for wait in seen.sleeps if wait], [pair for pair in ranges if pair[1]]):
        yield Breach(f"it waited {_seconds(seen.sleeps)}, its formula says {_told(ranges)}", seen)


def _range(said: Any) -> tuple[float, float]:
    return (said[0], said[1]) if isinstance(said, tuple) else (said, said)


def _follow(waits: Sequence[float], ranges: Sequence[tuple[float, float]]) -> bool:
    return len(waits) == len(ranges) and all(
        low - _FLOAT_NOISE <= wait <= high + _FLOAT_NOISE for wait, (low, high) in zip(waits, ranges, strict=True)
    )


def _seconds(waits: Sequence[float]) -> str:
    return ", ".join(f"{wait:g}" for wait in waits) + " s" if waits else "not at all"


def _told(ranges: Sequence[tuple[float, float]]) -> str:
    words = [f"{low:g}" if low == high else f"{low:g} to {high:g}" for low, high in ranges]
    return ", ".join(words) + " s" if words else "not at all"


@where_waits_are_real
def _retry_after(world: World) -> Iterator[Breach]:
    for seconds, value in ((_RETRY_AFTER, str(_RETRY_AFTER)), (_RETRY_AFTER, _http_date()), (_TOO_LONG, str(_TOO_LONG))):
        failure = status_reply(world.main, 429, (("Retry-After", value),))
        seen = world.call(world.ordinary, failing_then_ok(world.calm, failure, f"status 429, Retry-After: {value}", 1))
        yield from _patience(seen, seconds)


def _http_date() -> str:
    return f"Thu, 15 Jan 2026 12:00:0{_RETRY_AFTER} GMT"  # as many seconds after the world's NOW


def _patience(seen: Seen, asked: float) -> Iterator[Breach]:
    if len(seen.attempts) < 2:  # it gave up, which is right where it passes the wait on to the caller
        if not any(word in str(seen.result).lower() for word in _LATER):
            yield Breach("it gave up without saying how long to wait", seen)
    elif sum(seen.sleeps) < asked:
        yield Breach(f"it asked again after {_seconds(seen.sleeps)}; the server had asked for {asked} s", seen)


def _deadline(world: World) -> Iterator[Breach]:
    most = world.contract.hints.deadline
    for seen in every_fault(world):
        yield from _in_time(seen, most)
    for failure in passing(world):
        yield from _in_time(world.call(world.ordinary, failure.for_ever), most)
    if world.origins:
        for seconds in (most / 4, most * 2):
            slow = always(f"each reply is a 503 and takes {seconds:g} s", _slow_failure(world, seconds))
            yield from _in_time(world.call(world.ordinary, slow), most)


def _slow_failure(world: World, seconds: float) -> Any:
    return fault.slow(seconds).over(status_reply(world.main, 503))


def _in_time(seen: Seen, most: float) -> Iterator[Breach]:
    if seen.elapsed > most + _FLOAT_NOISE:
        yield Breach(f"the call took {seen.elapsed:g} s, {most:g} s are allowed for all attempts and waits", seen)


LAWS = (
    Law(
        id="backoff-follows-its-formula",
        sentence="the waits between attempts are those of the declared formula, and none follows the last attempt",
        why="too short a wait hammers the service, too long a one stalls the chat",
        fix="sleep backoff(k) seconds, k = 0 before the first retry, and not after the last attempt",
        check=_backoff,
        patterns=PATTERN,
        needs=("backoff",),
        missing=two_attempts,
    ),
    Law(
        id="retry-after-is-honoured",
        sentence="when the server says Retry-After, no new attempt is made before",
        why="asking sooner prolongs the ban",
        fix="wait at least Retry-After (seconds, or an HTTP date), or give up and pass it on",
        check=_retry_after,
        patterns=PATTERN,
        missing=lambda contract: needs_upstream(contract) or two_attempts(contract),
    ),
    Law(
        id="the-deadline-is-kept",
        sentence="all attempts and waits of one call together take no longer than the deadline",
        why="three patient attempts and their waits add up to minutes in which the chat stands still",
        fix="before every wait and attempt, look at the time that is left; give each attempt at most that as its timeout",
        check=_deadline,
        patterns=PATTERN,
        needs=("deadline",),
        missing=needs_asking,
    ),
)

"""What a tool that tries again owes: only what can be mended, only so often, with the waits it declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes import fault
from autogen_harness.contracts.law import Breach, Law, NotShown
from autogen_harness.contracts.patterns.core import every_fault
from autogen_harness.contracts.patterns.envelope import needs_upstream, reported, same
from autogen_harness.contracts.upstream import CLIENT_ERRORS, always, failing_then_ok, status, status_reply
from autogen_harness.contracts.verdicts import is_error, parsed, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autogen_harness.contracts.subject import Contract
    from autogen_harness.contracts.upstream import Answer
    from autogen_harness.contracts.world import Seen, World

    Check = Callable[[World], Iterator[Breach]]

_PATTERN = frozenset({"error-handled"})
_RETRY_AFTER = 3  # seconds: longer than a usual first wait, shorter than a usual cap
_SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})  # RFC 9110, section 9.2.2


def _limit(world: World) -> Iterator[Breach]:
    most = world.contract.hints.max_attempts
    for seen in every_fault(world):
        if seen.most_attempts > most:
            yield Breach(f"{seen.most_attempts} attempts were made, {most} are allowed", seen)


def _true_count(world: World) -> Iterator[Breach]:
    for seen in every_fault(world):
        said = reported(parsed(seen.result)).get("attempts")
        if isinstance(said, int) and seen.attempts and said != len(seen.attempts):
            yield Breach(f"the result speaks of {said} attempts, the upstream saw {len(seen.attempts)}", seen)


def _client_errors(world: World) -> Iterator[Breach]:
    for code in CLIENT_ERRORS:
        seen = world.call(world.ordinary, status(world.main, code))
        if seen.most_attempts > 1:
            yield Breach(f"status {code} was met {seen.most_attempts} times, with {sum(seen.sleeps):g} s of waiting", seen)


def _where_waits_are_real(check: Check) -> Check:
    """The check, unless the tool leaves waiting to something below it that the backend replaces by a loop of its own."""

    def checked(world: World) -> Iterator[Breach]:
        for breach in check(world):
            if world.notes:
                raise NotShown(world.notes[0].text)
            yield breach

    return checked


@_where_waits_are_real
def _backoff(world: World) -> Iterator[Breach]:
    seen = _all_attempts_fail(world)
    wanted = [world.contract.hints.backoff(retry) for retry in range(len(seen.attempts) - 1)]
    if len(seen.attempts) < 2:  # one attempt has no wait to look at
        yield Breach("it did not try again after a failure that may pass", seen)
    elif [*seen.sleeps] != wanted:
        yield Breach(f"it waited {_seconds(seen.sleeps)}, its formula says {_seconds(wanted)}", seen)


def _all_attempts_fail(world: World) -> Seen:
    _, answer = _passing_failures(world)[0]
    return world.call(world.ordinary, always("it fails every time", answer))


def _seconds(waits: Any) -> str:
    return ", ".join(f"{wait:g}" for wait in waits) + " s" if waits else "not at all"


def _passing_failures(world: World) -> list[tuple[str, Answer]]:
    """Failures after which a client may ask again. After some of them a POST may have been carried out, so it may not."""
    first = world.call(world.ordinary)
    untouched: list[tuple[str, Answer]] = [
        ("status 429", status_reply(world.main, 429)),
        ("the connection times out", fault.timeout("connect")),
    ]
    if any(request.method.upper() not in _SAFE_TO_REPEAT for request in first.attempts):
        return untouched
    return [
        ("status 503", status_reply(world.main, 503)),
        *untouched,
        ("the connection is reset", fault.connection_reset()),
        ("the reply times out", fault.timeout("read")),
    ]


@_where_waits_are_real
def _retry_after(world: World) -> Iterator[Breach]:
    origin = world.main
    for value in (str(_RETRY_AFTER), _http_date()):
        failure = status_reply(origin, 429, (("Retry-After", value),))
        seen = world.call(world.ordinary, failing_then_ok(world.calm, failure, f"status 429, Retry-After: {value}", 1))
        yield from _patience(seen)


def _http_date() -> str:
    return f"Thu, 15 Jan 2026 12:00:0{_RETRY_AFTER} GMT"  # as many seconds after the world's NOW


def _patience(seen: Seen) -> Iterator[Breach]:
    if len(seen.attempts) < 2:  # it gave up, which is right where it passes the wait on to the caller
        if "retry" not in str(seen.result).lower():
            yield Breach("it gave up without saying how long to wait", seen)
    elif sum(seen.sleeps) < _RETRY_AFTER:
        yield Breach(f"it asked again after {_seconds(seen.sleeps)}; the server had asked for {_RETRY_AFTER} s", seen)


@_where_waits_are_real
def _recovers(world: World) -> Iterator[Breach]:
    arguments = world.ordinary
    calm = world.call(arguments)
    for label, failure in _passing_failures(world):
        for times in range(1, world.contract.hints.max_attempts):
            seen = world.call(arguments, failing_then_ok(world.calm, failure, label, times))
            yield from _recovery(world.contract, calm, seen, times)


def _recovery(contract: Contract, calm: Seen, seen: Seen, times: int) -> Iterator[Breach]:
    value = parsed(seen.result)
    if seen.raised is not None or is_error(value):
        yield Breach(f"it gave up after {seen.most_attempts} attempts; one more would have succeeded", seen)
    elif seen.most_attempts != times + 1:
        yield Breach(f"the upstream was asked {seen.most_attempts} times, {times + 1} are enough", seen)
    elif not _same_answer(contract, parsed(calm.result), value):
        yield Breach("the result differs from that of a call without failures", seen)


_COUNTS = frozenset({"attempts", "retries", "retried", "waited", "elapsed", "timestamp"})


def _same_answer(contract: Contract, calm: Any, value: Any) -> bool:
    free = _COUNTS | frozenset(contract.hints.nondeterministic or ())
    return same(without(calm, free), without(value, free))


def _two_attempts(contract: Contract) -> str:
    few = contract.hints.given("max_attempts") and contract.hints.max_attempts < 2  # nothing is tried again
    return needs_upstream(contract) or ("max_attempts of 2 or more" if few else "")


LAWS = (
    Law(
        id="attempts-never-exceed-the-limit",
        sentence="one call asks for one thing at most max_attempts times, counted at the upstream",
        why="a service in trouble is asked again and again by every agent at once",
        fix="count attempts in one place; look for a second retry below it (urllib3's Retry, a decorated inner function)",
        check=_limit,
        patterns=_PATTERN,
        needs=("max_attempts",),
        missing=needs_upstream,
    ),
    Law(
        id="reported-attempts-are-true",
        sentence="where the result names a number of attempts, it is the number that the upstream saw",
        why="who reads the log believes in three attempts when there was one, or none",
        fix="report the counter, not the limit",
        check=_true_count,
        patterns=_PATTERN,
        missing=needs_upstream,
    ),
    Law(
        id="client-errors-are-not-retried",
        sentence="an answer that blames the request (4xx, but 408 and 429) is not asked for again",
        why="the same request gets the same answer, and the agent waits for nothing",
        fix="return at once; a requests response with such a status is falsy, so ask `error.response is not None`",
        check=_client_errors,
        patterns=_PATTERN,
        missing=needs_upstream,
    ),
    Law(
        id="backoff-follows-its-formula",
        sentence="the waits between attempts are those of the declared formula, and none follows the last attempt",
        why="too short a wait hammers the service, too long a one stalls the chat",
        fix="sleep backoff(k) seconds, k = 0 before the first retry, and not after the last attempt",
        check=_backoff,
        patterns=_PATTERN,
        needs=("backoff",),
        missing=_two_attempts,
    ),
    Law(
        id="retry-after-is-honoured",
        sentence="when the server says Retry-After, no new attempt is made before",
        why="asking sooner prolongs the ban",
        fix="wait at least Retry-After (seconds, or an HTTP date), or give up and pass it on",
        check=_retry_after,
        patterns=_PATTERN,
        missing=_two_attempts,
    ),
    Law(
        id="success-after-k-failures-is-success",
        sentence="when an attempt within the limit succeeds, the call does, with the result of a call without failures",
        why="this is what trying again is for",
        fix="try again on 429 and on no connection; on 5xx, resets and timeouts unless it is a POST or PATCH",
        check=_recovers,
        patterns=_PATTERN,
        needs=("max_attempts",),
        missing=_two_attempts,
    ),
)

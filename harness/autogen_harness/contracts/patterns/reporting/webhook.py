"""What a tool owes whose request changes something at a receiver: it arrives as it was meant, and once."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from autogen_harness.cassettes import fault
from autogen_harness.contracts.answering import writes
from autogen_harness.contracts.answering.upstream import Plan, always, status_reply
from autogen_harness.contracts.calling.performing import perform
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.envelope import needs_upstream, reported
from autogen_harness.contracts.reading.verdicts import is_error, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autogen_harness.contracts.answering.upstream import Answer
    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract
    from autogen_harness.model import HttpRequest

_PATTERN = frozenset({"webhook"})
_READS = frozenset({"GET", "HEAD", "OPTIONS"})  # the safe methods of RFC 9110, section 9.2.1, that tools use
_REDIRECTS = (301, 302, 303, 307, 308)
_MOVED = "/moved-by-the-contract"
_UNSURE = re.compile(
    r"\b(unknown|unsure|uncertain|undetermined|whether|may have|might have|could have|not (be )?(known|sure|certain))\b",
    re.IGNORECASE,
)


def _survives(world: World) -> Iterator[Breach]:
    calm = world.call(world.ordinary)
    if not any(_writes(request) for request in calm.attempts):
        world.unseen = "a request that writes: POST, PUT, PATCH or DELETE"
        return
    for code in _REDIRECTS:
        seen = world.call(world.ordinary, _redirecting(world, code))
        followed = [request for request in seen.attempts if _MOVED in request.url]
        if followed and seen.raised is None and _succeeds(world.contract, seen):
            sent = next(request for request in seen.attempts if _MOVED not in request.url)
            yield from _lost(sent, followed[-1], seen)


def _writes(request: HttpRequest) -> bool:
    return request.method not in _READS


def _redirecting(world: World, code: int) -> Plan:
    """Every request is sent to another address of its host, which answers as the upstream does."""

    def give(request: HttpRequest, attempt: int) -> Answer:
        if _MOVED in request.url:
            return world.calm.give(request, attempt)
        return status_reply(world.main, code, (("location", urljoin(request.url, _MOVED)),))

    return Plan(f"status {code}, then {world.calm.label} at the address that it names", give, code)


def _succeeds(contract: Contract, seen: Seen) -> bool:
    value = parsed(seen.result)
    return bool(contract.hints.success(value)) if contract.hints.given("success") else not is_error(value)


def _lost(sent: HttpRequest, arrived: HttpRequest, seen: Seen) -> Iterator[Breach]:
    if arrived.method != sent.method:
        yield Breach(f"{sent.method} became {arrived.method} on its way, and the result reports success", seen)
    elif arrived.body != sent.body:
        yield Breach("the body was lost on its way, and the result reports success", seen)


def _lost_reply(world: World) -> Iterator[Breach]:
    key = world.contract.hints.idempotency_key
    lost = always("the reply is lost after the receiver did it", fault.timeout("read"))
    ordinary, calm = world.ordinary, world.call(world.ordinary)
    if not any(_writes(request) for request in calm.attempts):
        world.unseen = "a request that writes: POST, PUT, PATCH or DELETE"
        return
    seen = world.call(ordinary, lost)
    if seen.raised is None and not _is_unsure(reported(parsed(seen.result)), reported(parsed(calm.result))):
        yield Breach("the reply was lost, and the result does not say that the outcome is unknown", seen)

    def twice(**arguments: Any) -> Any:
        perform(world.contract.tool, arguments)
        return perform(world.contract.tool, arguments)

    seen = world.call(ordinary, lost, tool=twice)
    keys = [writes.key_of(request, world.contract.hints) for request in seen.attempts if _writes(request)]
    if not all(keys):
        yield Breach(f"a request that writes carries no {key!r}", seen)
    elif len(set(keys)) > 1:
        yield Breach(f"the same call, made again, carries another {key!r}: {', '.join(keys)}", seen)


def _is_unsure(value: Mapping[str, Any], when_sure: Mapping[str, Any]) -> bool:
    """Whether a result leaves open what happened: a flag that is null, or words."""
    flags = [name for name, flag in when_sure.items() if isinstance(flag, bool)]
    return any(name in value and value[name] is None for name in flags) or bool(_UNSURE.search(json.dumps(value)))


LAWS = (
    Law(
        id="method-and-body-survive-redirects",
        sentence="a request that is redirected arrives with its method and its body, or the result is an error",
        why="after 301, 302 and 303 most clients send a GET without a body: nothing is registered, and success is reported",
        fix="do not follow redirects (allow_redirects=False) and report a 3xx as an error, or send the whole request there",
        check=_survives,
        patterns=_PATTERN,
        missing=needs_upstream,
    ),
    Law(
        id="a-lost-reply-is-not-repeated-blindly",
        sentence="when the reply to a write is lost, the result says that the outcome is unknown, and a repeat carries its key",
        why="what is reported as failed is sent again, and the receiver does it twice",
        fix="make the key from the arguments (uuid5, a hash), send it with every attempt, and answer null where nobody knows",
        check=_lost_reply,
        patterns=_PATTERN,
        needs=("idempotency_key",),
        missing=needs_upstream,
    ),
)

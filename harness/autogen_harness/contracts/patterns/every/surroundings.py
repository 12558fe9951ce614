"""What must make no difference to a tool that tries again: another package in the environment, and an argument that must."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from autogen_harness import schemas
from autogen_harness.contracts.answering.upstream import broken_bodies
from autogen_harness.contracts.calling import again
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.envelope import needs_upstream
from autogen_harness.contracts.patterns.every.repeat import can_be_imported
from autogen_harness.contracts.patterns.retrying.retry import PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.subject import Contract

_TIMEOUTS = (7, 3, 11, 2, 25, 1, 45, 5, 60, 10)
"""Seconds; the first two that the schema allows are tried."""


def _simplejson(world: World) -> Iterator[Breach]:
    if "requests" not in sys.modules:  # nobody else looks for simplejson
        return
    plan = next(plan for plan in broken_bodies(world.main) if plan.label.endswith("not JSON"))
    there, gone = again.with_and_without_simplejson(world, plan.label)
    if there != gone:
        yield Breach(f"{plan.label}: {_told(there)} with simplejson, {_told(gone)} without", world.call(world.ordinary, plan))


def _told(said: dict[str, object]) -> str:
    return f"{said['attempts']} requests, result {str(said['result'])[:80]}"


def _timeout(world: World) -> Iterator[Breach]:
    name = _parameter(world.contract)
    values = [value for value in _TIMEOUTS if schemas.Checker(world.contract.schema).accepts({**world.ordinary, name: value})]
    seen = [world.call({**world.ordinary, name: value}) for value in values[:2]]
    reached = [{request.timeout for request in one.attempts} for one in seen]
    if len(seen) == 2 and reached[0] == reached[1]:
        limits = ", ".join("no timeout" if limit is None else f"{limit:g} s" for limit in reached[1])
        yield Breach(f"with {name} = {values[0]} and with {name} = {values[1]} the transport got the same: {limits}", seen[1])


def _parameter(contract: Contract) -> str:
    names = (name for name in contract.properties if "timeout" in name.lower())
    return next(names, "")


def _needs_timeout(contract: Contract) -> str:
    return needs_upstream(contract) or ("" if _parameter(contract) else "a parameter for the timeout")


LAWS = (
    Law(
        id="the-timeout-argument-is-honoured",
        sentence="another value of the tool's own timeout parameter is another timeout at the transport",
        why="the model asks for patience, or for haste, and gets what it always got",
        fix="pass the argument on to every request: timeout=timeout",
        check=_timeout,
        patterns=PATTERN,
        missing=_needs_timeout,
    ),
    Law(
        id="the-same-without-simplejson",
        sentence="an answer that is no JSON comes to the same result and attempts, whether simplejson is installed or not",
        why="requests raises simplejson's error where it is there, which no `except json.JSONDecodeError` catches: an order "
        "that was taken is sent again",
        fix="catch ValueError, or requests.exceptions.JSONDecodeError, around response.json()",
        check=_simplejson,
        patterns=PATTERN,
        missing=lambda contract: needs_upstream(contract) or can_be_imported(contract),
    ),
)

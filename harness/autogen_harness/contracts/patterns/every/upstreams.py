"""What a tool that asks other machines owes to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.envelope import needs_upstream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.calling.world import World


def _is_called(world: World) -> Iterator[Breach]:
    seen = world.call(world.ordinary)
    if not seen.attempts:
        hosts = ", ".join(sorted({host for origin in world.origins for host in origin.hosts}))
        yield Breach(f"the ordinary call sent no request to {hosts}{_elsewhere(seen.astray)}", seen)


def _elsewhere(astray: tuple[object, ...]) -> str:
    return f", but {len(astray)} elsewhere" if astray else ""


def _timeout(world: World) -> Iterator[Breach]:
    seen = world.call(world.ordinary)
    for request in seen.attempts:
        if request.timeout is None:
            yield Breach(f"{request.method} {request.url} has no timeout", seen)
        elif world.contract.hints.given("timeout") and request.timeout != world.contract.hints.timeout:
            yield Breach(f"the timeout of the request is {request.timeout:g} s, not {world.contract.hints.timeout:g} s", seen)


LAWS = (
    Law(
        id="the-upstream-is-called",
        sentence="an ordinary call asks the upstream that the contract names",
        why="laws about an upstream that is never asked hold for nothing",
        fix="name the right cassettes in upstream=, or arguments that lead there in example={...}",
        check=_is_called,
        missing=needs_upstream,
    ),
    Law(
        id="the-timeout-reaches-the-transport",
        sentence="every request carries the timeout that the tool declares",
        why="without one a silent server holds the agent for ever; a declared one that is not passed on is a false promise",
        fix="give timeout= to every request",
        check=_timeout,
        missing=needs_upstream,
    ),
)

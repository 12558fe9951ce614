"""A world in which everything takes longer: what is measured shows it, what is declared does not."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering.upstream import Plan
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autogen_harness.contracts.answering.upstream import Answer
    from autogen_harness.contracts.calling.world import World
    from autogen_harness.model import HttpRequest


@contextmanager
def slowed(world: World, extra: float) -> Iterator[Plan]:
    """Let every sleep, and every answer of the plan given, take ``extra`` virtual seconds longer inside of the block."""
    clock, calm, patches = world.clock, world.calm, Patches()

    def oversleeping(slept: Callable[..., Any]) -> Callable[..., Any]:
        def begin(seconds: float, how: str) -> None:
            slept(seconds, how)
            clock.advance(extra)

        return begin

    def give(request: HttpRequest, attempt: int) -> Answer:
        clock.advance(extra)
        return calm.give(request, attempt)

    patches.swap(clock, "slept", oversleeping)
    try:
        yield Plan(f"{calm.label}, each answer {extra:g} s late", give, calm.status)
    finally:
        patches.undo()

"""What a tool owes to the process that it runs in, which it shares with every other tool and agent."""

from __future__ import annotations

import gc
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering.upstream import table
from autogen_harness.contracts.calling import importing
from autogen_harness.contracts.calling.process_state import ProcessState
from autogen_harness.contracts.generation.mistakes import mistakes
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.patterns.every.repeat import can_be_imported

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autogen_harness.contracts.answering.upstream import Plan
    from autogen_harness.contracts.calling.world import Seen, World


def _left_as_it_was(world: World) -> Iterator[Breach]:
    _use_once(world)
    yield from _changes(world, world.ordinary, world.calm, thorough=True)
    for plan in table(world.origins)[1:]:
        yield from _changes(world, world.ordinary, plan)
    for mistake in mistakes(world.contract, world.ordinary):
        yield from _changes(world, mistake.arguments, world.calm)


def _use_once(world: World) -> None:
    """What is made at first use, and kept, is no leak."""
    before = _now(world)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        world.call(world.ordinary)
        gc.collect()  # what is lost says so here, where nobody listens
        before.restore()


def _changes(world: World, arguments: Mapping[str, Any], plan: Plan, *, thorough: bool = False) -> Iterator[Breach]:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        before = _now(world)
        seen = world.call(arguments, plan)
        if thorough:
            gc.collect()  # what is left in a circle is missed only now
        changes = [*before.changes(ProcessState.now()), *_of_the_call(seen)]
        before.restore()
    changes += [f"{warning.message}".partition("\n")[0] for warning in said if _tells_of_a_leak(warning)]
    yield from (Breach(change, seen) for change in changes)


def _now(world: World) -> ProcessState:
    """The state as it is, but in the folder into which the world puts every call."""
    return replace(ProcessState.now(), folder=str(world.work))


def _of_the_call(seen: Seen) -> Iterator[str]:
    yield from (f"it closed or replaced file descriptor {number}" for number in seen.broken_descriptors)
    yield from (f"it left a task at work, {task}" for task in seen.unfinished)


def _tells_of_a_leak(warning: warnings.WarningMessage) -> bool:
    return issubclass(warning.category, ResourceWarning) or "was never awaited" in str(warning.message)


def _import_does_nothing(world: World) -> Iterator[Breach]:
    for what in importing.what_it_does(world):
        yield Breach(f"importing {world.contract.home.module if world.contract.home else ''}: {what}")


LAWS = (
    Law(
        id="the-process-is-left-as-it-was",
        sentence="a call leaves environment, working folder, logging, signals, streams, files, threads and tasks as they were",
        why="what one call changes or leaves open is there for every other tool and agent, and adds up",
        fix="close what is opened (with, async with), await or cancel what is started, and pass values in place of globals",
        check=_left_as_it_was,
        missing=no_schema,
    ),
    Law(
        id="importing-does-nothing",
        sentence="importing the tool's module sends nothing, starts no chat and configures no logging",
        why="whoever imports the module for a test, a schema or its help pays for a conversation, or loses the log",
        fix='put it into a function, called below if __name__ == "__main__"',
        check=_import_does_nothing,
        missing=can_be_imported,
    ),
)

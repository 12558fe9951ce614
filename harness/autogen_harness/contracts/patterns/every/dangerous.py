"""What a model may make up as a path, as SQL or as a command: tried where it can harm nobody, in the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from autogen_harness.contracts import sandbox
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.repeat import can_be_imported
from autogen_harness.contracts.sandbox import limits
from autogen_harness.contracts.sandbox.dangers import names_of
from autogen_harness.contracts.sandbox.traps import MARK

if TYPE_CHECKING:
    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.subject import Contract


def _reads_inside(world: World) -> Iterator[Breach]:
    for outcome in sandbox.outcomes(world, "climbs"):
        if outcome.read:
            yield Breach(f"{outcome.what}, and it opened {outcome.read[0]}", outcome.seen(world))


def _comes_back(world: World) -> Iterator[Breach]:
    for outcome in sandbox.outcomes(world, "hangs"):
        problem = outcome.ended or ("" if outcome.refused else outcome.raised)
        if not problem and outcome.grew > sandbox.LIMITS.much:
            problem = f"it took {outcome.grew >> 20} MB of memory"
        if problem:
            yield Breach(f"{outcome.what}: {problem}", outcome.seen(world))


def _survives(world: World) -> Iterator[Breach]:
    for outcome in sandbox.outcomes(world, "descriptors"):
        if outcome.lost:
            names = " and ".join(("standard input", "standard output", "standard error")[number] for number in outcome.lost)
            yield Breach(f"{outcome.what}, and {names} cannot be used after the call", outcome.seen(world))
        elif outcome.ended:
            yield Breach(f"{outcome.what}: {outcome.ended}", outcome.seen(world))


def _stays_in_its_database(world: World) -> Iterator[Breach]:
    ordinary, *others = sandbox.outcomes(world, "statements")
    if not ordinary.databases:
        world.unseen = "an SQLite database in the working folder: root=..., for what changes data"
    may_write = world.contract.hints.side_effects in ("write", "external")
    for outcome in others:
        elsewhere = [place for place in outcome.wrote if place not in ordinary.wrote]
        changed = [name for name in outcome.changed if name not in ordinary.changed]
        if elsewhere:
            yield Breach(f"{outcome.what}: it wrote {elsewhere[0]}", outcome.seen(world))
        elif changed and not may_write:
            yield Breach(f"{outcome.what}: {changed[0]} is another afterwards", outcome.seen(world))
        elif outcome.sqlite and outcome.accepted and "ATTACH" in str(outcome.arguments):
            yield Breach(f"{outcome.what}: ATTACH is not refused", outcome.seen(world))


def _starts_nothing(world: World) -> Iterator[Breach]:
    declared = world.contract.hints.side_effects == "external"
    for outcome in sandbox.outcomes(world, "commands"):
        for line in outcome.started:
            if MARK in line:
                yield Breach(f"it starts: {line}", outcome.seen(world), severity="warning" if declared else "")


def _with(*kinds: str) -> Callable[[Contract], bool]:
    return lambda contract: not contract.steps and bool(names_of(contract, *kinds))


def _can_be_tried(contract: Contract) -> str:
    return can_be_imported(contract) or ("" if limits.available() else "a system that limits processes: this one has no fork")


LAWS = (
    Law(
        id="reads-stay-inside",
        sentence="only files of the working folder are read, wherever a path leads",
        why="/proc/self/environ holds the keys of the process, and the model gets to read them",
        fix="resolve the path below a root, links followed, and refuse what is not below it, before it is opened; name other "
        "folders that the tool may read: reads=[...]",
        check=_reads_inside,
        missing=_can_be_tried,
        concerns=_with("path"),
    ),
    Law(
        id="dangerous-paths-do-not-hang",
        sentence="a path to a device, a pipe, a folder or a huge file ends in an answer, in time and in little memory",
        why="reading a pipe waits for ever and /dev/zero never ends; a size of 0, as /proc gives, is no promise",
        fix="open without waiting (os.O_NONBLOCK), take regular files only (stat.S_ISREG), and read a bounded number of bytes",
        check=_comes_back,
        missing=_can_be_tried,
        concerns=_with("path"),
    ),
    Law(
        id="the-process-survives",
        sentence="whatever is given as a path, the process and its standard files can be used afterwards",
        why="open(True) is the standard output of the process, and it is closed when the file is",
        fix="take a path only if it is a text, and refuse the files of /dev",
        check=_survives,
        missing=_can_be_tried,
        concerns=_with("path"),
    ),
    Law(
        id="sql-stays-in-its-database",
        sentence="SQL that changes data is refused, unless side_effects says that the tool writes; no SQL reaches another file",
        why="the model drops a table, or copies the database to where others read it",
        fix="open the database for reading only (file:...?mode=ro), let one statement through, and refuse ATTACH and VACUUM; "
        "a tool that is to change data says so: side_effects='write'",
        check=_stays_in_its_database,
        missing=_can_be_tried,
        concerns=_with("sql"),
    ),
    Law(
        id="commands-are-not-started",
        sentence="no argument is part of the command line of a program or shell that the tool starts",
        why="what a model writes, or a page that it read, runs as a program on this machine",
        fix="do the work in Python, or choose the command from a list of your own; a tool that is there to run commands says "
        "so, and is warned: side_effects='external'",
        check=_starts_nothing,
        missing=_can_be_tried,
        concerns=_with("path", "sql", "command"),
    ),
)

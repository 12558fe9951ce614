"""What a tool may not tell: keys of its own, and secrets that it was given."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering.upstream import table
from autogen_harness.contracts.calling.canaries import Environment, Reads, in_arguments, secret_variables
from autogen_harness.contracts.generation.mistakes import mistakes
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import every_edge, every_fault, no_schema
from autogen_harness.contracts.reading.verdicts import MESSAGE_KEYS, errors, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autogen_harness.contracts.calling.world import Seen, World

_BAIT = "AUTOGEN_HARNESS_CANARY"
"""A variable that no tool asks for: in a result it means that the whole environment is there."""


def _kept(world: World) -> Iterator[Breach]:
    yield from _of_the_environment(world)
    url = world.main.url if world.origins else ""
    for place, value, arguments in list(
        in_arguments(world.contract, world.ordinary, url)
    ):  # made before any call, so all differ
        for plan in table(world.origins):
            seen = world.call(arguments, plan)
            yield from (Breach(f"{place} stands in {where}", seen) for where in _told(seen, _error_texts(seen), value))


def _of_the_environment(world: World) -> Iterator[Breach]:
    with Reads() as reads:
        world.call(world.ordinary)
    with Environment({_BAIT, *secret_variables(reads.names)}) as environment:
        found = next(_shown(world, environment.canaries), None)
    yield from () if found is None else (found,)


def _shown(world: World, canaries: Mapping[str, str]) -> Iterator[Breach]:
    wrong = (world.call(mistake.arguments) for mistake in mistakes(world.contract, world.ordinary))
    for seen in chain(every_fault(world), every_edge(world), wrong):
        for value, name in canaries.items():
            what = "the environment" if name == _BAIT else f"the environment's {name}"
            yield from (Breach(f"{what} stands in {where}", seen) for where in _told(seen, str(seen.result), value))


def _told(seen: Seen, said: str, value: str) -> Iterator[str]:
    """Where a secret stands, of all that leaves a tool."""
    outlets = {
        "the result" if seen.raised is None else "the exception": said if seen.raised is None else _text(seen.raised),
        "the log": "\n".join(seen.logged),
        "what it prints": seen.printed,
    }
    yield from (where for where, text in outlets.items() if value in text)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  # another law is about that
        return ""


def _error_texts(seen: Seen) -> str:
    """What the errors of a result say: elsewhere a model may read again what it sent itself."""
    found: list[Any] = [error.get(key) for error in errors(parsed(seen.result)) for key in MESSAGE_KEYS]
    return json.dumps(found)


LAWS = (
    Law(
        id="secrets-stay-out-of-results",
        sentence="no result, log or print shows a secret: no key of its own, and in errors none that it was given",
        why="the conversation is sent to the model's provider, kept, and read by others; so is the log",
        fix="never quote an exception of an HTTP client, whose text has the whole URL: name its type, or the status; "
        "send keys in headers",
        check=_kept,
        missing=no_schema,
    ),
)

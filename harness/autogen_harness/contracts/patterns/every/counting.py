"""How many items a tool gives: no more than it was asked for, and none of the upstream's lost."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering import bulk
from autogen_harness.contracts.answering.upstream import always, played
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.patterns.every.envelope import needs_upstream
from autogen_harness.contracts.reading.verdicts import is_error, parsed
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autogen_harness.contracts.answering.upstream import Origin, Plan
    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract

    Lengths = Mapping[tuple[str, ...], int]

_FIRST = frozenset({"num", "max", "top", "limit", "count", "n"})
_LAST = frozenset({"limit", "count", "n", "k"})
_OF_OTHER_THINGS = frozenset(
    [
        "retries",
        "retry",
        "attempts",
        "tokens",
        "token",
        "chars",
        "characters",
        "length",
        "size",
        "bytes",
        "seconds",
        "minutes",
        "days",
        "time",
        "timeout",
        "depth",
        "age",
        "price",
        "revenue",
        "pages",
        "workers",
        "width",
        "height",
        "turns",
        "redirects",
        "concurrency",
        "score",
        "value",
        "amount",
        "word",
        "words",
    ]
)
_NUMBERS = (-1, 0, 1, 2, 3, 5, 10)


def limit_parameters(contract: Contract) -> list[str]:
    """Parameters that say how many items a result may have, by their names: num_results, limit, max_rows, top_k, count, n."""
    return [name for name, schema in contract.properties.items() if _is_limit(name, schema)]


def _is_limit(name: str, schema: Any) -> bool:
    kinds = schema.get("type") if isinstance(schema, dict) else None
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower())
    is_whole = kinds == "integer" or (isinstance(kinds, list) and "integer" in kinds)
    return is_whole and bool(words) and (words[0] in _FIRST or words[-1] in _LAST) and not _OF_OTHER_THINGS & {*words}


def _limits_kept(world: World) -> Iterator[Breach]:
    accepts = Checker(world.contract.schema).accepts
    for name in limit_parameters(world.contract):
        schema = world.contract.properties[name]
        numbers = sorted({*_NUMBERS, *(schema[edge] for edge in ("minimum", "maximum", "default") if edge in schema)})
        allowed = [number for number in numbers if accepts({**world.ordinary, name: number})]
        for plan in _plans(world):
            yield from _asked_for(world, name, allowed, plan)


def _plans(world: World) -> Iterator[Plan]:
    """Every recorded success, and the ordinary one with more items in its lists."""
    if not world.origins:
        yield world.calm
        return
    yield from (played(origin, world.origins) for origin in world.origins if origin.ok)
    longer = bulk.reshaped(world.main, bulk.with_long_lists)
    if longer is not None:
        yield always(f"{world.main.name}, with long lists", longer, longer.status)


def _asked_for(world: World, name: str, numbers: list[int], plan: Plan) -> Iterator[Breach]:
    answers = [(number, world.call({**world.ordinary, name: number}, plan)) for number in numbers]
    counted = [(number, seen, _lengths(parsed(seen.result))) for number, seen in answers if _is_success(seen)]
    for path in _lists(counted):
        most = 0
        for number, seen, lengths in counted:
            length = lengths.get(path, 0)
            if length > max(0, number):
                yield Breach(f"{name} = {number}, and {length} items came", seen)
            elif length < most:
                yield Breach(f"{name} = {number} gave {length} items, a smaller number gave {most}", seen)
            most = max(most, length)


def _is_success(seen: Seen) -> bool:
    value = parsed(seen.result)
    return seen.raised is None and value is not None and not is_error(value)


def _lengths(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], int]:
    """How long each list of a result is that is not an item's own."""
    if isinstance(value, list):
        return {path: len(value)}
    found: dict[tuple[str, ...], int] = {}
    for key, item in value.items() if isinstance(value, dict) else ():
        found.update(_lengths(item, (*path, key)))
    return found


def _lists(counted: list[tuple[int, Seen, dict[tuple[str, ...], int]]]) -> list[tuple[str, ...]]:
    """The lists that the number is about: those whose length goes with it; where none does, the only one that there is."""
    paths = list(dict.fromkeys(path for *_, lengths in counted for path in lengths))
    moving = [path for path in paths if len({lengths.get(path, 0) for *_, lengths in counted}) > 1]
    return moving or (paths if len(paths) == 1 else [])


def _none_lost(world: World) -> Iterator[Breach]:
    most = {name: world.contract.properties[name].get("maximum", 1_000) for name in limit_parameters(world.contract)}
    looked_at = 0
    for label, reply_body, plan in _replies(world):
        wanted = list(world.contract.hints.items[0](reply_body))
        seen = world.call({**world.ordinary, **most}, plan)
        looked_at += len(wanted)
        got = list(world.contract.hints.items[1](parsed(seen.result))) if _is_success(seen) else []
        lost = [item for item in wanted if item not in got]
        if lost and len(got) < min([len(wanted), *most.values()]):
            yield Breach(f"{len(lost)} of {len(wanted)} items of {label} are not in the result, such as {lost[0]!r}", seen)
    if not looked_at:
        world.unseen = "a reply in which the first function of items finds any"


def _replies(world: World) -> Iterator[tuple[str, Any, Plan]]:
    """Every recorded success, and the same with its lists turned round."""
    for origin in filter(_has_json, world.origins):
        yield origin.name, json.loads(origin.reply.body), played(origin, world.origins)
        turned = bulk.reshaped(origin, _turned)
        if turned is not None:
            label = f"{origin.name}, with its lists turned round"
            yield label, json.loads(turned.body), always(label, turned, turned.status)


def _has_json(origin: Origin) -> bool:
    try:
        json.loads(origin.reply.body)
    except ValueError:
        return False
    return origin.ok


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _turned(item) for key, item in value.items()}
    return [_turned(item) for item in reversed(value)] if isinstance(value, list) else value


def _needs_limit(contract: Contract) -> str:
    there = bool(limit_parameters(contract)) if contract.sound else False
    return no_schema(contract) or ("" if there else "a parameter that says how many items are wanted, such as limit")


LAWS = (
    Law(
        id="limits-are-kept",
        sentence="a result has no more items than were asked for, none where none were, and no fewer where more were",
        why="the model asks for three results and pays for four, or for all",
        fix="cut the finished list with [:n], after everything has been put in, and refuse n below 1",
        check=_limits_kept,
        missing=_needs_limit,
    ),
    Law(
        id="no-item-is-lost",
        sentence="every item of the upstream's reply is in the result, however it is grouped and wherever it stands",
        why="what stands in a group is never seen, and the model believes that there is nothing",
        fix="go through groups too, and cut only after everything has been collected",
        check=_none_lost,
        needs=("items",),
        missing=needs_upstream,
    ),
)

"""What only the author knows of a tool, checked over many values: filters, scores, and what policy forbids."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.generation import boundaries
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.reading.verdicts import is_error, parsed
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract

_PATTERN = frozenset({"chained"})
_AMOUNTS = ("0", "1", "500", "1K", "500K", "850K", "1M", "5.5M", "6M", "10M", "12.5M", "500M", "1B", "2.5B")
_EQUALS = (("1000K", "1M"), ("1000M", "1B"), ("5.50M", "5.5M"), ("5m", "5M"), ("$5M", "5M"), ("1000000", "1M"))
_LADDER = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 1_000_000, 0.25, 0.5, 1.5)


# -- filters -------------------------------------------------------------------------------------------------------------------


def _honoured(world: World) -> Iterator[Breach]:
    found = False
    for name, said in world.contract.hints.filters.items():
        fits, values = said if isinstance(said, tuple) else (said, ())
        results = [(value, world.call({**world.ordinary, name: value})) for value in _tried(world, name, values)]
        listed = [(value, items, seen) for value, seen in results if (items := _items(seen)) is not None]
        found = found or any(items for _, items, _ in listed)
        for value, items, seen in listed:
            if wrong := next((item for item in items if not fits(item, value)), None):
                yield Breach(f"{name} is {value!r}, and the result has {wrong!r}", seen)
        yield from _narrower(name, [one for one in listed if one[0] in values])
    if not found:
        world.unseen = "a result that lists something"


def _tried(world: World, name: str, values: Sequence[Any]) -> list[Any]:
    edges = [call[name] for call in boundaries.calls(world.contract, world.ordinary) if name in call]
    usual = [world.ordinary[name]] if name in world.ordinary else []
    return list({repr(value): value for value in (*values, *usual, *edges)}.values())


def _items(seen: Seen) -> list[Any] | None:
    """The first list of objects in a result that is no error."""
    value = parsed(seen.result)
    if seen.raised is not None or is_error(value):
        return None
    lists = [value] if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    return next((one for one in lists if isinstance(one, list) and all(isinstance(item, dict) for item in one)), None)


def _narrower(name: str, by_value: Sequence[tuple[Any, list[Any], Seen]]) -> Iterator[Breach]:
    """Values that the author gave in order, widest first: each lists only what the one before lists."""
    for (wide, before, _), (narrow, after, seen) in pairwise(by_value):
        known = {_text(item) for item in before}
        if extra := next((item for item in after if _text(item) not in known), None):
            yield Breach(f"{name}={narrow!r} lists {extra!r}, which {name}={wide!r} does not", seen)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


# -- scores --------------------------------------------------------------------------------------------------------------------


def _monotone(world: World) -> Iterator[Breach]:
    tiers: dict[float, tuple[Any, Any]] = {}
    for name, direction in world.contract.hints.monotone.items():
        scored = [(value, *_score(world, name, value)) for value in _ladder(world.contract, name)]
        known = [(value, score, seen) for value, score, seen in scored if score is not None]
        if len(known) < 2:
            world.unseen = f"two values of {name} that have a score"
        for (low, before, _), (high, after, seen) in pairwise(known):
            if direction * after < direction * before:
                yield Breach(f"{name}={low!r} scores {before:g} and {name}={high!r} scores {after:g}", seen)
        yield from _in_other_units(world, name)
        for value, score, seen in known:
            tier = _tier(seen)
            earlier, arguments = tiers.setdefault(score, (tier, {name: value}))
            if tier != earlier:
                yield Breach(f"a score of {score:g} is tier {tier!r}, and tier {earlier!r} with {arguments}", seen)


def _ladder(contract: Contract, name: str) -> list[Any]:
    """Values from low to high: an enum as it is written, amounts as texts, numbers."""
    schema = contract.properties[name]
    values = schema.get("enum") or (_AMOUNTS if schema.get("type") == "string" else sorted(_LADDER))
    accepts = Checker(schema).accepts
    return [value for value in values if accepts(value)]


def _score(world: World, name: str, value: Any) -> tuple[float | None, Seen]:
    seen = world.call({**world.ordinary, name: value})
    result = parsed(seen.result)
    return (None if seen.raised is not None or is_error(result) else _number(result)), seen


def _number(result: Any) -> float | None:
    """The score in a result: the field called so, else the only number."""
    numbers = {name: value for name, value in (result.items() if isinstance(result, dict) else ()) if _is_number(value)}
    named = [value for name, value in numbers.items() if name == "score" or name.endswith("_score")]
    return next(iter(named), next(iter(numbers.values())) if len(numbers) == 1 else None)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _tier(seen: Seen) -> Any:
    result = parsed(seen.result)
    return next((value for name, value in result.items() if name == "tier" or name.endswith("_tier")), None)


def _in_other_units(world: World, name: str) -> Iterator[Breach]:
    accepts = Checker(world.contract.properties[name]).accepts
    for one, other in _EQUALS:
        if "enum" not in world.contract.properties[name] and accepts(one) and accepts(other):
            (first, _), (second, seen) = _score(world, name, one), _score(world, name, other)
            if first != second:
                yield Breach(f"{name}={one!r} scores {first} and {name}={other!r}, which is as much, scores {second}", seen)


# -- policy --------------------------------------------------------------------------------------------------------------------


def _kept(world: World) -> Iterator[Breach]:
    flags = _flags(world.call(world.ordinary))
    found = False
    for arguments in boundaries.calls(world.contract, world.ordinary):
        if not world.contract.hints.policy(arguments):
            found, seen = True, world.call(arguments)
            yield from _refused(seen, flags)
    if not found:
        world.unseen = "a call that policy forbids, among the edges of the schema"


def _refused(seen: Seen, flags: set[str]) -> Iterator[Breach]:
    """An error, or a flag that is true when it is done and is not now."""
    value = parsed(seen.result)
    said = seen.raised is not None or is_error(value) or bool(flags - _flags(seen))
    if not said:
        yield Breach("policy forbids the call, and it was done", seen)
    elif any(request.method not in ("GET", "HEAD") for request in seen.attempts):
        yield Breach("policy forbids the call, and a request that writes was sent", seen)


def _flags(seen: Seen) -> set[str]:
    value = parsed(seen.result)
    return {name for name, flag in value.items() if flag is True} if isinstance(value, dict) else set()


def _unknown(hint: str) -> Callable[[Contract], str]:
    def missing(contract: Contract) -> str:
        said: Mapping[str, Any] = getattr(contract.hints, hint) or {}
        strange = next((name for name in said if name not in contract.properties), "")
        return no_schema(contract) or (f"a parameter {strange!r}, which {hint} speaks of" if strange else "")

    return missing


LAWS = (
    Law(
        id="filters-are-honoured",
        sentence="everything that is listed satisfies the filter, and a stricter one lists nothing new",
        why="the model asked for companies above ten million, and works with whatever came",
        fix="apply the argument to what is listed, or remove the parameter",
        check=_honoured,
        patterns=_PATTERN,
        needs=("filters",),
        missing=_unknown("filters"),
    ),
    Law(
        id="scores-are-monotone",
        sentence="a score moves as its author says, whatever the unit, and the tier follows from the score",
        why="a company of one billion scores zero, since its revenue does not end in M",
        fix="turn amounts into numbers first, and compare places in an ordered list in place of parts of texts",
        check=_monotone,
        patterns=_PATTERN,
        needs=("monotone",),
        missing=_unknown("monotone"),
    ),
    Law(
        id="policy-is-in-the-tool",
        sentence="a call that policy forbids is refused by the tool itself",
        why="what only the prompt forbids is done as soon as a model forgets, or is talked into it",
        fix="look at the arguments where the work is done, and return {'error': ...} or say in a flag that it was not done",
        check=_kept,
        patterns=_PATTERN,
        needs=("policy",),
        missing=no_schema,
    ),
)

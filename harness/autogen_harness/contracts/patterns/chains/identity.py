"""The ids that a tool gives: two things must not share one."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.calling.performing import perform
from autogen_harness.contracts.generation.names import kind_of
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.reading.verdicts import is_error, parsed
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract

FEW = 200
"""Inputs that are tried first: ids made from the beginning, or the length, of a name collide among them."""

MANY = 10_000
"""The most inputs that are tried. Among the ids of 16 million places or more, chance would not show a collision even so."""

_ID = re.compile(r"(^|_)(id|uuid|guid)$", re.IGNORECASE)

_BEGINNINGS = ("Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Heron", "Ivory", "Jasper", "Kestrel")

Ids = dict[str, list[Any]]


def _unique(world: World) -> Iterator[Breach]:
    for name in _names(world.contract):
        seen, ids = _given(world, name, FEW)
        for field, values in ids.items():
            if len(set(map(repr, values))) < 2 or len(values) < FEW:
                continue  # no id of what is named, or some inputs have none
            more = min(MANY, _enough(values))
            if more > FEW and len(set(map(repr, values))) == FEW:
                seen, ids = _given(world, name, more)
                values = ids.get(field, [])  # noqa: PLW2901  # of more inputs
            yield from _shared(name, field, values, seen)
            return
    world.unseen = "a text that may be any, and on which an id in the result depends"


def _names(contract: Contract) -> list[str]:
    """Parameters that take any text."""
    free = {name: schema for name, schema in contract.properties.items() if schema.get("type") == "string"}
    return [name for name, schema in free.items() if not kind_of(name, schema) and Checker(schema).accepts(_text(0))]


def _text(number: int) -> str:
    return f"{_BEGINNINGS[number % len(_BEGINNINGS)]} Trading {number:05d} Ltd"


def _given(world: World, name: str, count: int) -> tuple[Seen, Ids]:
    """The ids in the results of as many calls, made one after the other within one call of the world."""
    ids: Ids = {}

    def many(**ordinary: Any) -> str:
        for number in range(count):
            value = parsed(perform(world.contract.tool, {**ordinary, name: _text(number)}))
            if not isinstance(value, dict) or is_error(value):
                break
            for field, one in _ids_of(value, ordinary).items():
                ids.setdefault(field, []).append(one)
        return json.dumps({field: values[:3] for field, values in ids.items()})

    return world.call(world.ordinary, tool=many), ids


def _ids_of(value: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that name themselves an id, and are not simply what was given."""
    return {
        field: one
        for field, one in value.items()
        if _ID.search(field) and isinstance(one, (str, int)) and one not in given.values() and field not in given
    }


def _enough(values: Sequence[Any]) -> int:
    """How many inputs show a collision if ids are drawn from a space as large as these seem to be (four times its root)."""
    texts = [str(value) for value in values]
    places = zip(*(text.ljust(max(map(len, texts))) for text in texts), strict=True)
    space = math.prod(len(set(place)) for place in places)
    wanted = 4 * math.isqrt(space)
    return wanted if wanted <= 4 * 4096 else 0


def _shared(name: str, field: str, values: Sequence[Any], seen: Seen) -> Iterator[Breach]:
    first: dict[str, int] = {}
    for number, value in enumerate(values):
        earlier = first.setdefault(repr(value), number)
        if earlier != number:
            said = f"{name} {_text(earlier)!r} and {_text(number)!r} have the same {field}, {value!r}"
            yield Breach(f"{said}, among {len(values)} inputs", seen)
            return


LAWS = (
    Law(
        id="ids-are-unique",
        sentence="different inputs have different ids",
        why="one lead overwrites another, and nobody is told",
        fix="make ids from enough of a digest (12 hex digits of sha256 or more), or let the database count",
        check=_unique,
        patterns=frozenset({"chained"}),
        missing=lambda contract: no_schema(contract) or ("" if _names(contract) else "a parameter that takes any text"),
    ),
)

"""Arrays: places with schemas of their own, the items after them, and items that must be among them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from autogen_harness.contracts.generation.emptiness import is_empty
from autogen_harness.contracts.generation.joining import both, of_place

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.contracts.generation.joining import Flat, Schema

    Values = st.SearchStrategy[Any]
    Build = Callable[[Schema], Values]

ROOM = 5
"""Items beyond the least, where nothing bounds an array."""


def arrays(flat: Flat, build: Build) -> Values:
    """Arrays that a set of keywords allows, as far as the strategy can see; nothing where none has such a length."""
    least, most = flat.get("minItems", 0), flat.get("maxItems")
    needed = sum(low for _, low, _ in flat.get("contains", ()))
    for part, low, high in flat.get("contains", ()):
        if (high is not None and low > high) or (low and not _has_room(flat, build, part)):
            return st.nothing()
    most = max(least, needed) + max(ROOM, len(flat.get("prefixItems", ()))) if most is None else most
    plain = _sized(flat, build, least, most)
    if not needed or needed > most:
        return plain if not needed else st.nothing()
    return st.one_of(plain, _with_needed(flat, build, (max(0, least - needed), most - needed)))


def _has_room(flat: Flat, build: Build, part: Schema) -> bool:
    """Whether an item of a schema may stand at any place."""
    places = range(len(flat.get("prefixItems", ())) + 1)
    return any(not is_empty(build(both(of_place(flat, number), part))) for number in places)


def _sized(flat: Flat, build: Build, least: int, most: int) -> Values:
    prefix = flat.get("prefixItems", ())
    most = next((number for number, part in enumerate(prefix[:most]) if part is False), most)
    if least > most:
        return st.nothing()
    places = [build(part) for part in prefix[:most]]
    short = [_listed(places[:size], st.just([])) for size in range(least, len(places))]
    rest = _rest(flat, build, max(0, least - len(places)), most - len(places))
    return st.one_of(*short, _listed(places, rest))


def _listed(places: list[Values], rest: Values) -> Values:
    if not places:
        return rest
    return st.tuples(st.tuples(*places), rest).map(lambda drawn: [*drawn[0], *drawn[1]])


def _rest(flat: Flat, build: Build, least: int, most: int) -> Values:
    items = flat.get("items", True)
    if items is False or most <= 0:
        return st.nothing() if least else st.just([])
    unique = identity if flat.get("uniqueItems") else None
    return st.lists(build(items), min_size=least, max_size=most, unique_by=unique)


def _with_needed(flat: Flat, build: Build, size: tuple[int, int]) -> Values:
    """The needed items stand behind the first places, in front of the others or behind them."""
    after = len(flat.get("prefixItems", ()))
    wanted = [
        st.lists(build(both(of_place(flat, after), part)), min_size=low, max_size=low) for part, low, _ in flat["contains"]
    ]

    def woven(drawn: Any) -> list[Any]:
        base, needed, last = drawn
        found = [item for items in needed for item in items]
        return [*base, *found] if last else [*base[:after], *found, *base[after:]]

    low, high = size
    base = _sized({**flat, "minItems": low, "maxItems": high}, build, max(low, 0), high)
    return st.tuples(base, st.tuples(*wanted), st.booleans()).map(woven)


def identity(value: Any) -> str:
    """Equal for values that are one to JSON Schema: 1 and 1.0 are, 1 and true are not."""
    return json.dumps(_whole(value), sort_keys=True)


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return {key: _whole(item) for key, item in value.items()} if isinstance(value, dict) else value

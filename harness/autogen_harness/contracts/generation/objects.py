"""Objects: properties that are known, those of a pattern, and others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from autogen_harness.contracts.generation.emptiness import is_empty
from autogen_harness.contracts.generation.joining import both, of_name
from autogen_harness.contracts.generation.texts import names
from autogen_harness.schemas.dialect import in_python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from autogen_harness.contracts.generation.joining import Flat, Schema

    Values = st.SearchStrategy[Any]
    Build = Callable[[Schema], Values]

ROOM = 3
"""Properties beyond the least, where nothing bounds a map."""

_NAMES = st.text(max_size=30)


def objects(flat: Flat, build: Build, words: Sequence[str]) -> Values:
    """Objects that a set of keywords allows, as far as the strategy can see; nothing where none can be.

    What an object may have beyond its properties is drawn only where its schema speaks of that, or more is needed: what is not
    forbidden is not yet meant. ``words`` are names that are tried among others.
    """
    required = list(dict.fromkeys(flat.get("required", ())))
    known = [name for name in flat.get("properties", {}) if name not in required and of_name(flat, name) is not False]
    least, most = max(0, flat.get("minProperties", 0) - len(required)), flat.get("maxProperties")
    room = None if most is None else most - len(required)
    if room is not None and room < least:
        return st.nothing()
    must = st.fixed_dictionaries({name: build(of_name(flat, name)) for name in required})
    may = {name: build(of_name(flat, name)) for name in known}
    more = _more(flat, build, {*required, *flat.get("properties", {})}, words)
    if room is None and least == 0:
        return _together([must, st.fixed_dictionaries({}, optional=may), *([_some(more, 0, ROOM)] if _open(flat) else [])])
    if not may:
        return _together([must, _some(more, least, least + ROOM if room is None else room)])
    return _counted(must, may, more if least > len(may) or _open(flat) else st.nothing(), (least, room))


def _open(flat: Flat) -> bool:
    """Whether a schema speaks of properties that it does not name, or of none at all."""
    rest = flat.get("additionalProperties", True)
    return bool("patternProperties" in flat or not flat.get("properties") or (rest and rest is not True))


def _together(parts: Iterable[Values]) -> Values:
    return st.tuples(*parts).map(lambda drawn: {name: value for part in reversed(drawn) for name, value in part.items()})


def _some(pairs: Values, least: int, most: int) -> Values:
    """Dictionaries of pairs."""
    if is_empty(pairs):
        return st.nothing() if least else st.just({})
    return st.lists(pairs, min_size=least, max_size=most, unique_by=lambda pair: pair[0]).map(dict)


def _counted(must: Values, may: dict[str, Values], more: Values, size: tuple[int, int | None]) -> Values:
    """As many properties as are needed, of those that may be and of others."""
    least, room = size
    fit = sorted(name for name, values in may.items() if not is_empty(values))
    room = max(least, len(fit)) + (0 if is_empty(more) else ROOM) if room is None else room
    if is_empty(more) and least > len(fit):
        return st.nothing()
    few, many = (least if is_empty(more) else 0), min(len(fit), room)
    chosen = st.lists(st.sampled_from(fit), unique=True, min_size=few, max_size=many) if fit and many else st.just([])

    def filled(picked: list[str]) -> Values:
        left = max(0, least - len(picked))
        own = st.fixed_dictionaries({name: may[name] for name in picked})
        return _together([must, own, _some(more, left, max(left, min(room - len(picked), left + ROOM)))])

    return chosen.flatmap(filled)


def _more(flat: Flat, build: Build, taken: set[str], words: Sequence[str]) -> Values:
    """Pairs of a name and a value that the properties do not speak of."""
    patterns = [in_python(pattern) for pattern in flat.get("patternProperties", {})]
    allowed = flat.get("propertyNames", True)
    of_patterns = [
        st.tuples(names(pattern), build(part))
        for pattern, part in flat.get("patternProperties", {}).items()
        if part is not False
    ]
    rest = flat.get("additionalProperties", True)
    others = _NAMES if allowed is True else build(both({"type": "string"}, allowed))
    if words and allowed is True:
        others = others | st.sampled_from(words)
    free = others.filter(lambda name: not any(re.search(pattern, name) for pattern in patterns))
    pairs = st.one_of(*of_patterns, *([st.tuples(free, build(rest))] if rest is not False else []))
    return pairs.filter(lambda pair: pair[0] not in taken)

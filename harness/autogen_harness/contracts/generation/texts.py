"""Texts of a pattern, a format and a length."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from autogen_harness.contracts.generation.formats import texts_of
from autogen_harness.schemas.dialect import in_python

if TYPE_CHECKING:
    from autogen_harness.contracts.generation.joining import Flat

    Texts = st.SearchStrategy[str]

ROOM = 30
"""Characters beyond the least, where nothing bounds a text."""

_ONE_KIND = re.compile(r"\^(\[(?:\\.|[^\]\\])+\]|\\[dwsDWS]|\\[pP]\{\w+\}|\.)([*+]|\{\d+(?:,\d*)?\})\$")
"""A pattern that is one set of characters, repeated: its length can be said in advance."""


def texts(flat: Flat) -> Texts:
    """Texts that a set of keywords allows, as far as the strategy can see; nothing where none has such a length."""
    least, most = flat.get("minLength", 0), flat.get("maxLength")
    if most is not None and least > most:
        return st.nothing()
    narrow = [_matching(_sized(pattern, least, most)) for pattern in flat.get("pattern", ())]
    narrow += [made for name in flat.get("format", ()) if (made := texts_of(name)) is not None]
    if not narrow:
        return st.text(min_size=least, max_size=least + ROOM if most is None else most)
    return st.one_of(narrow).filter(lambda text: least <= len(text) and (most is None or len(text) <= most))


def _sized(pattern: str, least: int, most: int | None) -> str:
    """The pattern, with the bounds of the length in it where it is simple enough."""
    found = _ONE_KIND.fullmatch(pattern)
    if found is None or (not least and most is None):
        return pattern
    low, high = _repeats(found[2])
    bounds = [bound for bound in (high, most) if bound is not None]
    upper = min(bounds) if bounds else max(low, least) + ROOM
    return f"^{found[1]}{{{max(low, least)},{upper}}}$" if max(low, least) <= upper else pattern


def _repeats(quantifier: str) -> tuple[int, int | None]:
    if quantifier in ("*", "+"):
        return int(quantifier == "+"), None
    low, comma, high = quantifier.strip("{}").partition(",")
    return int(low), int(high) if high else None if comma else int(low)


def _matching(pattern: str) -> Texts:
    made = in_python(pattern, few=True)
    return st.from_regex(made, alphabet=st.characters(exclude_categories=["Cs"]))


def names(pattern: str) -> st.SearchStrategy[Any]:
    """Names of properties that match a pattern."""
    return _matching(pattern)

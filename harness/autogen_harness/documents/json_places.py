"""Where the values of a valid JSON text stand. Looked up only when there is something to complain about."""

from __future__ import annotations

import re
from json import decoder

from autogen_harness.documents.places import Places, Steps

_SPACE = re.compile(r"\s*")
_SCALAR = re.compile(r"[^\s,\]}]+")


def places_in(text: str) -> Places:
    """The places of a JSON text; those of the root alone where it is nested too deeply to follow."""
    places = Places({}, {}, [])
    try:
        _walk(text, 0, (), places)
    except RecursionError:
        places.values.setdefault((), 0)
    return places


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _walk(text: str, at: int, steps: Steps, places: Places) -> int:
    """Note where the value at ``at`` and all values in it begin; the text is valid JSON. Returns the offset behind it."""
    at = _skip(text, at)
    places.values[steps] = at
    if text[at] in "{[":
        return _walk_inside(text, at, steps, places)
    if text[at] == '"':
        return _string(text, at)[1]
    literal = _SCALAR.match(text, at)
    if literal is None:  # not in a valid text
        return len(text)
    if literal[0] not in {"true", "false", "null"}:
        places.numbers.append((steps, literal[0]))
    return literal.end()


def _string(text: str, at: int) -> tuple[str, int]:
    """The string whose quote stands at ``at``, and the offset behind it."""
    found: tuple[str, int] = decoder.scanstring(text, at + 1)  # type: ignore[attr-defined]  # typeshed does not list it
    return found


def _walk_inside(text: str, at: int, steps: Steps, places: Places) -> int:
    table, index = text[at] == "{", 0
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        step: str | int = index
        if table:
            start = at
            step, at = _string(text, at)
            places.keys.setdefault((*steps, step), []).append(start)
            at = _skip(text, at) + 1  # the colon
        at = _skip(text, _walk(text, at, (*steps, step), places))
        at = _skip(text, at + 1) if text[at] == "," else at
        index += 1
    return at + 1

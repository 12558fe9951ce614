"""Read the items of one array at the top of a JSON text as they are parsed, so that no more than one is in memory unread.

The parser is the standard library's; only the two levels around the items are walked here. Of a large file all values at once
would take many times the memory of what is made of them, and the time to go through it twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

Scan = Callable[[str, int], tuple[Any, int]]
"""The value that begins at a place, and where it ends: ``json.JSONDecoder.raw_decode``."""


class Each(NamedTuple):
    """``read(index, item)`` gives what takes the place of each item in the array ``name``."""

    name: str
    read: Callable[[int, Any], Any]


_OPEN = re.compile(r"[ \t\n\r]*\{[ \t\n\r]*")
_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_ARRAY = re.compile(r"\[[ \t\n\r]*")
_NEXT = re.compile(r"[ \t\n\r]*([,\]}])[ \t\n\r]*")


class _Unusual(Exception):
    """Something stands there that is not walked here."""


def pairs(text: str, scan: Scan, each: Each) -> list[tuple[str, Any]] | None:
    """The keys and values of the object that a text is, the items read; None where it has to be parsed as a whole.

    That is the case where it is not JSON, so that the parser may say why; and where an object or array walked here is empty.
    """
    try:
        return _pairs(text, scan, each)
    except (_Unusual, ValueError, RecursionError):
        return None


def _pairs(text: str, scan: Scan, each: Each) -> list[tuple[str, Any]]:
    made: list[tuple[str, Any]] = []
    mark, at = ",", _past(_OPEN, text, 0).end()
    while mark == ",":
        key, at = scan(text, at)
        at = _past(_COLON, text, at).end()
        walked = key == each.name and _ARRAY.match(text, at)
        value, at = _items(text, scan, each, walked.end()) if walked else scan(text, at)
        made.append((key, value))
        mark, at = _next(text, at)
    if mark != "}" or at < len(text) or not all(type(key) is str for key, _ in made):
        raise _Unusual
    return made


def _items(text: str, scan: Scan, each: Each, at: int) -> tuple[list[Any], int]:
    made: list[Any] = []
    mark = ","
    while mark == ",":
        item, at = scan(text, at)
        made.append(each.read(len(made), item))
        mark, at = _next(text, at)
    if mark != "]":
        raise _Unusual
    return made, at


def _next(text: str, at: int) -> tuple[str, int]:
    found = _past(_NEXT, text, at)
    return found[1], found.end()


def _past(pattern: re.Pattern[str], text: str, at: int) -> re.Match[str]:
    found = pattern.match(text, at)
    if found is None:
        raise _Unusual
    return found

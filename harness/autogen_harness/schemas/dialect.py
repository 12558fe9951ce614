r"""Patterns of JSON Schema are ECMA 262's (Validation, section 6.3.3); here they are told to Python's ``re``.

What differs: ``$`` is the very end, ``\d \w \s`` are those of ECMA, ``\p{...}`` names a Unicode property, ``(?<name>...)`` a
group. What only Python knows is left as it is.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

from autogen_harness.schemas.parts import rebuilt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Ranges = tuple[tuple[int, int], ...]

_SHORT: dict[str, Ranges] = {
    "d": ((48, 57),),
    "w": ((48, 57), (65, 90), (95, 95), (97, 122)),
    "s": (
        *((9, 13), (32, 32), (160, 160), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029)),
        *((0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
    ),
}

_LONG = {
    "letter": "L",
    "uppercase_letter": "Lu",
    "lowercase_letter": "Ll",
    "titlecase_letter": "Lt",
    "modifier_letter": "Lm",
    "other_letter": "Lo",
    "mark": "M",
    "combining_mark": "M",
    "nonspacing_mark": "Mn",
    "number": "N",
    "digit": "Nd",
    "decimal_number": "Nd",
    "letter_number": "Nl",
    "other_number": "No",
    "punctuation": "P",
    "punct": "P",
    "symbol": "S",
    "dash_punctuation": "Pd",
    "math_symbol": "Sm",
    "currency_symbol": "Sc",
    "separator": "Z",
    "space_separator": "Zs",
    "other": "C",
    "control": "Cc",
    "cntrl": "Cc",
    "format": "Cf",
    "spacing_mark": "Mc",
    "enclosing_mark": "Me",
    "alphabetic": "L",
    "alpha": "L",
    "uppercase": "Lu",
    "lowercase": "Ll",
}
"""Long names of general categories (UAX 44, table 12); the last row are properties that are nearly one."""

_CONTROL = re.compile(r"\\c([A-Za-z])")
_PROPERTY = re.compile(r"\\([pP])\{([^}]*)\}")
_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_POINT = re.compile(r"\\u\{([0-9a-fA-F]+)\}|\\u([0-9a-fA-F]{4})")


@cache
def in_python(pattern: str, *, few: bool = False) -> str:
    r"""The pattern for ``re.search``. ``few`` keeps some characters only of each ``\p{...}``, for who draws texts.

    Raises:
        ValueError: a property that is not known, or a class that does not end.
        re.error: Python cannot read it either.
    """
    made = "".join(_Reader(pattern, few=few).outside())
    re.compile(made)
    return made


class _Reader:
    """Goes through one pattern from the left."""

    def __init__(self, pattern: str, *, few: bool) -> None:
        self._text = pattern
        self._at = 0
        self._few = few

    def outside(self) -> Iterator[str]:
        while self._at < len(self._text):
            letter = self._text[self._at]
            if letter == "\\":
                yield self._escape(within=False)
            elif letter == "[":
                yield self._class()
            elif letter == "(" and re.match(r"\(\?<(?![=!])", self._text[self._at :]):
                self._at += 3
                yield "(?P<"
            else:
                self._at += 1
                yield r"\Z" if letter == "$" else letter

    def _class(self) -> str:
        negated = self._text.startswith("[^", self._at)
        self._at += 1 + negated
        inner: list[str] = []
        while not self._text.startswith("]", self._at):
            if self._at >= len(self._text):
                message = f"a class does not end in {self._text!r}"
                raise ValueError(message)
            inner.append(self._member())
        self._at += 1
        if not inner:
            return r"[\s\S]" if negated else "(?!)"
        return f"[{'^' * negated}{''.join(inner)}]"

    def _member(self) -> str:
        letter = self._text[self._at]
        if letter != "\\":
            self._at += 1
            return f"\\{letter}" if letter in "[&|~" else letter  # which Python may read as an operation on sets one day
        many = self._text[self._at + 1 : self._at + 2] in [*"dwsDWSpP"]
        made = self._escape(within=True)
        if many and re.match(r"-[^\]]", self._text[self._at :]):  # [\w-.] has a hyphen in it, not a range
            self._at += 1
            return made + r"\-"
        return made

    def _escape(self, *, within: bool) -> str:
        rest = self._text[self._at :]
        for expression, read in ((_PROPERTY, self._property), (_PAIR, _pair), (_POINT, _point), (_CONTROL, _control)):
            found = expression.match(rest)
            if found:
                self._at += found.end()
                ranges = read(found)
                return _listed(ranges) if within else f"[{_listed(ranges)}]"
        self._at += 2
        name = rest[1:2]
        if name in _SHORT:
            return _listed(_SHORT[name]) if within else f"[{_listed(_SHORT[name])}]"
        if name.lower() in _SHORT:
            ranges = _complement(_SHORT[name.lower()])
            return _listed(ranges) if within else f"[^{_listed(_SHORT[name.lower()])}]"
        if name == "k" and rest[2:3] == "<":
            self._at += rest.index(">") - 1
            return f"(?P={rest[3 : rest.index('>')]})"
        return name if name == "/" else rest[:2]

    def _property(self, found: re.Match[str]) -> Ranges:
        ranges = _having(found[2].partition("=")[2] or found[2])
        if found[1] == "P":
            return _complement(ranges)
        return tuple((low, low) for low, _ in ranges[:60]) if self._few else ranges


def _pair(found: re.Match[str]) -> Ranges:
    high, low = int(found[1], 16), int(found[2], 16)
    point = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
    return ((point, point),)


def _point(found: re.Match[str]) -> Ranges:
    point = int(found[1] or found[2], 16)
    return ((point, point),)


def _control(found: re.Match[str]) -> Ranges:
    return ((ord(found[1]) % 32, ord(found[1]) % 32),)


def _listed(ranges: Ranges) -> str:
    return "".join(_spelled(low) if low == high else f"{_spelled(low)}-{_spelled(high)}" for low, high in ranges)


def _spelled(point: int) -> str:
    return re.escape(chr(point)) if point < 128 else chr(point)


def _complement(ranges: Ranges) -> Ranges:
    edges = [-1, *(edge for low, high in ranges for edge in (low - 1, high)), sys.maxunicode]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((low + 1, high) for low, high in pairs if low < high)


@cache
def _having(name: str) -> Ranges:
    """The characters that have a property: a general category, or a script (told from the names of its characters)."""
    known = _LONG.get(name.lower(), name)
    if name in ("Any", "ASCII"):
        return ((0, sys.maxunicode if name == "Any" else 127),)
    every = range(sys.maxunicode + 1)
    chosen = (point for point in every if unicodedata.category(chr(point)).startswith(known))
    ranges = _ranges(chosen) or _ranges(point for point in every if _is_script(chr(point), name.upper()))
    if not ranges:
        message = f"\\p{{{name}}} is not known"
        raise ValueError(message)
    return ranges


def _is_script(letter: str, script: str) -> bool:
    return unicodedata.name(letter, "").startswith(f"{script} ") and unicodedata.category(letter)[0] in "LM"


def _ranges(points: Iterable[int]) -> Ranges:
    found: list[list[int]] = []
    for point in points:
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return tuple((low, high) for low, high in found)


def spelled(schema: Any) -> tuple[Any, dict[str, str]]:
    """A schema with its patterns in Python's dialect, and from these back to what stood there. Broken ones stay."""
    said: dict[str, str] = {}

    def told(pattern: Any) -> Any:
        try:
            made = in_python(pattern)
        except (TypeError, ValueError, re.error):
            return pattern
        said.setdefault(made, pattern)
        return made

    def told_all(node: Any) -> Any:
        copy = rebuilt(node, told_all)
        if isinstance(copy, dict) and isinstance(copy.get("pattern"), str):
            copy["pattern"] = told(copy["pattern"])
        if isinstance(copy, dict) and isinstance(copy.get("patternProperties"), dict):
            copy["patternProperties"] = {told(name): one for name, one in copy["patternProperties"].items()}
        return copy

    return told_all(schema), said


def unreadable(schema: Any) -> str:
    """Why a pattern that stands in this very schema cannot be read; "" where all can."""
    table = schema if isinstance(schema, dict) else {}
    named = table.get("patternProperties")
    for pattern in (table.get("pattern"), *(named if isinstance(named, dict) else ())):
        try:
            in_python(pattern) if isinstance(pattern, str) else None
        except (ValueError, re.error) as error:
            return f"the pattern {pattern!r} cannot be read: {error}"
    return ""

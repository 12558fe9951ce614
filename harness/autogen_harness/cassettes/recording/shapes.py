"""The shape of JSON: which fields there are and of what kind, whatever their values.

The elements of an array have one shape together, and so have the values of an object whose keys are data, such as dates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autogen_harness.differences import ABSENT, Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATA_KEY = re.compile(r"\d[\d:./TZ+ -]*|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""A key that is a value: a number, a date or time, a UUID."""

_KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}


@dataclass(slots=True)
class Shape:
    """What was seen at one place.

    ``kinds`` are in the order in which they were seen; ``always`` are the fields that every object had; ``items`` is the
    shape of all elements, None where no array had any.
    """

    kinds: dict[str, None] = field(default_factory=dict)
    fields: dict[str, Shape] = field(default_factory=dict)
    always: set[str] | None = None
    items: Shape | None = None

    def see(self, value: Any) -> Shape:
        """Take a value in; returns this shape."""
        self.kinds[_KINDS[type(value)]] = None
        if isinstance(value, dict):
            self._see_fields(value)
        elif isinstance(value, list) and value:
            self.items = self.items or Shape()
            for item in value:
                self.items.see(item)
        return self

    def _see_fields(self, table: dict[str, Any]) -> None:
        if not table:
            return  # of an object without keys nobody knows whether its keys are data
        are_data = all(_DATA_KEY.fullmatch(key) for key in table)
        for key, value in table.items():
            self.fields.setdefault("*" if are_data else key, Shape()).see(value)
        names = {"*"} if are_data else set(table)
        self.always = names if self.always is None else self.always & names

    def __str__(self) -> str:
        """The kinds in words, such as ``number or null``."""
        return " or ".join(sorted(self.kinds))


def differing(before: Shape, after: Shape, place: str) -> Iterator[Difference]:
    """Where ``after`` is not what ``before`` promised, outermost places first; the two sides are told as kinds.

    A kind, a field or its absence that was not seen before is a difference. That something seen before does not occur among
    what is there now (a null, an optional field, an element) is none.
    """
    if after.kinds.keys() - before.kinds.keys():
        yield Difference(place, str(before), str(after))
    for name in dict.fromkeys((*before.fields, *after.fields)):
        if before.fields and after.fields:
            yield from _of_field(name, before, after, f"{place}.{name}")
    if before.items and after.items:
        yield from differing(before.items, after.items, f"{place}[]")


def _of_field(name: str, before: Shape, after: Shape, place: str) -> Iterator[Difference]:
    old, new = before.fields.get(name), after.fields.get(name)
    demanded = name in (before.always or ())
    if old is None or new is None:
        if old is None or demanded:
            yield Difference(place, ABSENT if old is None else str(old), ABSENT if new is None else str(new))
        return
    if demanded and name not in (after.always or ()):
        yield Difference(place, str(old), f"{new}, or absent")
    yield from differing(old, new, place)

"""Values that break one constraint of a schema: for each keyword, what is just beyond it, in words and as a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autogen_harness.schemas.parts import Steps

    Beyond = Callable[[Any, Any], Iterator[tuple[str, Any]]]

LONGEST = 100_000
"""Characters or items of the longest value that is made: who allows more than that bounds nothing."""

STRANGER = "undeclared_argument"
"""A name that no schema has."""


@dataclass(frozen=True, slots=True)
class Violation:
    """At ``steps`` ``keyword`` would be broken by ``value``; ``what`` says how: "is longer than maxLength 80"."""

    steps: Steps
    keyword: str
    what: str
    value: Any


def violations(part: Mapping[str, Any], value: Any, steps: Steps) -> Iterator[Violation]:
    """What breaks the keywords of one part of a schema, at a place where ``value`` is valid; the validator has to confirm."""
    for keyword, bound in part.items():
        kind, beyond = _BEYOND.get(keyword, (object, _nothing))
        is_bool = isinstance(value, bool) and kind is not object
        if isinstance(value, kind) and not is_bool:
            for what, candidate in beyond(bound, value):
                yield Violation(steps, keyword, what, candidate)


def _nothing(_bound: Any, _value: Any) -> Iterator[tuple[str, Any]]:
    yield from ()


def _no_choice(options: list[Any], value: Any) -> Iterator[tuple[str, Any]]:
    said = "is none of its enum"
    if isinstance(value, str):
        yield f"is in another case than its enum: {value.swapcase()!r}", value.swapcase()
        yield f"{said}: {value + '-x'!r}", value + "-x"
    numbers = [option for option in options if isinstance(option, (int, float)) and not isinstance(option, bool)]
    if numbers:
        yield f"{said}: {max(numbers) + 1}", max(numbers) + 1


def _no_constant(only: Any, value: Any) -> Iterator[tuple[str, Any]]:
    for what, other in _no_choice([only], value):
        yield what.replace("its enum", "its const"), other


def _no_match(pattern: str, value: str) -> Iterator[tuple[str, Any]]:
    yield from (
        ("is empty, which its pattern forbids", ""),
        ("has something in front that its pattern forbids", f"\x01{value}"),
        ("has something behind that its pattern forbids", f"{value}\x01"),
        ("has a blank in front that its pattern forbids", f" {value}"),
        ("has a blank behind that its pattern forbids", f"{value} "),
        (f"does not match {pattern}", "?"),
    )


def _too_short(least: int, value: str) -> Iterator[tuple[str, Any]]:
    if least > 0:
        yield f"is shorter than minLength {least}", value[: int(least) - 1]


def _too_long(most: int, value: str) -> Iterator[tuple[str, Any]]:
    if most < LONGEST:
        missing = int(most) + 1 - len(value)
        yield f"is longer than maxLength {most}", value + (value[-1:] or "x") * missing
        yield f"is longer than maxLength {most}", "x" * (int(most) + 1)


def _below(least: float, _value: float) -> Iterator[tuple[str, Any]]:
    yield from ((f"is below minimum {least}", candidate) for candidate in (least - 1, least - 0.5))


def _above(most: float, _value: float) -> Iterator[tuple[str, Any]]:
    yield from ((f"is above maximum {most}", candidate) for candidate in (most + 1, most + 0.5))


def _at(words: str) -> Beyond:
    def beyond(bound: float, _value: float) -> Iterator[tuple[str, Any]]:
        yield f"is {words} {bound}", bound

    return beyond


def _off_step(step: float, value: float) -> Iterator[tuple[str, Any]]:
    yield from (
        (f"is no multiple of {step}", near) for near in (value + 1, float(Fraction(str(value)) + Fraction(str(step)) / 2))
    )


_NO_FORMAT = {
    "date": "2026-02-30",
    "email": "no address",
    "idn-email": "no address",
    "ipv4": "256.1.1.1",
    "ipv6": "::12345",
    "regex": "(",
    "uuid": "2eb8aa08-aa98-11ea-b4aa73b441d16380",
}
"""Of formats that every validator can check without more packages."""


def _no_format(name: str, _value: str) -> Iterator[tuple[str, Any]]:
    if name in _NO_FORMAT:
        yield f"has not the format {name}: {_NO_FORMAT[name]!r}", _NO_FORMAT[name]


def _too_few(least: int, value: list[Any]) -> Iterator[tuple[str, Any]]:
    if least > 0:
        yield f"has fewer items than minItems {least}", value[: int(least) - 1]


def _too_many(most: int, value: list[Any]) -> Iterator[tuple[str, Any]]:
    if most < LONGEST and value:
        more = range(1, int(most) + 2 - len(value))
        yield f"has more items than maxItems {most}", [*value, *(_another(value[-1], number) for number in more)]
        yield f"has more items than maxItems {most}", [*value, *(value[-1] for _ in more)]


def _another(item: Any, number: int) -> Any:
    """An item that is like another and not equal, where that can be said."""
    if isinstance(item, str):
        return f"{item}{number}"
    if isinstance(item, (int, float)) and not isinstance(item, bool):
        return item + number
    if isinstance(item, dict) and item:
        first = next(iter(item))
        return {**item, first: _another(item[first], number)}
    return item


def _repeated(wanted: bool, value: list[Any]) -> Iterator[tuple[str, Any]]:  # noqa: FBT001  # the value of a keyword
    if wanted and value:
        yield "has one item twice, which uniqueItems forbids", [*value, value[0]]
        yield "has one item twice, which uniqueItems forbids", [*value[:-1], value[0]]


def _not_contained(_part: Any, value: list[Any]) -> Iterator[tuple[str, Any]]:
    yield from (("has no item that it must contain", [other] * len(value)) for other in ("other", 0, None))
    yield "has no item that it must contain", []


def _stranger(rest: Any, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for other in (1, "text", None):
        what = f"has a property that is not declared: {STRANGER}" if rest is False else "has another property of a wrong kind"
        yield what, {**value, STRANGER: other}


def _bad_name(_names: Any, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    some = next(iter(value.values()), None)
    yield from (
        (f"has a property with a name that is forbidden: {name!r}", {**value, name: some}) for name in ("", "?", "x" * 300)
    )


def _too_bare(least: int, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if least > 0:
        yield f"has fewer properties than minProperties {least}", dict(list(value.items())[: int(least) - 1])


def _too_full(most: int, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if most < LONGEST:
        some = next(iter(value.values()), 1)
        more = {f"{STRANGER}_{number}": some for number in range(int(most) + 1 - len(value))}
        yield f"has more properties than maxProperties {most}", {**value, **more}


def _missing(names: list[str], value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in names:
        yield f"has no {name}", {other: inner for other, inner in value.items() if other != name}


def _missing_beside(named: Mapping[str, list[str]], value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, others in named.items():
        for other in others if name in value else ():
            yield f"has {name} without {other}", {key: inner for key, inner in value.items() if key != other}


_BEYOND: Mapping[str, tuple[type | tuple[type, ...], Beyond]] = {
    "enum": (object, _no_choice),
    "const": (object, _no_constant),
    "pattern": (str, _no_match),
    "minLength": (str, _too_short),
    "maxLength": (str, _too_long),
    "format": (str, _no_format),
    "minimum": ((int, float), _below),
    "maximum": ((int, float), _above),
    "exclusiveMinimum": ((int, float), _at("not above exclusiveMinimum")),
    "exclusiveMaximum": ((int, float), _at("not below exclusiveMaximum")),
    "multipleOf": ((int, float), _off_step),
    "minItems": (list, _too_few),
    "maxItems": (list, _too_many),
    "uniqueItems": (list, _repeated),
    "contains": (list, _not_contained),
    "required": (dict, _missing),
    "dependentRequired": (dict, _missing_beside),
    "additionalProperties": (dict, _stranger),
    "unevaluatedProperties": (dict, _stranger),
    "propertyNames": (dict, _bad_name),
    "minProperties": (dict, _too_bare),
    "maxProperties": (dict, _too_full),
}

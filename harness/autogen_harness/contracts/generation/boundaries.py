"""Values at the edges of a schema, and words that the tool's own code looks for: the calls that chance reaches late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.generation.arguments import batch_value
from autogen_harness.contracts.generation.mining import words_of
from autogen_harness.contracts.generation.names import ODD, kind_of
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autogen_harness.contracts.subject import Contract

LONGEST = 10_000
"""Characters of the longest text that is made for a bound."""

_TEXTS = ("", " ", "0", "-1", "5.5", "é", "a b", "null", "🦆", "x" * 300)
_JUST_INSIDE = {"exclusiveMinimum": 1, "exclusiveMaximum": -1}
_OTHERS: tuple[Any, ...] = (0, 1, -1, 2**53, 0.5, -0.0, 1e308, True, False, None, [], {}, [""])


def calls(contract: Contract, ordinary: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The ordinary call with one argument at a time at an edge; only calls that the schema allows."""
    accepts = Checker(contract.schema).accepts
    tried: list[Any] = []
    for name, schema in contract.properties.items():
        for value in _values(contract, name, schema):
            arguments = {**ordinary, name: value}
            if repr(arguments) not in tried and accepts(arguments):
                tried.append(repr(arguments))
                yield arguments


def _values(contract: Contract, name: str, schema: Any) -> Iterator[Any]:
    entry = schema if isinstance(schema, dict) else {}
    yield from entry.get("enum", ())
    yield from entry.get("examples", ())
    yield from (entry[key] for key in ("minimum", "maximum", "default") if key in entry)
    yield from (entry[key] + by for key, by in _JUST_INSIDE.items() if key in entry)
    yield from ("x" * int(entry[key]) for key in ("minLength", "maxLength") if entry.get(key, LONGEST) < LONGEST)
    yield from _OTHERS
    kind = kind_of(name, entry)
    if kind == "urls":
        yield from (batch_value(entry, [odd]) for odd in ODD["url"])
    elif kind:
        yield from ODD[kind]
    else:
        yield from _TEXTS
        yield from (text for word in words_of(contract.tool) for text in (word, f"1{word}", f"1.5{word}"))

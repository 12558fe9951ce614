"""Values at the edges of a schema, and words that the tool's own code looks for: the calls that chance reaches late.

A tool that says ``"M" in revenue`` has a branch for texts with an M. Its code tells us so.
"""

from __future__ import annotations

import inspect
from types import CodeType
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.arguments import batch_value
from autogen_harness.contracts.names import ODD, kind_of
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from autogen_harness.contracts.subject import Contract

MAX_WORDS = 12
"""Words of the tool's code that are tried, shortest first."""

MAX_WORD = 12
"""Characters of the longest word that is tried."""

_TEXTS = ("", " ", "0", "-1", "5.5", "é", "a b", "null", "🦆", "x" * 300)
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
    yield from _OTHERS
    kind = kind_of(name, entry)
    if kind == "urls":
        yield from (batch_value(entry, [odd]) for odd in ODD["url"])
    elif kind:
        yield from ODD[kind]
    else:
        yield from _TEXTS
        for word in words_of(contract.tool):
            yield from (word, f"1{word}", f"1.5{word}")


def words_of(tool: Callable[..., Any]) -> list[str]:
    """Short texts in the code of a tool, and of the functions of its module that it names; shortest first."""
    function = inspect.unwrap(getattr(tool, "func", tool))
    code = getattr(function, "__code__", None)
    if code is None:
        return []
    named = (getattr(function, "__globals__", {}).get(name) for name in sorted(_names(code)))
    near = [other.__code__ for other in named if inspect.isfunction(other) and other.__module__ == function.__module__]
    found = {word for part in (code, *near) for word in _texts(part)}
    return sorted(found, key=lambda word: (len(word), word))[:MAX_WORDS]


def _texts(code: CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        for value in constant if isinstance(constant, (tuple, frozenset)) else (constant,):
            if isinstance(value, CodeType):
                yield from _texts(value)
            elif isinstance(value, str) and 0 < len(value) <= MAX_WORD:
                yield value


def _names(code: CodeType) -> set[str]:
    inner = [part for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*(_names(part) for part in inner))

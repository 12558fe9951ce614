"""Values of a schema that are the same in every run; hypothesis finds them."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, find, given, settings
from hypothesis.errors import NoSuchExample, Unsatisfiable

from autogen_harness.contracts.generation.strategies import values
from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy


FEW = 25
"""Values that are held against something else, such as a type hint."""

MANY = 200
"""Values that are drawn before it is said that a schema seems to have none."""


class NoValue(UsageError):
    """A value was needed for a schema that has none, or that hides it well."""


def simplest(schema: Mapping[str, Any]) -> Any:
    """The simplest value that hypothesis finds for a schema, the same in every run.

    Raises:
        NoValue: the schema has none; or none was found.
    """
    return _simplest(json.dumps(schema))


@cache
def _simplest(schema: str) -> Any:
    strategy, shown = values(json.loads(schema)), schema[:200]
    if strategy.is_empty:
        message = f"no value can obey the schema {shown}"
        raise NoValue(message)
    found = _found(strategy, lambda _: True, MANY)
    if not found:
        message = f"no value was found for the schema {shown}; give one: example={{...}}, or examples in the schema"
        raise NoValue(message)
    return found[0]


def counterexample(schema: Mapping[str, Any], is_one: Callable[[Any], bool]) -> list[Any]:
    """A small value of a schema that is one, in a list; none where none of :data:`FEW` is. The same in every run."""
    return _found(values(schema), is_one, FEW)


def _found(strategy: SearchStrategy[Any], is_one: Callable[[Any], bool], most: int) -> list[Any]:
    quiet = settings(database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), max_examples=most)
    if strategy.is_empty:
        return []
    try:
        return [find(strategy, is_one, settings=quiet)]
    except (NoSuchExample, Unsatisfiable):
        return []


def samples(schema: Mapping[str, Any]) -> list[Any]:
    """Some values of a schema, the same in every run."""
    drawn: list[Any] = []

    @given(values(schema))
    @settings(database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), max_examples=50)
    def draw(value: Any) -> None:
        drawn.append(value)

    draw()
    return drawn

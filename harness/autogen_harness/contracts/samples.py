"""Values of a schema that are the same in every run; hypothesis finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, find, given, settings

from autogen_harness.contracts.strategies import values

if TYPE_CHECKING:
    from collections.abc import Mapping


def simplest(schema: Mapping[str, Any]) -> Any:
    """The simplest value that hypothesis finds for a schema, the same in every run."""
    quiet = settings(database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), max_examples=200)
    return find(values(schema), lambda _: True, settings=quiet)


def samples(schema: Mapping[str, Any]) -> list[Any]:
    """Some values of a schema, the same in every run."""
    drawn: list[Any] = []

    @given(values(schema))
    @settings(database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), max_examples=50)
    def draw(value: Any) -> None:
        drawn.append(value)

    draw()
    return drawn

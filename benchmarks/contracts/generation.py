"""How fast values of tool schemas are drawn, beside peers: `PYTHONPATH=examples python benchmarks/contracts/generation.py`.

Interleaved rounds in one process, medians of processor time; what counts is the ratio. Of a peer that is not installed, or that
fails on a schema, the error is shown.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from autogen_harness.contracts.generation.strategies import values
from autogen_harness.schemas import Checker
from chained.schemas import SCHEMAS as CHAINED
from synchronous.tool import SCHEMAS as SYNCHRONOUS

ROUNDS = 3
EXAMPLES = 200

Make = Callable[[Mapping[str, Any]], Any]


def by_hypothesis_jsonschema(schema: Mapping[str, Any]) -> Any:
    from hypothesis_jsonschema import from_schema

    return from_schema(schema)


def by_pydantic(schema: Mapping[str, Any]) -> Any:
    """A model with the same fields; it is told their types and no more, so few of its values are valid."""
    import pydantic

    types = {"string": str, "integer": int, "object": dict[str, str]}
    fields: dict[str, Any] = {name: (types[part["type"]], ...) for name, part in schema["properties"].items()}
    return st.from_type(pydantic.create_model("Arguments", **fields)).map(lambda made: made.model_dump())


def seconds(strategy: Any) -> float:
    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(_: Any) -> None:
        pass

    begin = time.process_time()
    draw()
    return time.process_time() - begin


def valid_share(strategy: Any, schema: Mapping[str, Any]) -> float:
    drawn: list[bool] = []
    accepts = Checker(schema).accepts
    settings(max_examples=50, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))(
        given(strategy)(lambda value: drawn.append(accepts(value)))
    )()
    return sum(drawn) / len(drawn)


def main() -> None:
    peers: dict[str, Make] = {"ours": values, "hypothesis-jsonschema": by_hypothesis_jsonschema, "pydantic": by_pydantic}
    for entry in (*SYNCHRONOUS, *CHAINED):
        schema, taken = entry["parameters"], {name: [] for name in peers}
        for _ in range(ROUNDS):
            for name, make in peers.items():
                try:
                    taken[name].append(seconds(make(schema)))
                except Exception as error:  # noqa: BLE001  # whatever a peer does, it is said
                    taken[name] = [type(error).__name__]
        ours = statistics.median(taken["ours"])
        print(f"\n{entry['name']}")
        for name, figures in taken.items():
            if isinstance(figures[0], str):
                print(f"  {name:<24} {figures[0]}")
            else:
                share = valid_share(peers[name](schema), schema)
                print(f"  {name:<24} x {statistics.median(figures) / ours:.2f} of our time, {share:.0%} valid")


if __name__ == "__main__":
    main()

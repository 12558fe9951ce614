"""How often, and after which waits, a tool tries again, where its decorator knows: tenacity, stamina and backoff keep it.

stamina and backoff keep it in the variables of the function that they return, so an unknown version of theirs tells nothing;
then the hints are to be given, as for any other tool.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from autogen_harness.contracts.hints import Hints

    Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Declared:
    """``attempts`` None: without a limit, or unknown. ``wait`` takes the number of a retry, from 0."""

    attempts: int | None
    wait: Callable[[int], float]


def filled(hints: Hints, tool: Callable[..., Any]) -> Hints:
    """The hints, with ``max_attempts`` and ``backoff`` from the tool's decorator where their author did not give them."""
    found = next((known for layer in _layers(tool) if (known := _read(layer))), None)
    if found is None:
        return hints
    if not hints.given("max_attempts") and found.attempts is not None:
        hints = replace(hints, max_attempts=found.attempts)
    if hints.given("backoff") or not _can_be_told(found.wait):
        return hints
    return replace(hints, backoff=lambda retry: _range(found.wait, retry))


def _can_be_told(wait: Callable[[int], float]) -> bool:
    """Whether the wait is a matter of numbers; some ask the error that came, and then its author must say what is right."""
    try:
        wait(0)
    except Exception:  # noqa: BLE001  # whatever a function of the user's makes of an error that is not there
        return False
    return True


def _layers(tool: Any) -> Iterator[Any]:
    """The tool, and what its decorators wrap, from outside inwards."""
    while tool is not None:
        yield tool
        tool = getattr(tool, "__wrapped__", None)


def _read(function: Any) -> Declared | None:
    retrying: Any = getattr(function, "retry", None)
    if hasattr(retrying, "stop") and hasattr(retrying, "wait"):
        return _tenacity(retrying.stop, retrying.wait)
    library = getattr(function, "__globals__", {}).get("__name__", "").partition(".")[0]
    if library not in ("stamina", "backoff") or not inspect.isfunction(function):
        return None
    try:
        kept = inspect.getclosurevars(function).nonlocals
        if library == "stamina":
            said = kept["retry_ctx"]._t_kw
            return _tenacity(said["stop"], said["wait"])
        return _backoff(kept)
    except (AttributeError, KeyError, TypeError):
        return None


def _tenacity(stop: Any, wait: Any) -> Declared:
    stops = [limit for one in (stop, *getattr(stop, "stops", ())) if (limit := getattr(one, "max_attempt_number", None))]

    def seconds(retry: int) -> float:
        return float(wait(SimpleNamespace(attempt_number=retry + 1, outcome=None)))

    return Declared(min(stops, default=None), seconds)


def _backoff(kept: Mapping[str, Any]) -> Declared:
    tries = kept["max_tries"]
    attempts = tries() if callable(tries) else tries
    wait_gen, arguments, jitter = kept["wait_gen"], kept["wait_gen_kwargs"], kept["jitter"]

    def seconds(retry: int) -> float:
        waits = wait_gen(**{name: value() if callable(value) else value for name, value in arguments.items()})
        waits.send(None)  # the library begins so, and takes the waits from then on
        value = [next(waits) for _ in range(retry + 1)][-1]
        return float(jitter(value) if jitter is not None else value)

    return Declared(attempts, seconds)


def _range(wait: Callable[[int], float], retry: int) -> Range:
    """The shortest and the longest wait that randomness allows."""
    return _with_luck(0.0, wait, retry), _with_luck(1.0, wait, retry)


def _with_luck(luck: float, wait: Callable[[int], float], retry: int) -> float:
    patches = Patches()
    patches.put(random, "random", lambda: luck)
    patches.put(random, "uniform", lambda low, high: low + (high - low) * luck)
    try:
        return wait(retry)
    finally:
        patches.undo()

"""A recorded answer that lacks a part: what servers send for a thing that is gone, or that they cannot compute."""

from __future__ import annotations

import json
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any

from autogen_harness.schemas.parts import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.schemas.parts import Steps

_MOST = 6  # parts that are taken away, the outermost first: where tools reach for what they need


def hollowed(body: bytes) -> Iterator[tuple[str, bytes]]:
    """The JSON of a body with one object or list in it null, and with every number NaN; each with what was done, in words.

    Nothing where the body is no JSON. Of a list only the first item is looked at.
    """
    try:
        value = json.loads(body)
    except ValueError:
        return
    for steps in islice(_parts(value), _MOST):
        yield f"{shown(steps)} is null", json.dumps(_with_null(value, steps)).encode()
    without_numbers = json.dumps(_with_nan(value))
    if without_numbers != json.dumps(value):
        yield "every number is NaN", without_numbers.encode()


def _parts(value: Any) -> Iterator[Steps]:
    """The places of objects and lists that hold anything, from the outside in."""
    waiting: deque[tuple[Steps, Any]] = deque([((), value)])
    while waiting:
        steps, node = waiting.popleft()
        for step, part in _inside(node):
            if isinstance(part, (dict, list)) and part:
                yield (*steps, step)
                waiting.append(((*steps, step), part))


def _inside(node: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node[:1])


def _with_null(value: Any, steps: Steps) -> Any:
    if not steps:
        return None
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[steps[0]] = _with_null(value[steps[0]], steps[1:])
    return copy


def _with_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_nan(item) for item in value]
    return value if isinstance(value, bool) or not isinstance(value, (int, float)) else float("nan")

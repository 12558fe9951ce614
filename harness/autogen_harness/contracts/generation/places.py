"""A value and its schema, walked together: which part of the schema speaks of which place of the value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from autogen_harness.schemas.dialect import in_python
from autogen_harness.schemas.references import resolve

if TYPE_CHECKING:
    from autogen_harness.schemas import Checker
    from autogen_harness.schemas.parts import Steps

    Place = tuple[Steps, Mapping[str, Any], Any]


def places(schema: Any, value: Any, whole: Checker, root: Mapping[str, Any], steps: Steps = ()) -> Iterator[Place]:
    """Every place of a valid value with each part of the schema that it owes something to. Of an array the last item is taken.

    Args:
        schema: the part to begin with; references are pointers into ``root``.
        value: is valid.
        whole: judges by ``root``.
        root: the whole schema.
        steps: where the value stands.
    """
    for part in _owed(schema, value, whole, root):
        yield steps, part, value
        for step, inner in _inside(part, value):
            yield from places(inner, value[step], whole, root, (*steps, step))


def _owed(schema: Any, value: Any, whole: Checker, root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schema, and those that hold at the same place: of branches, the first that the value obeys."""
    if not isinstance(schema, Mapping):
        return
    yield schema
    held = [*schema.get("allOf", ())]
    held += [resolve(root, schema["$ref"])] if "$ref" in schema else []
    for key in ("anyOf", "oneOf"):
        held += [option for option in schema.get(key, ()) if whole.part(option).accepts(value)][:1]
    if "if" in schema:
        held.append(schema.get("then" if whole.part(schema["if"]).accepts(value) else "else", True))
    for part in held:
        yield from _owed(part, value, whole, root)


def _inside(part: Mapping[str, Any], value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from ((name, inner) for name in value for inner in _of_name(part, name))
    if isinstance(value, list) and value:
        prefix, last = part.get("prefixItems", ()), len(value) - 1
        yield from enumerate(prefix[: len(value)])
        if "items" in part and last >= len(prefix):
            yield last, part["items"]


def _of_name(part: Mapping[str, Any], name: str) -> Iterator[Any]:
    found = [part["properties"][name]] if name in part.get("properties", {}) else []
    found += [inner for pattern, inner in part.get("patternProperties", {}).items() if re.search(in_python(pattern), name)]
    yield from found or ([part["additionalProperties"]] if "additionalProperties" in part else [])


def placed(whole: Any, steps: Steps, value: Any) -> Any:
    """A copy of a value with another one at a place."""
    if not steps:
        return value
    copy: Any = list(whole) if isinstance(whole, list) else dict(whole)
    copy[steps[0]] = placed(whole[steps[0]], steps[1:], value)
    return copy

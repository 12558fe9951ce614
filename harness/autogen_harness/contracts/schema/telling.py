"""What a schema leaves a model to guess: parameters without a description or a type, and whether there are others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.schemas.parts import shown, walk
from autogen_harness.schemas.references import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autogen_harness.schemas.parts import Steps

_SAYS_WHAT = frozenset({"type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "not", "if"})

MOST = 5
"""Places that are listed."""


def unsaid(schema: Mapping[str, Any]) -> Iterator[str]:
    """Each thing that a well-formed schema does not say, with the places where it does not."""
    named = {shown(steps).removeprefix("$.properties."): part for steps, part in walk(schema) if _is_property(steps)}
    bare = [name for name, part in named.items() if part is not False and not _is_described(part, schema)]
    loose = [name for name, part in named.items() if part is True or (isinstance(part, dict) and not part.keys() & _SAYS_WHAT)]
    if bare:
        yield f"no description: {_listed(bare)}"
    if loose:
        yield f"no type: {_listed(loose)}"
    if "additionalProperties" not in schema and "unevaluatedProperties" not in schema:
        yield 'no word on other parameters: say "additionalProperties": false'


def _is_property(steps: Steps) -> bool:
    return len(steps) > 1 and steps[-2] == "properties"


def _is_described(part: Any, root: Mapping[str, Any]) -> bool:
    table = part if isinstance(part, dict) else {}
    target = resolve(root, table["$ref"]) if "$ref" in table else {}
    return bool(table.get("description") or (isinstance(target, dict) and target.get("description")))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(names[:MOST]) + more

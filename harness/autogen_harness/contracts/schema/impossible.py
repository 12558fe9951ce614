"""Parts of a schema that no value can obey, though their author did not mean them to be closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.schemas.parts import parts, shown
from autogen_harness.schemas.references import localised

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autogen_harness.contracts.generation.strategies import Builder
    from autogen_harness.schemas.parts import Steps

_MEANT = frozenset({"not", "if", "then", "else", "contains", "dependentSchemas", "propertyNames"})
"""Keywords under which a schema without values says something sensible."""


def impossible(schema: Mapping[str, Any]) -> Iterator[str]:
    """The places of parts without values, the innermost only; a plain ``false`` is meant."""
    from autogen_harness.contracts.generation.strategies import Builder  # hypothesis, only where it is needed

    root = localised(schema)
    yield from (shown(steps) for steps in _innermost(root, (), Builder(root)))


def _innermost(part: Any, steps: Steps, builder: Builder) -> list[Steps]:
    meant = [(more, one) for more, one in parts(part) if more[0] not in _MEANT]
    inner = [found for more, one in meant for found in _innermost(one, (*steps, *more), builder)]
    return inner or ([steps] if part is not False and builder.build(part).is_empty else [])

"""A value of a schema that is like those of ordinary calls: what its author names, else a small one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness import schemas

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def named_in(schema: Any) -> Sequence[Any]:
    """Values that a schema itself names: its examples, default, constant and choices."""
    if not isinstance(schema, dict):
        return ()
    listed = (
        _listed(schema.get("examples")),
        _present(schema, "default"),
        _present(schema, "const"),
        _listed(schema.get("enum")),
    )
    return [value for values in listed for value in values]


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _present(schema: Mapping[str, Any], key: str) -> Sequence[Any]:
    return (schema[key],) if schema.get(key) is not None else ()


def sample(schema: Any, root: Mapping[str, Any]) -> Any:
    """A value of a part of a schema: the author's own, else a small one."""
    told = named_in(schema)
    return told[0] if told else minimal(schema, root)


def minimal(schema: Any, root: Mapping[str, Any]) -> Any:
    """A small valid value of a schema, the same in every run; where the simple ones do not fit, hypothesis looks for one.

    Raises:
        NoValue: there is none, or none was found.
    """
    simple: tuple[Any, ...] = ("example", 1, 1.5, True, [], {}, None, "", 0)
    accepts = schemas.Checker(root).part(schema).accepts
    for value in simple:
        if accepts(value):
            return value
    from autogen_harness.contracts.generation.samples import simplest  # hypothesis only where it is needed

    told = schema if isinstance(schema, dict) else {"not": {}}
    return simplest({**told, **{key: root[key] for key in ("$defs", "definitions") if key in root}})

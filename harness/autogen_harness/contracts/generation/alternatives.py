"""A schema with branches as alternatives without: ``anyOf``, ``oneOf``, ``allOf``, ``if``, ``$ref`` and their like are opened.

Each alternative is a set of keywords about types alone. A value of an alternative need not be valid (two branches of a
``oneOf`` may hold at once), but every valid value belongs to one of them, as far as :data:`MOST` alternatives reach.
"""

from __future__ import annotations

from functools import reduce
from itertools import chain, islice, product
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.generation.joining import joined
from autogen_harness.contracts.generation.negation import negated
from autogen_harness.schemas.references import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from autogen_harness.contracts.generation.joining import Flat, Schema

MOST = 200
"""Alternatives of one schema that are looked at: ten parameters that each depend on another make a thousand."""

_PLAIN = (
    *("multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"),
    *("minItems", "maxItems", "uniqueItems", "items", "prefixItems", "minProperties", "maxProperties"),
    *("properties", "patternProperties", "additionalProperties", "propertyNames"),
)


def alternatives(schema: Schema, root: Mapping[str, Any]) -> Iterator[Flat]:
    """The alternatives of a schema; ``root`` is where its references lead, by pointers only. None where nothing is valid."""
    return islice(_opened(schema, root, ()), MOST)


def _opened(schema: Schema, root: Mapping[str, Any], seen: tuple[str, ...]) -> Iterator[Flat]:
    if isinstance(schema, bool):
        yield from ({},) if schema else ()
        return
    choices = [list(islice(choice, MOST)) for choice in _choices(schema, root, seen)]
    for chosen in islice(product(*choices), MOST):
        start: Flat | None = _plain(schema)
        flat = reduce(_also, chosen, start)
        if flat is not None:
            yield _evaluated(schema, flat)


def _also(left: Flat | None, right: Flat) -> Flat | None:
    return None if left is None else joined(left, right)


def _choices(schema: Mapping[str, Any], root: Mapping[str, Any], seen: tuple[str, ...]) -> Iterator[Iterable[Flat]]:
    """For each keyword that branches, the alternatives of its branches."""

    def opened(options: Iterable[Schema], known: tuple[str, ...] = seen) -> Iterable[Flat]:
        return chain.from_iterable(_opened(option, root, known) for option in options)

    for part in schema.get("allOf", ()):
        yield opened([part])
    if "$ref" in schema and schema["$ref"] not in seen:  # a schema that is itself says nothing more
        yield opened([resolve(root, schema["$ref"])], (*seen, schema["$ref"]))
    if "anyOf" in schema:
        yield opened(schema["anyOf"])
    if "oneOf" in schema:
        yield opened(_one_of(schema["oneOf"]))
    if "if" in schema:
        yield opened(_either(schema))
    if "not" in schema:
        yield opened(negated(schema["not"]))
    for name, names in schema.get("dependentRequired", {}).items():
        yield opened([{"properties": {name: False}}, {"required": [name, *names]}])
    for name, part in schema.get("dependentSchemas", {}).items():
        yield opened([{"properties": {name: False}}, {"required": [name], "allOf": [part]}])


def _one_of(options: list[Schema]) -> Iterator[Schema]:
    """The options, but those beside which another always holds."""
    always = [option is True or option == {} for option in options]
    for number, option in enumerate(options):
        if not any(always[:number] + always[number + 1 :]):
            yield option


def _either(schema: Mapping[str, Any]) -> list[Schema]:
    return [{"allOf": [schema["if"], schema.get("then", True)]}, {"allOf": [{"not": schema["if"]}, schema.get("else", True)]}]


def _plain(schema: Mapping[str, Any]) -> Flat:
    """The keywords of a schema that do not branch, in one form each."""
    flat: dict[str, Any] = {key: _counted(key, schema[key]) for key in _PLAIN if key in schema}
    if "type" in schema:
        flat["type"] = (schema["type"],) if isinstance(schema["type"], str) else tuple(schema["type"])
    if "const" in schema or "enum" in schema:
        flat["enum"] = [schema["const"]] if "const" in schema else list(schema["enum"])
    if "contains" in schema:
        most = schema.get("maxContains")
        flat["contains"] = [(schema["contains"], int(schema.get("minContains", 1)), None if most is None else int(most))]
    for key in ("pattern", "format"):
        flat.update({key: [schema[key]]} if key in schema else {})
    return {**flat, **({"required": list(schema["required"])} if "required" in schema else {})}


def _counted(key: str, value: Any) -> Any:
    """A count is an integer, also where it is written 2.0."""
    return int(value) if isinstance(value, float) and key.startswith(("min", "max")) and "imum" not in key else value


def _evaluated(schema: Mapping[str, Any], flat: Flat) -> Flat:
    """What no branch has spoken of is ruled by the unevaluated keywords: with the branches opened, it is the rest."""
    made = dict(flat)
    if "unevaluatedProperties" in schema:
        made.setdefault("additionalProperties", schema["unevaluatedProperties"])
    if "unevaluatedItems" in schema and "items" not in made:
        matched = [part for part, _, _ in flat.get("contains", ())]
        made["items"] = {"anyOf": [schema["unevaluatedItems"], *matched]} if matched else schema["unevaluatedItems"]
    return made


def opened(schema: Any, root: Mapping[str, Any]) -> Any:
    """The first alternative of a schema, as keywords without branches; what is no table of keywords as it is."""
    return next(alternatives(schema, root), False) if isinstance(schema, dict) else schema

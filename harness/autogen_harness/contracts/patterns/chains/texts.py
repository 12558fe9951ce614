"""Texts that are more than texts: JSON within them, and words of which only some are meant."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.generation.names import kind_of
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.reading.verdicts import is_error, parsed
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract

_PATTERN = frozenset({"chained"})
_JSON = re.compile(r"\bjson\b|json$|^json", re.IGNORECASE)
_CLOSED = re.compile(r"\b(?:one of|either|(?:allowed|possible|valid) values?(?: are)?|options?)\b:?\s*", re.IGNORECASE)
_WORD = r"[\w'\"`-]+"
_CHOICE = re.compile(rf"{_WORD}(?:\s*(?:,\s*or\s|,|\||/|\sor\s)\s*{_WORD})+")
_BARS = re.compile(rf"{_WORD}(?:\s*\|\s*{_WORD})+")


def _read(world: World) -> Iterator[Breach]:
    ordinary = world.call(world.ordinary)
    yield from _twice_encoded(ordinary, world.ordinary)
    for name in _json_parameters(world.contract, world.ordinary):
        if not _takes_only_objects(world.ordinary.get(name)):
            continue
        for wrong in ("{", "{'a': 1}", "3", "null", json.dumps("{}")):
            seen = world.call({**world.ordinary, name: wrong})
            if seen.raised is not None:
                yield Breach(f"{name} is {wrong!r}, which is no JSON object, and it raised {type(seen.raised).__name__}", seen)
            elif not is_error(parsed(seen.result)):
                yield Breach(f"{name} is {wrong!r}, which is no JSON object, and it was accepted", seen)


def _json_parameters(contract: Contract, right: Mapping[str, Any]) -> list[str]:
    """Parameters that are texts and hold JSON: they say so, or an ordinary value does."""
    texts = {name: schema for name, schema in contract.properties.items() if schema.get("type") == "string"}
    return [name for name, schema in texts.items() if _speaks_of_json(name, schema) or _holds_json(right.get(name))]


def _speaks_of_json(name: str, schema: Mapping[str, Any]) -> bool:
    says = schema.get("contentMediaType") == "application/json" or _JSON.search(str(schema.get("description", "")))
    return not kind_of(name, schema) and bool(says or _JSON.search(name))


def _holds_json(value: Any) -> bool:
    return isinstance(value, str) and isinstance(parsed(value), (dict, list))


def _takes_only_objects(value: Any) -> bool:
    """An ordinary value that is an object shows what is wanted; without one nobody knows what else is right."""
    return isinstance(value, str) and isinstance(parsed(value), dict)


def _twice_encoded(seen: Seen, given: Mapping[str, Any]) -> Iterator[Breach]:
    for field, text in _texts(parsed(seen.result)):
        if _holds_json(text) and text not in given.values():
            yield Breach(f"the result holds JSON within a text: {field} is {text[:80]!r}", seen)


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{name}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{name}[{number}]")
    elif isinstance(value, str):
        yield name, value


def _listed(world: World) -> Iterator[Breach]:
    for name, schema in world.contract.properties.items():
        about = str(schema.get("description", ""))
        closed = _CLOSED.search(about)
        words = _CHOICE.match(about, closed.end()) if closed else _BARS.search(about)  # bars are a list whatever stands before
        if words and schema.get("type") == "string" and _takes_anything(schema):
            yield Breach(
                f"the description of {name!r} lists its words ({words.group().strip()}), and the schema takes any text"
            )


def _takes_anything(schema: Mapping[str, Any]) -> bool:
    return not {"enum", "const", "pattern", "format", "anyOf", "oneOf", "$ref"} & set(schema) and Checker(schema).accepts("zzz")


LAWS = (
    Law(
        id="json-in-strings-is-read",
        sentence="JSON within a text is refused where it cannot be read, and no result holds JSON within a text",
        why="models forget to escape, or escape twice, and the next step gets a text where it wants a field",
        fix='take an object ("type": "object") in place of a text, and put values and not their JSON into the result',
        check=_read,
        patterns=_PATTERN,
        missing=no_schema,
    ),
    Law(
        id="enum-like-strings-are-enums",
        sentence="a text that may be one of a few words has them as an enum",
        why='models write "High", "high priority" or "hi", and nobody refuses it',
        fix='add "enum": [...] to the parameter',
        check=_listed,
        patterns=_PATTERN,
        missing=no_schema,
        severity="warning",
    ),
)

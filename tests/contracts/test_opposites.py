"""What a schema refuses is known: it is drawn where there is any, and where there is none that is known before."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, settings

from autogen_harness.contracts.generation.strategies import values
from autogen_harness.schemas import Checker

FIRST = settings(
    max_examples=40,
    database=None,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)

TAKEN = {
    "text": ({"type": "string", "format": "uri", "pattern": "^https?://"}, {"type": "string"}),
    "bounded": ({"type": "number", "minimum": 1, "maximum": 20}, {"type": "number", "minimum": 0}),
    "whole": ({"type": ["integer", "null"]}, {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
    "whole-beside-any": ({"type": "integer"}, {"type": "number"}),
    "texts": (
        {"type": "array", "items": {"type": "string", "maxLength": 9}, "minItems": 1},
        {"type": "array", "items": {"type": "string"}},
    ),
    "map": ({"type": "object", "properties": {"a": {}}}, {"type": "object", "additionalProperties": True}),
    "map-or-none": (
        {"type": ["object", "null"]},
        {"anyOf": [{"type": "object", "additionalProperties": True}, {"type": "null"}]},
    ),
    "model": (
        {"type": "object", "properties": {"a": {"enum": ["S", "M"]}}, "required": ["a"]},
        {
            "$defs": {"Size": {"type": "string", "title": "Size"}},
            "type": "object",
            "properties": {"a": {"$ref": "#/$defs/Size"}},
            "required": ["a"],
        },
    ),
    "named": ({"type": "string"}, {"$schema": "urn:dialect", "$anchor": "a", "type": "string"}),
}


@pytest.mark.parametrize("name", TAKEN)
def test_beyond_what_takes_everything_there_is_nothing(name: str):
    """Whoever asks for a value that a schema allows and another refuses is told at once where there is none."""
    schema, other = TAKEN[name]
    assert values({**schema, "not": {"$id": "urn:other", **other}}).is_empty


REFUSING = [
    ("number", {"type": "integer"}),
    ("object", {"required": ["a"]}),
    ("object", {"properties": {"a": {"type": "string"}}}),
    ("object", {"additionalProperties": False}),
    ("object", {"minProperties": 1}),
    ("object", {"maxProperties": 1}),
    ("array", {"items": {"type": "string"}}),
    ("array", {"minItems": 1}),
    ("array", {"maxItems": 1}),
    ("integer", {"minimum": 1}),
    ("integer", {"maximum": 1}),
    ("number", {"exclusiveMinimum": 1}),
    ("number", {"exclusiveMaximum": 1}),
    ("string", {"minLength": 1}),
    ("string", {"maxLength": 1}),
    ("string", {"pattern": "^a"}),
    ("string", {"enum": ["a", ""]}),
    ("string", {"const": ""}),
    ("string", {"not": {"maxLength": 1}}),
    ("string", {"anyOf": [{"maxLength": 1}, {"pattern": "^a"}]}),
    ("string", {"allOf": [{"maxLength": 1}, {"minLength": 1}]}),
]


@pytest.mark.parametrize(("kind", "refusing"), REFUSING, ids=["-".join(refusing) for _, refusing in REFUSING])
def test_what_a_keyword_refuses_is_drawn(kind: str, refusing: Any):
    """Of the type that it speaks of, beside a title and an address, which refuse nothing."""
    refused = {"type": kind, "not": {"$id": "urn:other", "title": "T", **refusing}}
    first = find(values(refused), lambda _: True, settings=FIRST)
    assert not Checker(refusing).accepts(first)

"""The parameters of every function on offer are a schema that the API can read."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Iterator

from autogen_harness.llm.rules.request import Request
from autogen_harness.llm.rules.rule import Breach, Rule
from autogen_harness.llm.rules.subschemas import Schema, types_of

_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_COMBINATORS = ("oneOf", "anyOf", "allOf", "enum", "not")


def _functions(request: Request) -> Iterator[Schema]:
    return (schema for schema in request.schemas if schema.path != "response_format")


def _no_schema(request: Request) -> Iterator[Breach]:
    for schema in request.schemas:
        for node in schema.nodes:
            if not isinstance(node.value, dict | bool):
                yield Breach(schema.path, facts={**schema.facts, "value": reprlib.repr(node.value)})


def _combined(request: Request) -> Iterator[Breach]:
    for schema in _functions(request):
        if isinstance(schema.value, dict) and any(key in schema.value for key in _COMBINATORS):
            yield Breach(schema.path, facts=schema.facts)


def _no_object(request: Request) -> Iterator[Breach]:
    for schema in _functions(request):
        if not isinstance(schema.value, dict) or any(key in schema.value for key in _COMBINATORS):
            continue
        kind = schema.value.get("type")
        if kind != "object":
            yield Breach(schema.path, facts={**schema.facts, "type": _quoted(kind), "param": None, "code": None})


def _quoted(kind: object) -> str:
    return json.dumps(kind) if isinstance(kind, str | None) else reprlib.repr(kind)


def _no_properties(request: Request) -> Iterator[Breach]:
    for schema in _functions(request):
        table = schema.value if isinstance(schema.value, dict) else {}
        if table.get("type") == "object" and "properties" not in table:
            yield Breach(schema.path, facts={**schema.facts, "context": "()"})


def _no_items(request: Request) -> Iterator[Breach]:
    for schema in request.schemas:
        for node in schema.nodes:
            for kind, steps in types_of(node):
                if kind == "array" and not {"items", "prefixItems"} & node.table.keys():
                    yield Breach(schema.path, facts=node.facts(schema, *steps))


def _unknown_type(request: Request) -> Iterator[Breach]:
    for schema in request.schemas:
        for node in schema.nodes:
            for kind, _ in types_of(node):
                if kind not in _TYPES:
                    yield Breach(schema.path, facts={**schema.facts, "type": kind})


RULES = (
    Rule(
        "schema-malformed",
        "Every part of a schema is an object or a boolean.",
        "Invalid schema for {subject}: {value} is not of type 'object', 'boolean'.",
        _no_schema,
        ("FoundationAgents/OpenManus#1162", "dust-tt/dust#20668"),
        'write each property as an object, {"type": "string"}, not as text or a list',
    ),
    Rule(
        "schema-combined",
        "The parameters of a function are no union, enum or negation.",
        "Invalid schema for {subject}: schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the "
        "top level.",
        _combined,
        ("nspady/google-calendar-mcp#39",),
        "describe one object with optional properties, or offer a tool for each case",
    ),
    Rule(
        "schema-no-object",
        "The parameters of a function have the type object.",
        "Invalid schema for {subject}: schema must be a JSON Schema of 'type: \"object\"', got 'type: {type}'.",
        _no_object,
        ("chatanywhere/GPT_API_free#403", "alibaba/spring-ai-alibaba#4576"),
        'write the parameters as {"type": "object", "properties": {...}}',
    ),
    Rule(
        "schema-without-properties",
        "The parameters of a function list their properties, be it none.",
        "Invalid schema for {subject}: In context={context}, object schema missing properties.",
        _no_properties,
        ("github/github-mcp-server#1548", "spring-projects/spring-ai#4776"),
        'add "properties": {} to a tool that takes nothing, or leave its parameters out',
    ),
    Rule(
        "schema-array-without-items",
        "An array says what its items are, at any depth and in unions too.",
        "Invalid schema for {subject}: In context={context}, array schema missing items.",
        _no_items,
        ("modelscope/ms-agent#610", "tidewave-ai/tidewave_phoenix#224", "cyanheads/git-mcp-server#47"),
        "annotate the parameter as list[str] rather than list, or add items to the schema",
    ),
    Rule(
        "schema-type-unknown",
        "The types of a schema are those of JSON Schema.",
        "Invalid schema for {subject}: '{type}' is not valid under any of the given schemas.",
        _unknown_type,
        ("https://json-schema.org/draft/2020-12/json-schema-validation#section-6.1.1",),
        "write string, number, integer, boolean, array, object or null; str, float and dict are Python's names",
        warning=True,  # no thread quotes the answer
    ),
)

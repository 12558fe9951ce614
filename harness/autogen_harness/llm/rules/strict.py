"""Strict mode: what a schema must be where the request says ``strict: true``, in a function or in ``response_format``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from autogen_harness.llm.rules.request import Request
from autogen_harness.llm.rules.rule import Breach, Find, Rule
from autogen_harness.llm.rules.subschemas import Node, Schema, types_of

_GUIDE = "https://jsonschemaprofiles.unitvectorylabs.com/schemas/openai"
_BANNED = ("allOf", "not", "dependentRequired", "dependentSchemas", "if", "then", "else")
# The nine that the guide lists; quoted in cyanheads/git-mcp-server#47.
_FORMATS = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"})
_TYPED_BY = ("type", "$ref", "anyOf", "enum", "const", "allOf", "oneOf", "not")
_MOST_PROPERTIES, _MOST_LEVELS, _MOST_ENUM_VALUES, _MOST_CHARACTERS = 5000, 10, 1000, 120_000


def _in_strict(judge: Callable[[Schema, Node], Iterator[dict[str, Any]]]) -> Find:
    """A rule about each part of a schema in strict mode; ``judge`` yields what the texts name."""

    def find(request: Request) -> Iterator[Breach]:
        for schema in request.schemas:
            for node in schema.nodes if schema.strict else ():
                for facts in judge(schema, node):
                    yield Breach(schema.path, facts=facts)

    return find


def _is_object(node: Node) -> bool:
    return "object" in [kind for kind, _ in types_of(node)]


def _open(schema: Schema, node: Node) -> Iterator[dict[str, Any]]:
    if _is_object(node) and node.table.get("additionalProperties") is not False:
        yield node.facts(schema)


def _optional(schema: Schema, node: Node) -> Iterator[dict[str, Any]]:
    properties, required = node.table.get("properties"), node.table.get("required")
    if _is_object(node) and isinstance(properties, dict):
        missing = [name for name in properties if not isinstance(required, list) or name not in required]
        yield from ({**node.facts(schema), "missing": name, "param": None, "code": None} for name in missing[:1])


def _untyped(schema: Schema, node: Node) -> Iterator[dict[str, Any]]:
    if isinstance(node.value, dict) and not any(key in node.value for key in _TYPED_BY):
        yield {**node.facts(schema), "param": None, "code": None}


def _banned(schema: Schema, node: Node) -> Iterator[dict[str, Any]]:
    yield from ({**node.facts(schema), "keyword": key} for key in _BANNED if key in node.table)


def _default(schema: Schema, node: Node) -> Iterator[dict[str, Any]]:
    if "default" in node.table:
        yield node.facts(schema)


def _format(schema: Schema, node: Node) -> Iterator[dict[str, Any]]:
    named = node.table.get("format")
    if isinstance(named, str) and named not in _FORMATS:
        yield {**node.facts(schema), "format": named}


def _large(request: Request) -> Iterator[Breach]:
    for schema in request.schemas:
        for what, size, most in _sizes(schema) if schema.strict else ():
            if size > most:
                yield Breach(schema.path, facts={**schema.facts, "what": what, "size": size, "most": most})


def _sizes(schema: Schema) -> Iterator[tuple[str, int, int]]:
    properties = [part.steps[-1] for part in schema.nodes if "properties" in part.steps[-2:-1]]
    values = [one for part in schema.nodes for one in _listed(part.table.get("enum"))]
    yield "properties", len(properties), _MOST_PROPERTIES
    yield "levels", max(part.steps.count("properties") for part in schema.nodes), _MOST_LEVELS
    yield "enum values", len(values), _MOST_ENUM_VALUES
    yield "characters", sum(len(one) for one in (*properties, *values) if isinstance(one, str)), _MOST_CHARACTERS


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


_IN = "Invalid schema for {subject}: In context={context}, "

RULES = (
    Rule(
        "strict-object-open",
        "Every object says additionalProperties: false.",
        _IN + "'additionalProperties' is required to be supplied and to be false.",
        _in_strict(_open),
        ("xemantic/xemantic-ai-tool-schema#37", "bytedance/trae-agent#173"),
        'add "additionalProperties": false to every object, or leave strict mode; a free dict has no place in it',
    ),
    Rule(
        "strict-property-optional",
        "Every property is required.",
        _IN
        + "'required' is required to be supplied and to be an array including every key in properties. Missing '{missing}'.",
        _in_strict(_optional),
        ("ash-project/ash_ai#155", "vercel/ai#6484"),
        'list every property in required, and let an optional one be null: {"type": ["string", "null"]}',
    ),
    Rule(
        "strict-untyped",
        "Every part of the schema has a type.",
        _IN + "schema must have a 'type' key.",
        _in_strict(_untyped),
        ("apexive/odoo-llm#212",),
        "annotate the parameter with a type other than Any",
    ),
    Rule(
        "strict-keyword",
        "allOf, not, if and the like are not used.",
        _IN + "'{keyword}' is not permitted.",
        _in_strict(_banned),
        ("makenotion/notion-mcp-server#102", _GUIDE),
        "write the schema without the keyword, with anyOf or plain properties",
    ),
    Rule(
        "strict-default",
        "default is not used (on Azure; OpenAI itself takes it since 2026).",
        _IN + "'default' is not permitted.",
        _in_strict(_default),
        ("567-labs/instructor#1074", "openai/openai-agents-python#4390"),
        "take the default out of the schema and apply it in the tool",
        dialects=frozenset({"azure"}),
    ),
    Rule(
        "strict-format",
        "format is one of the nine that strict mode knows.",
        _IN + "'{format}' is not a valid format.",
        _in_strict(_format),
        ("can1357/oh-my-pi#206", "cyanheads/git-mcp-server#47"),
        "take the format out of the schema, and say in the description what is wanted",
    ),
    Rule(
        "strict-large",
        "5000 properties, 10 levels, 1000 enum values, 120000 characters of names and values at most.",
        "Invalid schema for {subject}: {size} {what}, and strict mode allows {most}.",
        _large,
        (_GUIDE,),
        "split the schema",
        warning=True,  # documented, and no thread quotes the answer
    ),
)

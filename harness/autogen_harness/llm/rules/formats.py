"""Structured output: what ``response_format`` may be. The schemas in it have rules of their own."""

from __future__ import annotations

from collections.abc import Iterator

from autogen_harness.llm.rules.request import Request
from autogen_harness.llm.rules.rule import Breach, Rule

# The openai package, types/shared_params/response_format_json_schema.py, 3.57.0.
_FORMATS = ("json_object", "json_schema", "text")
_KNOWN_OF_FORMAT = frozenset({"type", "json_schema"})
_KNOWN_OF_SCHEMA = frozenset({"name", "description", "schema", "strict"})


def _unknown_format(request: Request) -> Iterator[Breach]:
    kind = request.response_format.text("type")
    if kind is not None and kind not in _FORMATS:
        yield Breach("response_format.type", facts={"kind": kind})


def _unknown_inside(request: Request) -> Iterator[Breach]:
    outer = request.response_format
    if outer.value.get("type") not in _FORMATS:
        return  # a schema alone, as a rule of its own says
    for part, known in ((outer, _KNOWN_OF_FORMAT), (outer.part("json_schema"), _KNOWN_OF_SCHEMA)):
        yield from (Breach(f"{part.path}.{key}") for key in part.value if key not in known)


def _no_json_said(request: Request) -> Iterator[Breach]:
    asked = request.response_format.value.get("type") == "json_object"
    if asked and request.messages and not any("json" in text.lower() for text in _texts(request)):
        yield Breach("response_format")


def _texts(request: Request) -> Iterator[str]:
    for message in request.messages:
        texts = (message.text("content"), *(part.text("text") for part in message.parts("content")))
        yield from (text for text in texts if text is not None)


RULES = (
    Rule(
        "response-format-unknown",
        "The type of response_format is json_object, json_schema or text.",
        "Invalid value: '{kind}'. Supported values are: 'json_object', 'json_schema', and 'text'.",
        _unknown_format,
        ("epuerta9/deep-research-py#19",),
        'wrap the schema: {"type": "json_schema", "json_schema": {"name": ..., "schema": {...}, "strict": true}}',
        param="{where}",
        code="invalid_value",
    ),
    Rule(
        "parameter-unknown-inside",
        "Every key of response_format is one of the API.",
        "Unknown parameter: '{where}'.",
        _unknown_inside,
        ("spring-projects/spring-ai#2969",),
        'write {"type": "json_schema", "json_schema": {"name": ..., "schema": {...}, "strict": true}}',
        param="{where}",
        code="unknown_parameter",
    ),
    Rule(
        "json-object-unasked",
        "With response_format json_object, a message says the word JSON.",
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        _no_json_said,
        ("https://platform.openai.com/docs/guides/structured-outputs",),
        "say in the system message that the answer is JSON",
        param="messages",
        warning=True,  # documented, and no thread quotes the answer
    ),
)

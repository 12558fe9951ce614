"""The JSON Schema of cassette files, for editors: made from the tables that the reader knows, so that both cannot part.

It says what a schema can say. That an expression compiles, that a text can be written in its charset, that base64 is sound,
that a port is a number: these the reader alone knows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.files import fields

if TYPE_CHECKING:
    from collections.abc import Mapping

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_HEADERS = {
    "type": "array",
    "items": {
        "type": "array",
        "prefixItems": [
            fields.TOKEN,
            {"type": "string", "not": {"pattern": r"[\r\n\u0000]"}},
        ],
        "minItems": 2,
        "maxItems": 2,
    },
}
_SAID = {"required": ["provenance"], "properties": {"provenance": {"const": "recorded"}}}
_WHEN_RECORDED = {"if": _SAID, "then": {"required": ["recorded"]}, "else": {"properties": {"recorded": False}}}


def cassette_schema() -> dict[str, Any]:
    """The schema of a whole file."""
    about = {"$schema": DIALECT, "title": "A cassette of autogen-harness: HTTP requests with what came of them"}
    return {**about, **fields.CASSETTE.schema(), "$defs": _definitions()}


def text() -> str:
    """The schema as it is shipped."""
    return json.dumps(cassette_schema(), indent=1, ensure_ascii=False) + "\n"


def _definitions() -> dict[str, Any]:
    tables = {
        "request": fields.REQUEST,
        "response": fields.RESPONSE,
        "failure": fields.FAILURE,
        "match": fields.MATCH,
        "play": fields.PLAY,
        "scenario": fields.SCENARIO,
        "recorded": fields.RECORDED,
        "timing": fields.TIMING,
    }
    return {
        "interaction": {**fields.INTERACTION.schema(), **_WHEN_RECORDED},
        "outcome": {**fields.OUTCOME.schema(), "minProperties": 1, "maxProperties": 1},
        **{name: table.schema() for name, table in tables.items()},
        "headers": _HEADERS,
        "body": _any_of(fields.BODIES),
        "response_body": _any_of(fields.RESPONSE_BODIES),
    }


def _any_of(tables: Mapping[str, fields.Table]) -> dict[str, Any]:
    return {"anyOf": [table.schema() for table in tables.values()]}

"""The tables of a cassette file: their keys, what each means, and what a value may be, as JSON Schema.

The reader takes the keys from here and the schema takes all of it, so neither knows a key that the other does not. Words that
the model knows (kinds of failure, rules for bodies) come from the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from autogen_harness.cassettes.cassette import BodyRule, Like, Provenance
from autogen_harness.cassettes.files.bodies import STYLES
from autogen_harness.cassettes.matching import places
from autogen_harness.model import FailureKind

FORMAT = "autogen-harness-cassette/1"
"""The only version there is; files of another are refused."""

LINES = "autogen-harness-cassette-lines/1"
"""The same for large cassettes, with one interaction a line."""

VERSIONS = ("1.0", "1.1", "2", "3")
"""The versions of HTTP that a response may have; 1.1 where it says nothing."""

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """A key: what it means, and what its value may be."""

    about: str
    schema: Schema
    required: bool = False


@dataclass(frozen=True)
class Table:
    """An object with these keys and no others; ``seen`` are keys that were found right, in their order."""

    keys: Mapping[str, Key]
    known: frozenset[str] = field(init=False)
    required: frozenset[str] = field(init=False)
    seen: set[tuple[str, ...]] = field(init=False, compare=False, repr=False, default_factory=set)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", frozenset(self.keys))
        object.__setattr__(self, "required", frozenset(name for name, key in self.keys.items() if key.required))

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema (2020-12)."""
        made = {name: {**key.schema, "description": key.about} for name, key in self.keys.items()}
        needed = {"required": [name for name in self.keys if name in self.required]} if self.required else {}
        return {"type": "object", "properties": made, **needed, "additionalProperties": False}


def ref(name: str) -> dict[str, str]:
    """A reference to a definition of the schema."""
    return {"$ref": f"#/$defs/{name}"}


TEXT: Schema = {"type": "string"}
WORD: Schema = {"type": "string", "minLength": 1}
TOKEN: Schema = {**WORD, "not": {"pattern": r"[^!#$%&'*+.^_`|~0-9A-Za-z-]"}}
"""What names of headers and methods are made of (RFC 9110, section 5.6.2)."""
WORDS: Schema = {"type": "array", "items": WORD}
PLACE: Schema = {"type": "string", "pattern": places.PATTERN}
SECONDS: Schema = {"type": "number", "minimum": 0}
MOMENT: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$"}
SIZES: Schema = {"type": "array", "items": {"type": "integer", "minimum": 1}}
FLAG: Schema = {"type": "boolean"}

CASSETTE = Table(
    {
        "format": Key("the version of the format", {"const": FORMAT}, required=True),
        "about": Key("one sentence for readers", TEXT),
        "interactions": Key(
            "each request with what came of it",
            {"type": "array", "items": ref("interaction"), "minItems": 1},
            required=True,
        ),
    }
)
HEAD = Table(
    {
        "format": Key("the version of the format", {"const": LINES}, required=True),
        "about": Key("one sentence for readers", TEXT),
        "count": Key("how many lines follow", {"type": "integer", "minimum": 1}, required=True),
        "sha256": Key("of the lines that follow, as UTF-8", TEXT, required=True),
        "shapes": Key("of each shape the first interaction that has it", {"type": "array"}, required=True),
        "origins": Key("method, scheme, host and port, and the shapes in use there", {"type": "array"}, required=True),
    }
)
"""The first line of a large cassette; see :mod:`~autogen_harness.cassettes.files.lines`."""
INTERACTION = Table(
    {
        "request": Key("what is asked", ref("request"), required=True),
        "outcome": Key("what came of it: a response, or a failure of the connection", ref("outcome"), required=True),
        "match": Key("what of a request may differ from this one", ref("match")),
        "play": Key("how often it answers, and when", ref("play")),
        "provenance": Key("made by hand, or by a recorder; composed where it says nothing", {"enum": [*get_args(Provenance)]}),
        "recorded": Key("when and where it was recorded", ref("recorded")),
        "timing": Key("how long it took when it was recorded", ref("timing")),
    }
)
REQUEST = Table(
    {
        "method": Key("in capitals", {**TOKEN, "not": {"pattern": r"[^!#$%&'*+.^_`|~0-9A-Z-]"}}, required=True),
        "url": Key("absolute, http or https", {"type": "string", "pattern": "^[hH][tT][tT][pP][sS]?://."}, required=True),
        "headers": Key("for the reader; compared only where match says so", ref("headers")),
        "body": Key("none where it is absent", ref("body")),
    }
)
RESPONSE = Table(
    {
        "status": Key("the status code", {"type": "integer", "minimum": 100, "maximum": 599}, required=True),
        "reason": Key("the reason phrase", TEXT),
        "http_version": Key("1.1 where it says nothing", {"enum": [*VERSIONS]}),
        "headers": Key("in wire order, repeats kept", ref("headers")),
        "body": Key("decoded, unless it says that it is coded", ref("response_body")),
        "chunks": Key("the sizes of its chunks on the wire, where they were noted", SIZES),
    }
)
FAILURE = Table(
    {
        "kind": Key("how the connection failed", {"enum": [*get_args(FailureKind)]}, required=True),
        "text": Key("what the system said of it", TEXT),
        "response": Key("the beginning of a response, where one had come by then", ref("response")),
    }
)
OUTCOME = Table(
    {
        "response": Key("what the server said", ref("response")),
        "failure": Key("the connection failed", ref("failure")),
    }
)
MATCH = Table(
    {
        "hosts": Key("any of these hosts instead of that of the URL", WORDS),
        "query": Key("only these parameters are compared", {"anyOf": [WORDS, {"type": "null"}]}),
        "path": Key("a regular expression for the whole path", {"type": ["string", "null"]}),
        "body": Key("how the body is compared", {"enum": [*get_args(BodyRule), None]}),
        "headers": Key("names of headers that are compared as well", WORDS),
        "ignore": Key("places that are not compared, such as query.t or body.items[*].id", {"type": "array", "items": PLACE}),
        "like": Key(
            "places whose value must only be of a kind, or fit an expression",
            {
                "type": "object",
                "propertyNames": PLACE,
                "additionalProperties": {"anyOf": [{"enum": [*get_args(Like)]}, {"pattern": r"^/[\s\S]+/(?![\s\S])", **TEXT}]},
            },
        ),
    }
)
PLAY = Table(
    {
        "times": Key("how often it answers", {"anyOf": [{"type": "integer", "minimum": 1}, {"const": "any"}]}),
        "optional": Key("it may stay unplayed", FLAG),
        "scenario": Key("it answers in one state of a scenario only, or changes it", ref("scenario")),
    }
)
SCENARIO = Table(
    {
        "name": Key("which scenario", WORD, required=True),
        "when": Key('in which state it answers; every scenario begins in "start"', WORD),
        "then": Key("the state that it leaves", WORD),
    }
)
RECORDED = Table(
    {
        "at": Key("when, in UTC, as 2026-01-31T12:00:00Z", MOMENT, required=True),
        "host": Key("which host answered", TEXT),
        "client": Key("through which client", TEXT),
    }
)
TIMING = Table(
    {
        "first_byte": Key("seconds to the first byte of the response", SECONDS, required=True),
        "total": Key("seconds to its last byte", SECONDS, required=True),
    }
)
JSON_BODY = Table(
    {
        "json": Key("the value", {}, required=True),
        "style": Key("how it is written; compact where it says nothing", {"enum": [*STYLES]}),
        "end": Key("white space behind it", {**TEXT, "not": {"pattern": r"[^ \t\r\n]"}}),
    }
)
TEXT_BODY = Table(
    {
        "text": Key("the text", TEXT, required=True),
        "charset": Key("how it is written in bytes; utf-8 where it says nothing", TEXT),
    }
)
BASE64_BODY = Table({"base64": Key("the bytes", {**TEXT, "contentEncoding": "base64"}, required=True)})
CODED = Key("still in its content coding, as it was on the wire", FLAG)
BODIES: Mapping[str, Table] = {"json": JSON_BODY, "text": TEXT_BODY, "base64": BASE64_BODY}
RESPONSE_BODIES: Mapping[str, Table] = {name: Table({**table.keys, "coded": CODED}) for name, table in BODIES.items()}
"""Each kind of body by the key that names it; that of a response may be coded."""

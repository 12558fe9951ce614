"""What goes over the socket between a process and its test: the values of the model as JSON, and back. Nothing is executed."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from autogen_harness.model import Delivery, Finding, HttpFailure, HttpReply, HttpRequest, Note

_KINDS = {kind.__name__: kind for kind in (Delivery, Finding, HttpFailure, HttpReply, HttpRequest, Note)}


def packed(value: Any) -> bytes:
    """A value as one line of JSON."""
    return json.dumps(_plain(value)).encode() + b"\n"


def unpacked(line: bytes) -> Any:
    """The value of such a line; what was a list is a tuple.

    Raises:
        ValueError: it is no such line.
    """
    return _built(json.loads(line))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if type(value).__name__ in _KINDS:
        fields = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"kind": type(value).__name__, "fields": fields}
    if isinstance(value, Mapping):
        return {"table": {str(key): _plain(item) for key, item in value.items()}}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _built(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_built, value))
    if not isinstance(value, dict):
        return value
    if "bytes" in value:
        return base64.b64decode(value["bytes"])
    if "kind" in value:
        return _KINDS[value["kind"]](**{name: _built(item) for name, item in value["fields"].items()})
    return {key: _built(item) for key, item in value["table"].items()}

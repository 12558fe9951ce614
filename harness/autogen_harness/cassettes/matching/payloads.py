"""What a body means: JSON, the fields of a form, the parts of a multipart body, or bytes.

The bytes alone say which it is, so that equal bodies are always read alike, whatever headers a recording kept of them. That is
also what content types are often wrong about: curl sends JSON as a form, and many a webhook as plain text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import parse_qsl

from autogen_harness.cassettes.matching import multipart

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

Reading = Literal["compared", "json", "form", "raw"]
"""How a body is read: by what it is, as JSON where it is JSON, as a form, as bytes."""

Kind = Literal["json", "form", "multipart", "raw"]

_FORM = re.compile(rb"[^\s=&\"'<>{}\x00-\x1f\x7f-\xff]+=[^\s\"'<>{}\x00-\x1f\x7f-\xff]*")
"""``name=value&...`` as every client writes it, without the characters that are always escaped there."""


@dataclass(frozen=True)
class Payload:
    """A body that was read: ``value`` is plain data, of names to values for forms and parts, and bytes for bytes."""

    kind: Kind
    value: Any

    @cached_property
    def key(self) -> tuple[str, str | bytes]:
        """Equal for bodies of equal meaning, and for no others."""
        return self.kind, self.value if isinstance(self.value, bytes) else canonical(self.value)


def read(body: bytes, reading: Reading = "compared") -> Payload:
    """The meaning of a body. The order of a form's fields and of parts does not count; blanks and repeats do."""
    if reading == "form":
        return Payload("form", _fields(body))
    value = NOT_JSON if reading == "raw" else as_json(body)
    if value is not NOT_JSON:
        return Payload("json", value)
    parts = multipart.split(body) if reading == "compared" else None
    if parts is not None:
        return Payload("multipart", by_name((part.name, part.shown) for part in sorted(parts, key=lambda part: part.order)))
    if reading == "compared" and _FORM.fullmatch(body):
        return Payload("form", _fields(body))
    return Payload("raw", body)


def _fields(body: bytes) -> dict[str, str | list[str]]:
    text = body.decode("utf-8", "surrogateescape")
    return by_name(sorted(parse_qsl(text, keep_blank_values=True, errors="surrogateescape")))


def by_name(pairs: Iterable[tuple[str, T]]) -> dict[str, T | list[T]]:
    """One value as itself and several as a list, which is how a person writes them."""
    many: dict[str, list[T]] = {}
    for name, value in pairs:
        many.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in many.items()}


NOT_JSON = object()


def as_json(body: bytes) -> Any:
    """The JSON value of a body; :data:`NOT_JSON` where the body is none."""
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return NOT_JSON


def _no_constant(literal: str) -> Any:
    raise ValueError(literal)  # NaN and the infinities are not JSON


def canonical(value: Any) -> str:
    """One text for equal values: keys sorted, ``1.0`` as ``1``, and NaN, which no body can hold, for a place that is masked."""
    return json.dumps(_whole(value), sort_keys=True, separators=(",", ":"), default=_odd)


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _odd(value: Any) -> Any:
    """Bytes in a part stand where else only text does, so a list cannot be mistaken for anything."""
    return [value.decode("latin-1")] if isinstance(value, bytes) else float("nan")


def text(body: bytes) -> str:
    """A body for a reader."""
    return body.decode("utf-8", "backslashreplace")

"""The one shape of every tool's answer: a JSON object as text.

An answer that worked holds the tool's fields and never an ``error``. An answer that did not work holds a non-empty
``error`` that the model can act on, and whatever else the tool promises for that case. The text is strict JSON
(no NaN), valid UTF-8, and small: tools cut what they quote with :func:`clip` and say so in a field ``truncated``.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn


class ToolError(Exception):
    """Something that a tool cannot do, in words meant for the model: they become the ``error`` of the answer."""


def success(**fields: Any) -> str:
    """The answer of a tool that did what it was asked."""
    try:
        return as_text(fields)
    except (ValueError, RecursionError):
        return failure("the result cannot be written as JSON: it holds a number without a value or is nested too deeply")


def failure(error: str, **fields: Any) -> str:
    """The answer of a tool that could not; ``error`` is cut at 500 characters."""
    return as_text({"error": clip(error, 500)[0], **fields})


def as_text(value: Any) -> str:
    """Strict, compact JSON. Raises ValueError (NaN) or RecursionError where ``value`` has no such form."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode("utf-8")  # half of a surrogate pair, sent by somebody, becomes "?"


def clip(text: str, limit: int) -> tuple[str, bool]:
    """The longest half, quarter ... of ``text[:limit]`` whose JSON form has at most ``limit`` characters; was it cut?"""
    short = text[:limit]
    while len(as_text(short)) > limit + 2:  # a control character takes six; the two are the quotes
        short = short[: len(short) // 2]
    return short, len(short) < len(text)


def parse_json(body: bytes) -> Any:
    """The value of a JSON text that somebody else sent.

    Raises:
        ValueError: it is not strict JSON in UTF-8, -16 or -32, or it is nested too deeply.
    """
    try:
        return json.loads(body, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    return value if math.isfinite(value) else _refuse(digits)

"""Reading what a tool returned: is it strict JSON, is it an error, what does the error say."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGE_KEYS = ("error", "message", "detail", "reason", "errors")
"""Where an error result may keep its text."""

_EMPTY_WORDS = re.compile(
    r"^None$|\b(?:HTTP|status|code|reason|error)\b[ :=]+None\b|Traceback \(most recent call last\)", re.IGNORECASE
)


def not_json(result: Any) -> str:
    """Why a tool's result is not a string of strict JSON (RFC 8259: no NaN, no Infinity); "" when it is."""
    if not isinstance(result, str):
        return f"it returned {type(result).__name__}, not a string"
    try:
        result.encode("utf-8")
        json.loads(result, parse_constant=_refuse)
    except UnicodeEncodeError as error:
        return f"its text cannot be sent: {error.reason} at {error.start}"
    except ValueError as error:
        return f"it is not strict JSON: {error}"
    return ""


def _refuse(constant: str) -> None:
    message = f"{constant} is not JSON"
    raise ValueError(message)


def parsed(result: Any) -> Any:
    """The value in a result; None where it is not JSON (that is another law's business)."""
    try:
        return json.loads(result)
    except (TypeError, ValueError):
        return None


def is_error(value: Any) -> bool:
    """Whether a parsed result reports a failure: a truthy ``error``, or ``success`` false, in it or in an item of a batch."""
    return any(True for _ in errors(value))


def errors(value: Any) -> Iterator[dict[str, Any]]:
    """The parts of a parsed result that report a failure."""
    if isinstance(value, dict):
        if value.get("error") or value.get("errors") or value.get("success") is False or _empty_error(value):
            yield value
            return
        items = [item for entry in value.values() if isinstance(entry, list) for item in entry]
    else:
        items = value if isinstance(value, list) else []
    for item in items:
        if isinstance(item, dict):
            yield from errors(item)


def _empty_error(value: dict[str, Any]) -> bool:
    """``{"error": ""}`` is a failure that says nothing; ``{"error": null}`` and ``false`` say that there was none."""
    return isinstance(value.get("error"), (str, dict, list)) and not value["error"]


def says_nothing(error: dict[str, Any]) -> str:
    """Why an error is of no use to the model that reads it; "" when it is of use."""
    said = text_of(error)
    if not said:
        return "the error has no text"
    if said.endswith(":"):
        return f"the error ends where the reason should stand: {said!r}"
    empty = _EMPTY_WORDS.search(said)
    return f"the error says {empty.group()!r}: {said[:120]!r}" if empty else ""


def text_of(error: dict[str, Any]) -> str:
    """All that an error says in words."""
    texts = [_text(error[key]) for key in MESSAGE_KEYS if error.get(key) not in (None, True, False)]
    return " ".join(text.strip() for text in texts).strip()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value) if value else ""


def without(value: Any, fields: frozenset[str]) -> Any:
    """A parsed result without the fields that are declared to differ from call to call, at any depth."""
    if isinstance(value, dict):
        return {key: without(item, fields) for key, item in value.items() if key not in fields}
    if isinstance(value, list):
        return [without(item, fields) for item in value]
    return value

"""Kinds of value: for what is another one each time and must still be right, such as an id or the time."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.matching.payloads import canonical
from autogen_harness.wording import nearest_or_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_UUID = re.compile(r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}")
"""With hyphens (RFC 9562, section 4) or without any, as ``uuid.uuid4().hex``."""

_ISO = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"([T ]([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)([.,]\d+)?)?(Z|z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?)?"
)
"""A date, or date and time (RFC 3339, and what Python's ``isoformat`` writes)."""

_EPOCH, _INTEGER = re.compile(r"\d+(\.\d+)?"), re.compile(r"[-+]?\d+")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _uuid(value: Any, *, text: bool) -> bool:  # noqa: ARG001 - one signature for all kinds
    return isinstance(value, str) and bool(_UUID.fullmatch(value))


def _timestamp(value: Any, *, text: bool) -> bool:  # noqa: ARG001 - as above
    if isinstance(value, str):
        return bool(_ISO.fullmatch(value) or _EPOCH.fullmatch(value))
    return _is_number(value) and value >= 0


def _integer(value: Any, *, text: bool) -> bool:
    if isinstance(value, str):
        return text and bool(_INTEGER.fullmatch(value))
    return _is_number(value) and value == value // 1


def _any(value: Any, *, text: bool) -> bool:  # noqa: ARG001 - as above
    return True


KINDS: Mapping[str, Callable[..., bool]] = {"any": _any, "integer": _integer, "timestamp": _timestamp, "uuid": _uuid}
"""The kinds that have a name; ``/.../`` is a regular expression for the whole value."""


def fits(kind: str, value: Any, *, text: bool) -> bool:
    """Is a value of a kind? An array is where all its items are, and there are some.

    Args:
        kind: a name of :data:`KINDS`, or an expression between slashes.
        value: plain data.
        text: it comes from where all values are text, such as a query, so that ``"5"`` is an integer.
    """
    if isinstance(value, list) and kind != "any":
        return bool(value) and all(fits(kind, item, text=text) for item in value)
    if kind in KINDS:
        return KINDS[kind](value, text=text)
    return bool(expression(kind).fullmatch(value if isinstance(value, str) else canonical(value)))


@lru_cache(maxsize=256)
def expression(kind: str) -> re.Pattern[str]:
    """The regular expression between the slashes of a kind.

    Raises:
        ValueError: it is no kind; says the nearest.
    """
    if len(kind) < 3 or not (kind.startswith("/") and kind.endswith("/")):
        known = nearest_or_all(kind, KINDS)
        raise ValueError(f"{kind!r} is no kind of value; {known}; a regular expression stands between slashes: /.../")
    try:
        return re.compile(kind[1:-1])
    except re.error as error:
        raise ValueError(f"{kind!r} is not a regular expression: {error}") from None


def check(kind: str) -> None:
    """Refuse what is no kind.

    Raises:
        ValueError: see :func:`expression`.
    """
    if kind not in KINDS:
        expression(kind)


def shown(kind: str) -> str:
    """A kind in words: ``any uuid``, ``any value``, ``text like /[0-9]+/``."""
    return f"text like {kind}" if kind.startswith("/") else "any value" if kind == "any" else f"any {kind}"

"""Replies, and files, of a size that no model can read. Beside the fault table: a few laws ask for them, and they cost more."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering.upstream import Plan, always
from autogen_harness.model import HttpReply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autogen_harness.contracts.answering.upstream import Origin

WORD = "ballast "
"""What large texts consist of, so that a result shows how much of them it holds."""

_BALLAST = re.compile(rb"(?:%s)+" % WORD.encode())

LARGE = 5_000_000
"""Bytes of a large body."""

DEEP = 900
"""Arrays in each other: as many as Python's parser of JSON takes, and enough for an indented copy to be 400 times as long."""

CONTROLS = 4_000
"""Control characters in a row: as JSON each takes six."""

_LONG = 40_000  # characters of one text that was shorter, at most
_TOGETHER = 800_000  # characters of all such texts: a tool that reads a megabyte should see the whole of it
_MANY = 2_000  # items of one list that was shorter
_PROSE = 8  # characters of a text that is no code or symbol


@dataclass(frozen=True, slots=True)
class Bulk:
    """A plan whose every reply has this body."""

    plan: Plan
    body: bytes

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return len(self.body)

    @property
    def words(self) -> int:
        """How many words of ballast its longest text has."""
        return max((len(run) for run in _BALLAST.findall(self.body)), default=0) // len(WORD)


def large_text() -> Bulk:
    """A page of plain text."""
    return _bulk("5 MB of text", (WORD * (LARGE // len(WORD))).encode(), "text/plain; charset=utf-8")


def table(origin: Origin) -> Iterator[Bulk]:
    """Every kind of large reply: text, JSON, nested, hard to write as JSON; the recorded one swollen; an error page."""
    items = [{"id": number, "text": WORD * 5} for number in range(LARGE // 60)]
    yield large_text()
    yield _bulk("5 MB of JSON", json.dumps({"items": items}).encode())
    yield _bulk(f"JSON nested {DEEP} deep", b"[" * DEEP + json.dumps([*range(1_000)]).encode() + b"]" * DEEP)
    yield _bulk(f"{CONTROLS} control characters", b"\x01" * CONTROLS, "text/plain; charset=utf-8")
    yield _bulk("500 with 1 MB of text", (WORD * 125_000).encode(), "text/plain; charset=utf-8", 500)
    yield from swollen(origin)


def swollen(origin: Origin) -> Iterator[Bulk]:
    """The recorded JSON with longer texts, and with longer lists; nothing where it is not JSON."""
    for how, change in (("with long texts", with_long_texts), ("with long lists", with_long_lists)):
        changed = reshaped(origin, change)
        if changed is not None:
            yield Bulk(always(f"{origin.name}, {how}", changed, changed.status), changed.body)


def reshaped(origin: Origin, change: Callable[[Any], Any]) -> HttpReply | None:
    """The recorded reply with another value in its body; None where it is not JSON, or no other value comes out."""
    try:
        value = json.loads(origin.reply.body)
    except ValueError:
        return None
    changed = change(value)
    kind = next((text for name, text in origin.reply.headers if name.lower() == "content-type"), "application/json")
    body = json.dumps(changed).encode()
    return None if changed == value else HttpReply(origin.reply.status, "OK", (("content-type", kind),), body)


def with_long_texts(value: Any) -> Any:
    """The value with every text that is no symbol made long."""
    words = WORD * (min(_LONG, _TOGETHER // max(1, _texts(value))) // len(WORD))
    return _lengthened(value, words)


def _texts(value: Any) -> int:
    if isinstance(value, (dict, list)):
        return sum(map(_texts, value.values() if isinstance(value, dict) else value))
    return int(_is_prose(value))


def _lengthened(value: Any, words: str) -> Any:
    if isinstance(value, dict):
        return {key: _lengthened(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_lengthened(item, words) for item in value]
    return f"{value} {words}" if _is_prose(value) else value


def _is_prose(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= _PROSE


def with_long_lists(value: Any) -> Any:
    """The value with the items of its outermost lists repeated."""
    if isinstance(value, dict):
        return {key: with_long_lists(item) for key, item in value.items()}
    return (value * _MANY)[:_MANY] if isinstance(value, list) else value


def _bulk(label: str, body: bytes, kind: str = "application/json", status: int = 200) -> Bulk:
    reply = HttpReply(status, "OK" if status == 200 else "", (("content-type", kind),), body)
    return Bulk(always(f"status {status}, {label}" if status == 200 else f"status {label}", reply, status), body)

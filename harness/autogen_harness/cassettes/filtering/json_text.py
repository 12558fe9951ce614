"""Change single values of a JSON text and leave every other letter of it as it was: spaces, ``1.10``, order, repeated keys."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Protocol

from autogen_harness.cassettes.matching import payloads

if TYPE_CHECKING:
    from autogen_harness.documents import Steps

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],]|[^\s{}\[\],:"]+')


class Change(Protocol):
    """Says what stands in place of a string, or of a number's digits."""

    def __call__(self, steps: Steps, value: str, *, number: bool) -> str:
        """The new value; the same where nothing is to be changed."""


def is_container(text: str) -> bool:
    """A JSON object or array, as a matcher of bodies reads it."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    return payloads.as_json(text.encode("utf-8", "surrogatepass")) is not payloads.NOT_JSON


def edited(text: str, change: Change) -> str:
    """A valid JSON text with ``change(steps, value)`` in place of each string and number that this changes."""
    pieces: list[str] = []
    done, expects_key = 0, False
    steps: list[str | int] = []
    keyed: list[bool] = []
    for found in _TOKEN.finditer(text):
        piece = found[0]
        if piece in ("{", "["):
            keyed.append(piece == "{")
            steps.append("" if piece == "{" else 0)
            expects_key = piece == "{"
        elif piece in ("}", "]"):
            keyed.pop()
            steps.pop()
        elif piece == ",":
            expects_key = keyed[-1]
            last = steps[-1]
            steps[-1] = last + 1 if isinstance(last, int) else last
        elif expects_key:
            steps[-1], expects_key = json.loads(piece), False
        else:
            made = _literal(tuple(steps), piece, change)
            if made != piece:
                pieces += [text[done : found.start()], made]
                done = found.end()
    return "".join(pieces) + text[done:]


def _literal(steps: Steps, literal: str, change: Change) -> str:
    """What stands in place of a string or a number; true, false and null stay."""
    if literal in ("true", "false", "null"):
        return literal
    number = literal[0] != '"'
    value = literal if number else json.loads(literal)
    made = change(steps, value, number=number)
    return literal if made == value else json.dumps(made, ensure_ascii=literal.isascii())

"""What stands in a file where a secret was: text that says so, that is equal for equal names, and that is found again."""

from __future__ import annotations

import re

PLACEHOLDER = re.compile(r"<removed: ?[\w .()*-]*>|%3Cremoved%3A(?:%20)?[\w.()*%-]*?%3E", re.ASCII)
"""A placeholder, also as it stands in a URL."""

_UNUSUAL = re.compile(r"[^\w .()*-]+", re.ASCII)

MAX_NAME = 60
"""Characters of a name that a placeholder repeats."""


def stand_in(name: str) -> str:
    """``<removed: NAME>``; what could end a string, a header or a tag is left out of the name."""
    return f"<removed: {_plain(name)}>"


def cookie_stand_in(name: str) -> str:
    """``<removed:NAME>``, which may be the value of a cookie: it has no space (RFC 6265, section 4.1.1)."""
    return f"<removed:{_plain(name).replace(' ', '_')}>"


def is_stand_in(text: str) -> bool:
    """Nothing but a placeholder."""
    return bool(PLACEHOLDER.fullmatch(text))


def _plain(name: str) -> str:
    return _UNUSUAL.sub("_", name)[:MAX_NAME]

"""The parts of a URL, absolute or relative, changed in place: what is not changed keeps its spelling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote_plus

from autogen_harness.cassettes.filtering.removed import step_to as step

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[str, str], str]

__all__ = ["Parts", "fragment", "matrix", "pairs", "quoted", "split", "step"]

_PARTS = re.compile(r"((?:[A-Za-z][\w+.-]*:)?//)?([^?#]*)(\??)([^#]*)(#?)(.*)", re.DOTALL)
_MATRIX = re.compile(r"(;([^;=/]+)=)([^;/]*)")
_PAIR = re.compile(r"(?P<amp>amp;)?(?P<name>[^=]*)=(?P<value>.*)", re.DOTALL)


class Parts(NamedTuple):
    """A URL taken apart, with the marks between; together the parts are the URL again."""

    head: str
    user: str
    host: str
    path: str
    mark: str
    query: str
    hash: str
    fragment: str

    def __str__(self) -> str:
        return "".join((self.head, self.user, "@" if self.user else "", *self[2:]))


def split(url: str) -> Parts:
    """The parts of a URL; of a relative one the first three are empty."""
    head, address, *rest = _PARTS.fullmatch(url).groups("")  # type: ignore[union-attr]  # the pattern fits every text
    authority, slash, path = address.partition("/") if head else ("", "", address)
    user, _, host = authority.rpartition("@")
    return Parts(head, user, host, slash + path, *rest)


def quoted(text: str) -> str:
    """A placeholder as it may stand in a URL."""
    return quote(text, safe="")


def pairs(query: str, change: Change) -> str:
    """A query, or a form, with ``change(name, value)`` in place of each value that this changes."""
    return "&".join(_pair(pair, change) for pair in query.split("&"))


def _pair(pair: str, change: Change) -> str:
    found = _PAIR.fullmatch(pair)
    if found is None:
        return pair
    value = unquote_plus(found["value"])
    made = change(unquote_plus(found["name"]), value)
    return pair if made == value else pair[: found.start("value")] + quoted(made)


def fragment(fragment: str, change: Change) -> str:
    """A fragment that is written like a query, as OAuth's is (RFC 6749, section 4.2.2), changed as one."""
    return pairs(fragment, change) if "=" in fragment else fragment


def matrix(path: str, change: Change) -> str:
    """A path with the values of parameters such as ``;jsessionid=...`` changed."""
    return _MATRIX.sub(lambda found: found[1] + _kept(found[3], change(found[2], found[3])), path)


def _kept(value: str, made: str) -> str:
    return value if made == value else quoted(made)

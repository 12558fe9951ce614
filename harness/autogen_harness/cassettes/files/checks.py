"""What only a cassette's file has: times, URLs, headers, bytes. The rest is in :mod:`autogen_harness.documents.checks`."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from itertools import starmap
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

from autogen_harness.cassettes.cassette import Like
from autogen_harness.cassettes.matching import places
from autogen_harness.documents import checks
from autogen_harness.wording import nearest_or_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from autogen_harness.cassettes.cassette import Times
    from autogen_harness.cassettes.files.fields import Table
    from autogen_harness.documents import Steps
    from autogen_harness.model import Headers

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""What a header's name is made of, and a method (RFC 9110, section 5.6.2)."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_LISTS = {list}

_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,4})?([/?#].*)?")
"""URLs that need no closer look: almost all."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", re.ASCII)


class Checks(checks.Checks):
    """The problems of one cassette, as they are found. The good path is short: most files have no error to look for."""

    def keyed(self, value: Any, steps: Steps, table: Table) -> Mapping[str, Any]:
        """An object with the keys of ``table`` and no others."""
        if isinstance(value, dict):
            keys = tuple(value)
            if keys in table.seen:  # most tables of a file have the keys of the one before, in the same order
                return value
            if table.required <= value.keys() <= table.known:
                table.seen.add(keys)
                return value
        needed = {name: name in table.required for name in table.keys}
        required, optional = ([name for name in needed if needed[name] is kind] for kind in (True, False))
        return self.table(value, steps, required=required, optional=optional)

    def items(self, value: Any, steps: Steps) -> Sequence[Any]:
        """An array."""
        if value is None:
            self.wrong(steps, "must be an array, not null")
        return super().items(value, steps)

    def complained(self, steps: Steps) -> bool:
        """Is something wrong at this place, or inside of it?"""
        return any(problem.steps[: len(steps)] == steps for problem in self.problems)

    def times(self, value: Any, steps: Steps) -> Times:
        """A positive whole number, or "any"."""
        if value == "any":
            return "any"
        if type(value) is int and value > 0:
            return value
        self.wrong(steps, 'must be a whole number from 1, or "any"')
        return 1

    def flag(self, value: Any, steps: Steps) -> bool:
        """True or false."""
        if not isinstance(value, bool):
            self.wrong(steps, "must be true or false")
        return value is True

    def seconds(self, table: Mapping[str, Any], name: str, steps: Steps) -> float:
        """A number from 0; 0 where it is absent."""
        value = table.get(name, 0)
        if type(value) not in (int, float) or value < 0:
            self.wrong((*steps, name), f"must be a number of seconds from 0, not {self.shown(value)}")
            return 0.0
        return float(value)

    def sizes(self, table: Mapping[str, Any], name: str, steps: Steps) -> tuple[int, ...]:
        """Whole numbers from 1; none where they are absent."""
        if name not in table:
            return ()
        sizes = self.items(table[name], (*steps, name))
        for index, size in enumerate(sizes):
            if type(size) is not int or size < 1:
                self.wrong((*steps, name, index), "must be a whole number from 1")
        return tuple(size for size in sizes if type(size) is int)

    def moment(self, table: Mapping[str, Any], name: str, steps: Steps) -> str:
        """A moment in UTC (ISO 8601)."""
        value = self.text(table, name, steps)
        if isinstance(table.get(name), str) and not _is_moment(value):
            self.wrong((*steps, name), f"{value!r} is no moment in UTC", "write it as in 2026-01-31T12:00:00Z")
        return value

    def method(self, table: Mapping[str, Any], steps: Steps) -> str:
        """A method, in capitals."""
        value = self.text(table, "method", steps)
        if value not in _METHODS and isinstance(table.get("method"), str):
            if not _TOKEN.fullmatch(value):
                self.wrong((*steps, "method"), f"{value!r} cannot be a method")
            elif value != value.upper():
                self.wrong((*steps, "method"), f"the method {value!r} is not in capitals", f"write {value.upper()!r}")
        return value

    def url(self, table: Mapping[str, Any], name: str, steps: Steps) -> str:
        """An absolute http or https URL."""
        value = self.text(table, name, steps)
        problem = url_problem(value)
        if isinstance(table.get(name), str) and problem:
            self.wrong((*steps, name), problem, "write it as in https://host/path?query")
        return value

    def word(self, table: Mapping[str, Any], name: str, steps: Steps) -> str:
        """A string that is not empty; empty where it is absent."""
        value = self.text(table, name, steps)
        if table.get(name) == "":
            self.wrong((*steps, name), "must not be empty")
        return value

    def words_of(self, table: Mapping[str, Any], name: str, steps: Steps) -> tuple[str, ...]:
        """Strings that are not empty; none where they are absent."""
        return tuple(self.words(table[name], (*steps, name))) if name in table else ()

    def places(self, table: Mapping[str, Any], name: str, steps: Steps) -> tuple[str, ...]:
        """Places in a request; none where they are absent."""
        words = self.words_of(table, name, steps)
        for index, word in enumerate(words):
            self.place(word, (*steps, name, index))
        return words

    def place(self, value: str, steps: Steps, *, key: bool = False) -> None:
        """A place in a request, such as ``body.items[*].id``."""
        try:
            places.parse(value)
        except ValueError as error:
            if value:  # an empty one was complained of
                self.wrong(steps, str(error), key=key)

    def likes(self, value: Any, steps: Steps) -> tuple[tuple[str, str], ...]:
        """Places with what their values are like: a word of :data:`Like`, or an expression between slashes."""
        if not isinstance(value, dict):
            self.wrong(steps, f"must be an object, not {self.kind(value)}", 'write it as in {"body.id": "uuid"}')
            return ()
        for place, kind in value.items():
            self.place(place, (*steps, place), key=True)
            self._like(kind, (*steps, place))
        return tuple((place, kind) for place, kind in value.items() if isinstance(kind, str))

    def _like(self, kind: Any, steps: Steps) -> None:
        words = get_args(Like)
        if isinstance(kind, str) and len(kind) > 2 and kind[0] == kind[-1] == "/":
            self.pattern(kind[1:-1], steps)
        elif kind not in words:
            near = nearest_or_all(kind, words) if isinstance(kind, str) else ""
            self.wrong(steps, f"must be one of {', '.join(words)}, or /an expression/", near if near.startswith("did") else "")

    def headers(self, table: Mapping[str, Any], steps: Steps) -> Headers:
        """Pairs of a name and a value, as they may stand on the wire; none where they are absent."""
        if "headers" not in table:
            return ()
        value, place = table["headers"], (*steps, "headers")
        try:
            if type(value) is list and {*map(type, value)} <= _LISTS:
                return tuple(starmap(_pair, value))
        except (TypeError, ValueError):
            pass  # one of them is wrong: which, and how?
        if not isinstance(value, list):
            self.wrong(place, f"must be an array, not {self.kind(value)}", 'write it as in [["content-type", "text/html"]]')
            return ()
        return tuple([self.header(item, (*place, index)) for index, item in enumerate(value)])

    def header(self, value: Any, steps: Steps) -> tuple[str, str]:
        """A pair of a name and a value, as they may stand on the wire."""
        if not (isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value)):
            self.wrong(steps, 'a header is an array of its name and its value, as in ["content-type", "text/html"]')
            return "", ""
        name, content = value
        if not _TOKEN.fullmatch(name):
            self.wrong((*steps, 0), f"{name!r} cannot be the name of a header")
        if any(character in content for character in "\r\n\0"):
            self.wrong((*steps, 1), "the value of a header has no line breaks")
        return name, content

    def attempt(self, steps: Steps, read: Callable[..., bytes], *args: Any) -> bytes:
        """What ``read(*args)`` gives; its ValueError is a problem."""
        try:
            return read(*args)
        except ValueError as error:
            self.wrong(steps, f"cannot be turned into bytes: {error}")
            return b""


@lru_cache(maxsize=4096)
def _pair(name: str, value: str) -> tuple[str, str]:
    """A header that is sound; most of them are in every response.

    Raises:
        TypeError: it is none.
        ValueError: one of them may not be what it is.
    """
    if not _TOKEN.fullmatch(name) or "\r" in value or "\n" in value or "\0" in value:
        raise ValueError(name)
    return name, value


def _is_moment(text: str) -> bool:
    try:
        datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - its zone is in the pattern
    except ValueError:
        return False
    return bool(_MOMENT.fullmatch(text))


def url_problem(url: str) -> str:
    """What keeps a text from being an absolute http or https URL; empty where nothing does."""
    if _PLAIN_URL.fullmatch(url):
        return ""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        return f"not a URL: {error}"
    return "" if parts.scheme in ("http", "https") and parts.hostname else f"not an absolute http or https URL: {url!r}"

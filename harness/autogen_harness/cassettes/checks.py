"""What only a cassette's file has: times, URLs, headers, bytes. The rest is in :mod:`autogen_harness.documents.checks`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from autogen_harness.documents import checks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autogen_harness.cassettes.cassette import Times
    from autogen_harness.documents import Steps

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""What a header's name is made of (RFC 9110, section 5.6.2)."""


class Checks(checks.Checks):
    """The problems of one cassette, as they are found."""

    def times(self, value: Any, steps: Steps) -> Times:
        """A positive whole number, or "any"."""
        if value == "any":
            return "any"
        if type(value) is int and value > 0:
            return value
        self.wrong(steps, 'must be a whole number from 1, or "any"')
        return 1

    def url(self, table: Mapping[str, Any], name: str, steps: Steps) -> str:
        """An absolute http or https URL."""
        value = self.text(table, name, steps)
        problem = url_problem(value)
        if name in table and problem:
            self.wrong((*steps, name), problem, "write it as in https://host/path?query")
        return "http://absent/" if problem else value

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

    def attempt(self, steps: Steps, read: Callable[[], bytes]) -> bytes:
        """What ``read`` gives; its ValueError is a problem."""
        try:
            return read()
        except ValueError as error:
            self.wrong(steps, f"cannot be turned into bytes: {error}")
            return b""


def url_problem(url: str) -> str:
    """What keeps a text from being an absolute http or https URL; empty where nothing does."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        return f"not a URL: {error}"
    return "" if parts.scheme in ("http", "https") and parts.hostname else f"not an absolute http or https URL: {url!r}"

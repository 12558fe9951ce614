"""Decides what of a text is taken out, and keeps the account. What the text is part of is the business of others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from autogen_harness.cassettes.filtering import json_text, urls
from autogen_harness.cassettes.filtering.removed import Removed
from autogen_harness.secrecy import forms
from autogen_harness.secrecy.placeholders import PLACEHOLDER, is_stand_in, stand_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autogen_harness.cassettes.filtering.removed import Place, Side, Why
    from autogen_harness.documents import Steps
    from autogen_harness.secrecy.names import SecretNames, Where

MAX_DEPTH = 8
"""Texts inside texts (JSON in a string, a URL in a query) that are taken apart."""

_URL = re.compile(r"\bhttps?://[^\s\"'<>\\]+")
_PAIR = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*"\s*:\s*")([^"\\]*(?:\\.[^"\\]*)*)(?="|\Z)', re.DOTALL)
"""A name with its text as in JSON: also in a line of it, in a script, in what was cut."""

_LONG_NUMBER = re.compile(r"-?[0-9]{6,}")
"""A number that can be a password; a shorter one under such a name counts something."""


class Eraser:
    """Takes secrets out of one side of an interaction.

    Args:
        side: the request or the reply.
        names: which names mean a secret.
        values: what is taken out wherever it stands, each with what it is called.

    Attributes:
        removed: what was taken out so far.
        taken: the values that names gave away, each with its name and the place that it was taken from.
    """

    def __init__(self, side: Side, names: SecretNames, values: Mapping[str, str]) -> None:
        self._side, self._names, self._depth = side, names, 0
        self._values = sorted(((value, name) for value, name in values.items() if value), key=lambda pair: -len(pair[0]))
        self.removed: list[Removed] = []
        self.taken: dict[str, tuple[str, Place]] = {}

    def value(self, where: Where, name: str, value: str, place: Place) -> str:
        """A value without secrets: a placeholder where its name means one."""
        if not value or is_stand_in(value):
            return value
        if self._names.mean(where, name, value):
            return self.gone(name, value, place)
        return self.text(value, place)

    def gone(self, name: str, value: str, place: Place) -> str:
        """A placeholder for what its name gives away."""
        self.taken.setdefault(value, (name, place))
        self._note(place, name, "name")
        return stand_in(name)

    def json(self, text: str, place_of: Callable[[Steps], Place]) -> str:
        """A JSON text without secrets, otherwise as it was, letter by letter."""

        def change(steps: Steps, value: str, *, number: bool) -> str:
            name = next((step for step in reversed(steps) if isinstance(step, str)), "")
            if (number and not _LONG_NUMBER.fullmatch(value)) or (name == "token" and "logprobs" in str(steps)):
                return value  # a number that counts, a piece of a model's text
            return self.value("key", name, value, place_of(steps))

        return json_text.edited(text, change)

    def text(self, text: str, place: Place) -> str:
        """A text without secrets: those of JSON and URLs in it, known values, and what has the form of one."""
        if self._depth >= MAX_DEPTH:
            return self.erase(text, place)
        self._depth += 1
        try:
            if json_text.is_container(text):
                return self.json(text, lambda _: place)
            text = _URL.sub(lambda url: self.url(url[0], lambda _: place), text)
            text = _PAIR.sub(lambda pair: pair[1] + self._paired(pair, place), text)
            return self.erase(text, place)
        finally:
            self._depth -= 1

    def _paired(self, pair: re.Match[str], place: Place) -> str:
        name = pair[1].rstrip(' :\t\r\n"').lstrip('"')
        secret = pair[2] and not is_stand_in(pair[2]) and self._names.mean("key", name, pair[2])
        return self.gone(name, pair[2], place) if secret else pair[2]

    def url(self, url: str, place_of: Callable[[str], Place]) -> str:
        """A URL, absolute or not, without secrets. ``place_of`` says where a part of it is: ``path``, or ``query.NAME``."""

        def change(name: str, value: str) -> str:
            return self.value("parameter", name, value, place_of(f"query{urls.step(name)}"))

        parts = urls.split(url)
        user = (
            ""
            if not parts.user or PLACEHOLDER.fullmatch(parts.user)
            else self.gone("userinfo", unquote(parts.user), place_of("userinfo"))
        )
        path = urls.matrix(parts.path, lambda name, value: self._matrix(name, value, place_of))
        path = self.erase(parts.host + path, place_of("path"), urls.quoted)[len(parts.host) :]
        user = urls.quoted(user) or parts.user
        query, fragment = urls.pairs(parts.query, change), urls.fragment(parts.fragment, change)
        return str(parts._replace(user=user, path=path, query=query, fragment=fragment))

    def _matrix(self, name: str, value: str, place_of: Callable[[str], Place]) -> str:
        secret = not is_stand_in(value) and self._names.mean("parameter", name, value)
        return self.gone(name, value, place_of("path")) if secret else value

    def erase(self, text: str, place: Place, write: Callable[[str], str] = str) -> str:
        """A text without known values and forms, outside of placeholders; ``write`` says how a placeholder is spelled here."""
        done, pieces = 0, []
        for found in PLACEHOLDER.finditer(text):
            pieces += [self._erased(text[done : found.start()], place, write), found[0]]
            done = found.end()
        return "".join(pieces) + self._erased(text[done:], place, write)

    def _erased(self, text: str, place: Place, write: Callable[[str], str]) -> str:
        for value, name in self._values:
            if value in text:
                self._note(place, name, "value")
                return write(stand_in(name)).join(self._erased(piece, place, write) for piece in text.split(value))
        text, times = forms.removed(text, write)
        for name in times:
            self._note(place, name, "form")
        return text

    def _note(self, place: Place, name: str, why: Why) -> None:
        self.removed.append(Removed(self._side, place, name, why))

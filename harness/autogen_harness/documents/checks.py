"""Check the values of a parsed file and collect what is wrong, so that a reader hears of every error at once.

Each check gives back a value of the right type even where it complained: reading goes on, and the caller refuses the file at
the end if there are problems.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from autogen_harness.documents.places import Problem
from autogen_harness.wording import nearest_or_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autogen_harness.documents.places import Steps

C = TypeVar("C", bound=str)

NAMES: Mapping[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "true or false",
    int: "a number",
    float: "a number",
}
"""What JSON calls the types of its values."""


class Checks:
    """The problems of one file, as they are found."""

    names = NAMES

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def kind(self, value: Any) -> str:
        """What the format calls the type of a value."""
        return self.names.get(type(value), "null")

    def shown(self, value: Any) -> str:
        """A value in a few words: a short scalar as it is, else its type."""
        text = str(value).lower() if isinstance(value, bool) else repr(value)
        return self.kind(value) if isinstance(value, dict | list | None) or len(text) > 40 else text

    def wrong(self, steps: Steps, text: str, hint: str = "", *, key: bool = False) -> None:
        """Note a problem."""
        self.problems.append(Problem(steps, text, hint, key=key))

    def table(
        self, value: Any, steps: Steps, *, required: Sequence[str] = (), optional: Sequence[str] = ()
    ) -> Mapping[str, Any]:
        """An object with these keys and no others."""
        if not isinstance(value, dict):
            self.wrong(steps, f"must be {self.names[dict]}, not {self.kind(value)}")
            return {}
        for name in required:
            if name not in value:
                self.wrong(steps, f"the key {name!r} is missing")
        self.only(value, steps, (*required, *optional))
        return value

    def only(self, table: Mapping[str, Any], steps: Steps, known: Sequence[str]) -> None:
        """No key but these."""
        for name in table:
            if name not in known and not any(problem.steps == (*steps, name) for problem in self.problems):
                self.wrong((*steps, name), f"unknown key {name!r}", nearest_or_all(name, known), key=True)

    def items(self, value: Any, steps: Steps) -> Sequence[Any]:
        """An array; nothing where the value is absent."""
        if value is not None and not isinstance(value, list):
            self.wrong(steps, f"must be {self.names[list]}, not {self.kind(value)}")
        return value if isinstance(value, list) else []

    def words(self, value: Any, steps: Steps) -> list[str]:
        """An array of strings that are not empty."""
        for index, item in enumerate(self.items(value, steps)):
            if not isinstance(item, str) or not item:
                self.wrong((*steps, index), "must be a string that is not empty")
        return [item for item in value or [] if isinstance(item, str)] if isinstance(value, list) else []

    def text(self, table: Mapping[str, Any], name: str, steps: Steps) -> str:
        """A string; empty where it is absent."""
        value = table.get(name, "")
        if not isinstance(value, str):
            self.wrong((*steps, name), f"must be {self.names[str]}, not {self.kind(value)}")
            return ""
        return value

    def whole(self, value: Any, steps: Steps, *, low: int, high: int) -> int:
        """A whole number within bounds."""
        if type(value) is int and low <= value <= high:
            return value
        self.wrong(steps, f"must be a whole number from {low} to {high}")
        return low

    def choice(self, value: Any, steps: Steps, known: Sequence[C]) -> C:
        """One of these words; the first where it is not."""
        if value in known:
            return known[known.index(value)]
        shown = nearest_or_all(value, known) if isinstance(value, str) else ""
        self.wrong(steps, f"must be one of {', '.join(known)}", shown if shown.startswith("did") else "")
        return known[0]

    def version(self, value: Any, steps: Steps, known: str) -> None:
        """The one version of a format that can be read."""
        if value != known:
            self.wrong(steps, f"the format {self.shown(value)} is not known", f"this release reads {known!r}")

    def pattern(self, value: Any, steps: Steps) -> str | None:
        """A regular expression, or null."""
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong(steps, f"must be a regular expression or null, not {self.kind(value)}")
            return None
        try:
            re.compile(value)
        except re.error as error:
            self.wrong(steps, f"not a regular expression: {error}")
        return value

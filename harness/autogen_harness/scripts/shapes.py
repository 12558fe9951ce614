"""Shapes: what a value of a script file may be. One description both reads a value and says it as JSON Schema.

A shape reads in two steps: it complains of what does not fit, at its place, and gives back what Python makes of the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from autogen_harness.documents import Problem, Steps
from autogen_harness.documents import checks as document_checks
from autogen_harness.wording import nearest_or_all


class Checks(document_checks.Checks):
    """The problems of one script, as they are found, in the words of YAML."""

    names: Mapping[type, str] = {**document_checks.NAMES, dict: "a mapping", list: "a list", str: "text"}

    def said_of(self, at: Steps) -> list[Problem]:
        """What was complained of at a place, or inside of it."""
        return [problem for problem in self.problems if problem.steps[: len(at)] == at]


class Shape(Protocol):
    """What a value may be."""

    def read(self, checks: Checks, value: Any, at: Steps) -> Any:
        """What Python makes of ``value``; problems are noted, and the result then means nothing."""

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema (2020-12)."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text; ``pattern`` is a regular expression that Python and ECMAScript read alike, ``hint`` says what it means."""

    empty: bool = False
    pattern: str = ""
    hint: str = ""

    def read(self, checks: Checks, value: Any, at: Steps) -> str:
        """See :class:`Shape`."""
        if not isinstance(value, str):
            checks.wrong(at, f"must be text, not {checks.kind(value)}", "put it into quotes" if _is_scalar(value) else "")
            return ""
        if not value and not self.empty:
            checks.wrong(at, "must not be empty")
        elif self.pattern and not re.search(self.pattern, value):
            checks.wrong(at, f"{value!r} is not {self.hint}")
        return str(value)

    def schema(self) -> dict[str, Any]:
        """See :class:`Shape`."""
        return (
            {"type": "string"} | ({} if self.empty else {"minLength": 1}) | ({"pattern": self.pattern} if self.pattern else {})
        )


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression of Python, as text."""

    def read(self, checks: Checks, value: Any, at: Steps) -> str:
        """See :class:`Shape`."""
        if not isinstance(value, str):
            return Text().read(checks, value, at)
        return checks.pattern(value, at) or ""

    def schema(self) -> dict[str, Any]:
        """See :class:`Shape`."""
        return {"type": "string"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number from ``low`` to ``high``; whole, if it says so."""

    low: float
    high: float | None = None
    whole: bool = False

    def read(self, checks: Checks, value: Any, at: Steps) -> Any:
        """See :class:`Shape`."""
        fits = not isinstance(value, bool) and isinstance(value, int if self.whole else int | float)
        if fits and self.low <= value and (self.high is None or value <= self.high):
            return value
        limit = f"from {self.low:g}" + ("" if self.high is None else f" to {self.high:g}")
        checks.wrong(at, f"must be a {'whole ' if self.whole else ''}number {limit}, not {checks.shown(value)}")
        return self.low

    def schema(self) -> dict[str, Any]:
        """See :class:`Shape`."""
        kind = {"type": "integer" if self.whole else "number", "minimum": self.low}
        return kind | ({} if self.high is None else {"maximum": self.high})


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, checks: Checks, value: Any, at: Steps) -> bool:
        """See :class:`Shape`."""
        if not isinstance(value, bool):
            checks.wrong(at, f"must be true or false, not {checks.shown(value)}")
        return value is True

    def schema(self) -> dict[str, Any]:
        """See :class:`Shape`."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few words."""

    words: Sequence[str]

    def read(self, checks: Checks, value: Any, at: Steps) -> str:
        """See :class:`Shape`."""
        if len(self.words) > 1 or value == self.words[0]:
            return checks.choice(value, at, self.words)
        near = nearest(value, self.words) if isinstance(value, str) else ""
        checks.wrong(at, f"must be {self.words[0]}, not {checks.shown(value)}", near)
        return self.words[0]

    def schema(self) -> dict[str, Any]:
        """See :class:`Shape`."""
        return {"enum": [*self.words]} if len(self.words) > 1 else {"const": self.words[0]}


def nearest(word: str, known: Sequence[str]) -> str:
    """A sentence that names the nearest known words; empty where none is near."""
    hint = nearest_or_all(word, known)
    return hint if hint.startswith("did") else ""

"""Expectations: what a request should say when a turn answers it. Made by ``turn.expecting(...)``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import EllipsisType
from typing import Any

from autogen_harness.differences import ABSENT, Difference, compare
from autogen_harness.errors import UsageError
from autogen_harness.llm.asking.criteria import (
    Phrase,
    Predicate,
    Text,
    absent,
    check,
    contains,
    is_named,
    is_true,
    latest_holds,
    must_be_a_function,
    must_be_asked_for,
)
from autogen_harness.llm.asking.seen import Seen, SeenResult
from autogen_harness.llm.references.reference import Reference

OTHERS = (..., "...")
"""Stands in a list of tools for any others; the text is for files."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a request should say, all of it; None asks nothing. See ``Turn.expecting``."""

    tools: Sequence[str | EllipsisType] | None = None
    last_message: Text | None = None
    result: Any = None
    results: Mapping[str, Any] = field(default_factory=dict)
    messages: int | range | None = None
    without: Text | Sequence[Text] = ()
    model: str | re.Pattern[str] | None = None
    predicate: Predicate | None = None

    def __post_init__(self) -> None:
        must_be_asked_for("expecting(last_message=...)", self.last_message, str, re.Pattern, Reference)
        must_be_asked_for("expecting(messages=...)", self.messages, int, range)
        must_be_asked_for("expecting(model=...)", self.model, str, re.Pattern)
        for one in self._secrets:
            must_be_asked_for("expecting(without=...)", one, str, re.Pattern, Reference)
        if isinstance(self.tools, str) or not all(isinstance(one, str) or one is ... for one in self.tools or ()):
            raise UsageError(f'expecting(tools=...) takes names in a list, ["search_web", ...], not {self.tools!r}')
        if not isinstance(self.results, Mapping):
            raise UsageError(f'expecting(results=...) takes a mapping, {{"search_web": "NVIDIA"}}, not {self.results!r}')
        must_be_a_function("expecting(predicate=...)", self.predicate)
        for one in (self.result, *self.results.values()):
            must_be_asked_for("expecting(result=...)", one)
        single = [one.name for one in fields(self) if one.name not in ("results", "without")]
        if not (self.results or self._secrets or any(getattr(self, name) is not None for name in single)):
            raise UsageError("expecting() expects nothing; say what: tools, last_message, result, messages, without, ...")

    @property
    def _secrets(self) -> Sequence[Text]:
        return (self.without,) if isinstance(self.without, (str, re.Pattern, Reference)) else tuple(self.without)

    def differences(self, seen: Seen) -> list[Difference]:
        """Where the request is not as it should be; empty where it is."""
        found: list[Difference] = []
        if self.tools is not None:
            found += _offered(self.tools, seen.request.tools)
        if self.last_message is not None:
            found += check(contains, "last_message", self.last_message, seen, seen.text)
        if self.result is not None:
            found += check(latest_holds, "result", self.result, seen, seen.results)
        for tool, wanted in self.results.items():
            found += check(latest_holds, f"results.{tool}", wanted, seen, _of(tool, seen.results))
        if self.messages is not None:
            found += _counted(self.messages, len(seen.request.messages))
        for secret in self._secrets:
            found += check(_nowhere, "", secret, seen, seen.texts())
        if self.model is not None:
            found += is_named("model", self.model, seen.model)
        if self.predicate is not None:
            found += is_true(self.predicate, seen.request)
        return found


def _offered(wanted: Sequence[str | EllipsisType], offered: Sequence[str]) -> list[Difference]:
    """All tools that are named are on offer, and no others unless ``...`` is named as well."""
    named = [str(one) for one in wanted if one not in OTHERS]
    more = () if len(named) < len(wanted) else [one for one in offered if one not in named]
    less = [Difference(f"tools.{one}", Phrase("on offer"), absent(one, offered)) for one in named if one not in offered]
    return less + [Difference(f"tools.{one}", ABSENT, Phrase("on offer")) for one in more]


def _of(tool: str, results: Iterable[SeenResult]) -> list[SeenResult]:
    return [one for one in results if one.tool == tool]


def _counted(wanted: int | range, actual: int) -> list[Difference]:
    if isinstance(wanted, int):
        return compare(wanted, actual, "messages")
    return [] if actual in wanted else [Difference("messages", Phrase(f"{wanted.start} to {wanted.stop - 1}"), actual)]


def _nowhere(_path: str, secret: Any, texts: Iterable[tuple[str, str]]) -> list[Difference]:
    """A text stands nowhere in the request. What is found is not quoted: it may be a secret, and reports are kept."""
    is_pattern = isinstance(secret, re.Pattern)
    pattern = secret if is_pattern else re.compile(re.escape(str(secret)))
    wanted = f"nothing that matches /{pattern.pattern}/" if is_pattern else f"nothing with {_veiled(str(secret))}"
    found = {path: match for path, text in texts if (match := pattern.search(text))}
    return [Difference(path, Phrase(wanted), Phrase(_around(match, pattern))) for path, match in found.items()]


def _veiled(secret: str) -> str:
    return f"{secret[:3]!r}… ({len(secret)} characters)"


def _around(match: re.Match[str], pattern: re.Pattern[str], reach: int = 30) -> str:
    """The place of the first match, without what matches there and near it."""
    text, at = pattern.sub("***", match.string), match.start()
    return " ".join(f"…{text[max(0, at - reach) : at + 3 + reach]}…".split())

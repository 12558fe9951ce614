"""What a test may ask of a request, piece by piece. Each function returns differences: none means that it holds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from autogen_harness.differences import ABSENT, Difference, compare, show
from autogen_harness.errors import UsageError, told
from autogen_harness.llm.asking.seen import Seen, SeenResult
from autogen_harness.llm.references.reference import Reference, ReferenceBroken, data_of, fill
from autogen_harness.model import LlmRequest
from autogen_harness.wording import did_you_mean

Text = str | re.Pattern[str] | Reference
"""A string, a compiled regular expression to search for, or a reference to an earlier result."""

Predicate = Callable[[LlmRequest], bool]
Check = Callable[[str, Any, Any], list[Difference]]


@dataclass(frozen=True, slots=True)
class Phrase:
    """What was wanted, in words, where it is no value."""

    words: str

    def __repr__(self) -> str:
        return self.words


def contains(path: str, wanted: Any, text: str) -> list[Difference]:
    """A string stands in ``text``, a pattern is found there."""
    if isinstance(wanted, re.Pattern):
        return [] if wanted.search(text) else [Difference(path, Phrase(f"text that matches /{wanted.pattern}/"), text)]
    part = wanted if isinstance(wanted, str) else json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))  # as say does
    return [] if part in text else [Difference(path, Phrase(f"text with {part!r}"), text)]


def is_named(path: str, wanted: Any, name: str) -> list[Difference]:
    """A name is equal to a string, or a pattern is found in it."""
    return contains(path, wanted, name) if isinstance(wanted, re.Pattern) else compare(wanted, name, path)


def holds(path: str, wanted: Any, text: str) -> list[Difference]:
    """A result holds what is wanted: as text a string or a pattern, as JSON anything else.

    A mapping is held by one that has its keys with what they want, and others beside; a list is whole. Inside a structure a
    string is equal, and a pattern is searched.
    """
    if isinstance(wanted, (str, re.Pattern)):
        return contains(path, wanted, text)
    return _inside(path, wanted, data_of(text))


def _inside(path: str, wanted: Any, actual: Any) -> list[Difference]:
    if isinstance(wanted, re.Pattern):
        return contains(path, wanted, actual) if isinstance(actual, str) else [Difference(path, wanted, actual)]
    if isinstance(wanted, Mapping):
        actual = data_of(actual)
        if isinstance(actual, Mapping):
            keys = {key: actual[key] if key in actual else absent(str(key), actual) for key in wanted}
            return [one for key, value in wanted.items() for one in _inside(f"{path}.{key}", value, keys[key])]
    if isinstance(wanted, list):
        actual = data_of(actual)
        if isinstance(actual, list):
            pairs = enumerate(zip_longest(wanted, actual, fillvalue=ABSENT))
            return [one for index, (value, there) in pairs for one in _inside(f"{path}[{index}]", value, there)]
    return compare(wanted, actual, path)


def absent(name: str, names: Iterable[object]) -> object:
    """What stands where ``name`` is not among ``names``: nothing, and the nearest that is there."""
    near = did_you_mean(name, names)
    return Phrase(f"{ABSENT!r}, {near}") if near else ABSENT


def latest_holds(path: str, wanted: Any, results: Sequence[SeenResult]) -> list[Difference]:
    """The latest of some results holds what is wanted."""
    return holds(path, wanted, results[-1].text) if results else [Difference(path, wanted, ABSENT)]


def is_true(predicate: Predicate, request: LlmRequest) -> list[Difference]:
    """A function of the test says yes. One that raises says no, and what it raised."""
    try:
        said = predicate(request)
    except Exception as error:  # noqa: BLE001 - the test's own function; nothing of it may reach AutoGen
        return [Difference("predicate", True, Phrase(f"an exception, {told(error)}"))]
    return [] if said else [Difference("predicate", True, said)]


def check(find: Check, path: str, wanted: Any, seen: Seen, actual: Any) -> list[Difference]:
    """What ``find`` says, with the references in ``wanted`` filled in; one that leads nowhere is a difference."""
    try:
        return find(path, fill(wanted, seen.runs), actual)
    except ReferenceBroken as error:
        return [Difference(path, Phrase(repr(wanted)), Phrase(str(error)))]


def written(value: Any) -> str:
    """What is wanted, as one would write it."""
    if isinstance(value, re.Pattern):
        return f"re.compile({value.pattern!r})"
    return value.__name__ if hasattr(value, "__name__") else show(value)


def must_be_asked_for(what: str, value: Any, *kinds: type) -> None:
    """Refuse what cannot be asked for, where it is written.

    Raises:
        UsageError: ``value`` is not None and of none of ``kinds``, if there are any, or is empty text, which every text holds.
    """
    if value is None:
        return
    if kinds and (not isinstance(value, kinds) or isinstance(value, bool)):
        wants = " or ".join(_KINDS[kind] for kind in kinds)
        raise UsageError(f"{what} takes {wants}, not {value!r}")
    if isinstance(value, str) and not value:
        raise UsageError(f"{what}: '' would hold for every text; for an empty one write re.compile(r'^$')")


def must_be_a_function(what: str, value: Any) -> None:
    """Refuse a predicate that cannot be called.

    Raises:
        UsageError: ``value`` is neither None nor a function.
    """
    if value is not None and not callable(value):
        raise UsageError(f"{what} takes a function of the request, not {value!r}")


_KINDS = {str: "text", re.Pattern: "a compiled pattern", Reference: "result(...)", int: "a number", range: "a range"}

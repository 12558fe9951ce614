"""Do the arguments of a call fit what a test says of them? Returns differences: none means that they do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from autogen_harness.differences import ABSENT, Difference, compare
from autogen_harness.errors import told
from autogen_harness.llm.asking.criteria import Phrase


def differing(wanted: Mapping[str, Any], arguments: Mapping[str, Any]) -> list[Difference]:
    """Where the arguments that ``wanted`` names are not as it says; other arguments may be anything.

    A pattern is searched in a text, a type is an ``isinstance`` check, a function says yes or no, and any other value is equal.
    All of them may stand inside lists and mappings, which are compared whole.
    """
    return [one for name, value in wanted.items() for one in _differing(value, arguments.get(name, ABSENT), name)]


def _differing(wanted: Any, actual: Any, path: str) -> list[Difference]:
    if isinstance(wanted, re.Pattern):
        return _unless(isinstance(actual, str) and wanted.search(actual), wanted, actual, path)
    if isinstance(wanted, type):
        return _unless(_is_a(wanted, actual), wanted, actual, path)
    if callable(wanted):
        return _accepted(wanted, actual, path)
    return _inside(wanted, actual, path)


def _unless(fits: Any, wanted: Any, actual: Any, path: str) -> list[Difference]:
    return [] if fits and actual is not ABSENT else [Difference(path, _in_words(wanted), actual)]


def _in_words(wanted: Any) -> Phrase:
    if isinstance(wanted, re.Pattern):
        return Phrase(f"text that matches /{wanted.pattern}/")
    name = getattr(wanted, "__name__", repr(wanted))
    if isinstance(wanted, type):
        return Phrase(f"a value of type {name}")
    return Phrase("what the function accepts" if name == "<lambda>" else f"what {name} accepts")


def _is_a(kind: type, actual: Any) -> bool:
    """As JSON has it: true is no number, and a whole number is one with a fraction of nothing."""
    if isinstance(actual, bool):
        return kind in (bool, object)
    return isinstance(actual, (int, float)) if kind is float else isinstance(actual, kind)


def _accepted(predicate: Any, actual: Any, path: str) -> list[Difference]:
    try:
        said = actual is not ABSENT and predicate(actual)
    except Exception as error:  # noqa: BLE001 - the test's own function; a value it cannot judge is not what it accepts
        return [Difference(path, _in_words(predicate), Phrase(f"{actual!r}, for which it raised {told(error)}"))]
    return _unless(said, predicate, actual, path)


def _inside(wanted: Any, actual: Any, path: str) -> list[Difference]:
    """The differences of two values, where matchers inside of ``wanted`` may turn out to be none."""
    if isinstance(wanted, Mapping) and isinstance(actual, Mapping) and wanted.keys() == actual.keys():
        return [one for key in wanted for one in _differing(wanted[key], actual[key], f"{path}.{key}")]
    if isinstance(wanted, (list, tuple)) and isinstance(actual, list) and len(wanted) == len(actual):
        pairs = enumerate(zip(wanted, actual, strict=True))
        return [one for index, (mine, other) in pairs for one in _differing(mine, other, f"{path}[{index}]")]
    return compare(wanted, actual, path)

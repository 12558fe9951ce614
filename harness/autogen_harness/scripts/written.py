"""Values of a script as a file holds them: the way back from :mod:`~autogen_harness.scripts.data`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from autogen_harness.llm.references.reference import Reference
from autogen_harness.scripts import reference_text
from autogen_harness.scripts.data import PATTERN, RESULT, TEXT
from autogen_harness.scripts.reference_text import NotSaid

_TO_ESCAPE = re.compile(r"\$+(?:result|text|pattern)")
_FLAGS = {re.ASCII: "a", re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s", re.VERBOSE: "x"}


def write_data(value: Any) -> Any:
    """A value as a file holds it.

    Raises:
        NotSaid: it holds what a file cannot say, such as a transform.
    """
    if isinstance(value, Reference):
        text, as_text = _written(value)
        return {TEXT if as_text else RESULT: text}
    if isinstance(value, re.Pattern):
        return {PATTERN: _pattern(value)}
    if isinstance(value, str):
        return reference_text.escaped(value)
    if isinstance(value, Mapping):
        return {_key(key): write_data(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [write_data(one) for one in value]
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        raise NotSaid(f"{value!r} is no value of JSON") from None
    return value


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise NotSaid(f"the key {key!r} is no text")
    return f"${key}" if _TO_ESCAPE.fullmatch(key) else key


def write_template(parts: Sequence[Any]) -> str | list[Any]:
    """What is said, as one text where that can hold it, else as a list of parts."""
    if any(not isinstance(part, str) and not (isinstance(part, Reference) and not _written(part)[1]) for part in parts):
        return [write_data(part) for part in parts]
    made = plain = ""
    for part in parts:
        if isinstance(part, Reference):
            made += reference_text.escaped(plain, before_reference=True) + f"${{{_written(part)[0]}}}"
            plain = ""
        else:
            plain += part
    return made + reference_text.escaped(plain)


def _pattern(pattern: re.Pattern[Any]) -> str:
    if not isinstance(pattern.pattern, str):
        raise NotSaid(f"{pattern!r} is a pattern of bytes, and a file holds text")
    flags = "".join(letter for flag, letter in _FLAGS.items() if pattern.flags & ~_own_flags(pattern.pattern) & flag)
    return (f"(?{flags})" if flags else "") + pattern.pattern


def _own_flags(pattern: str) -> int:
    """The flags that a pattern says of itself."""
    try:
        return re.compile(pattern).flags
    except re.error:  # it may need the flags that it was compiled with
        return 0


def _written(reference: Reference) -> tuple[str, bool]:
    tool, path, call, transform, as_text = reference.__recipe__()
    if transform is not None:
        raise NotSaid(f"{reference!r} has a transform: a file holds no code; write the turn in Python")
    return reference_text.write(tool, path, call), as_text

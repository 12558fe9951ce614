"""The way to one place inside a JSON value, as text: ``companies[0].name``, or ``$.companies[0]['full name']``.

The notation is JSONPath's, as far as it means one place (the "singular query" of RFC 9535).
"""

from __future__ import annotations

import ast
import re

from autogen_harness.errors import UsageError, must_be_text

Step = str | int

_STEP = re.compile(
    r"""\.? (?P<name>[^\W\d][\w-]*)
      | \[ \s* (?P<index>-?\d+) \s* \]
      | \[ \s* (?P<quoted>'(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*") \s* \]""",
    re.VERBOSE,
)
_MANY = re.compile(r"\.?\*|\[\s*\*|\.\.|\[\s*\?|\[[^\]'\"]*[:,]")


def steps(path: str) -> tuple[Step, ...]:
    """The keys and list indexes that ``path`` names, from the root.

    Args:
        path: names after dots, ``[0]`` and ``[-1]`` for lists, ``['any key']``; a ``$`` in front stands for the root.

    Raises:
        UsageError: this is no path, or one that leads to many places.
    """
    must_be_text(path, "a path", '"companies[0].name"')
    found: list[Step] = []
    at = 1 if path.startswith("$") else 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None or (path[at] not in ".[" and at > 0):
            raise _malformed(path, at)
        try:
            found.append(step["name"] or ast.literal_eval(step["index"] or step["quoted"]))
        except (SyntaxError, ValueError):  # such as an index 007, or an escape that is none
            raise _malformed(path, at) from None
        at = step.end()
    return tuple(found)


def written(path: tuple[Step, ...]) -> str:
    """The path as Python and this notation both write it: ``.companies[0]['full name']``."""
    return "".join(f".{step}" if _is_name(step) else f"[{step!r}]" for step in path)


def _is_name(step: Step) -> bool:
    return isinstance(step, str) and step.isidentifier() and re.fullmatch(r"\w+", step) is not None


def _malformed(path: str, at: int) -> UsageError:
    if _MANY.match(path, at):
        why = "a path leads to one place; for several write transform=lambda found: ..."
    else:
        why = "names follow dots, list indexes and other keys stand in brackets: companies[0]['full name']"
    return UsageError(f"the path {path!r} cannot be read from character {at + 1}, {path[at:]!r}: {why}")

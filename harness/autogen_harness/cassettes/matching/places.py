"""Places in a request, as ``query.t``, ``body.items[*].id`` or ``header.x-request-id``, and what happens to the values there.

A place begins with ``query``, ``header`` or ``body``. ``.name`` goes into an object (a form and the parts of a body too), and
``[0]`` into an array; ``.*`` and ``[*]`` mean all of it; ``["a.b"]`` is a name that has a dot or a bracket.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from autogen_harness.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

ROOTS = ("body", "header", "query")

_NAME, _INDEX = r'[^.\[\]"]+', r"\*|[0-9]+"
_QUOTED = r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"'  # a string of JSON
_STEP = re.compile(rf"\.(?P<name>{_NAME})|\[(?P<index>{_INDEX})\]|\[(?P<quoted>{_QUOTED})\]")

PATTERN = rf"^(body|header|query)(\.{_NAME}|\[({_INDEX})\]|\[{_QUOTED}\])*(?![\s\S])"
"""What :func:`parse` reads, for a schema."""


@dataclass(frozen=True, slots=True)
class _Every:
    """The step to every value of an object or an array."""


EVERY = _Every()

Step = str | int | _Every


@dataclass(frozen=True, slots=True)
class Mark:
    """Stands where a value is not compared, or has only to be of a kind. All marks are equal."""

    text: str = field(compare=False)

    def __repr__(self) -> str:
        return self.text


IGNORED = Mark("(not compared)")

_GONE = object()


@lru_cache(maxsize=1024)
def parse(place: str) -> tuple[str, tuple[Step, ...]]:
    """The root of a place and the steps from there. Names of headers are put into small letters.

    Raises:
        ValueError: it is no place; says what is.
    """
    root, steps, at = re.split(r"[.\[]", place, maxsplit=1)[0], [], 0
    if root not in ROOTS:
        raise ValueError(_no_root(place, root))
    at = len(root)
    while at < len(place):
        found = _STEP.match(place, at)
        if found is None:
            raise ValueError(f"{place!r} cannot be read from {place[at:]!r} on; write it as in body.items[*].id")
        steps.append(_step(found))
        at = found.end()
    if root == "header":
        steps = [step.lower() if isinstance(step, str) else step for step in steps]
    return root, tuple(steps)


def _no_root(place: str, root: str) -> str:
    if root == "path":
        return f"{place!r}: a path that may differ is a pattern, match.path"
    near = did_you_mean(root, ROOTS)
    return f"{place!r} is no place: it begins with query, header or body, as in query.t" + (f"; {near}" if near else "")


def _step(found: re.Match[str]) -> Step:
    name, index, quoted = found["name"], found["index"], found["quoted"]
    if quoted is not None:
        return str(json.loads(quoted))
    if name == "*" or index == "*":
        return EVERY
    return name if name is not None else int(index)


def without(value: Any, steps: tuple[Step, ...]) -> Any:
    """The value without what stands at a place. An array keeps a mark there, so that the rest keeps its numbers."""
    return changed(value, steps, lambda _: _GONE)


def changed(value: Any, steps: tuple[Step, ...], change: Callable[[Any], Any]) -> Any:
    """A copy of the value in which ``change`` was applied at a place; the value itself where there is no such place."""
    if not steps:
        return change(value)
    if isinstance(value, dict):
        return _in_table(value, steps, change)
    return _in_list(value, steps, change) if isinstance(value, list) else value


def _in_table(table: dict[str, Any], steps: tuple[Step, ...], change: Callable[[Any], Any]) -> dict[str, Any]:
    first, rest = steps[0], steps[1:]
    made = {name: changed(item, rest, change) if first in (name, EVERY) else item for name, item in table.items()}
    return {name: item for name, item in made.items() if item is not _GONE}


def _in_list(items: list[Any], steps: tuple[Step, ...], change: Callable[[Any], Any]) -> list[Any]:
    first, rest = steps[0], steps[1:]
    made = [changed(item, rest, change) if first in (number, EVERY) else item for number, item in enumerate(items)]
    made = [IGNORED if item is _GONE else item for item in made]
    while made and made[-1] is IGNORED:  # what is not compared may also be absent
        made.pop()
    return made

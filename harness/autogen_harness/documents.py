"""Text with positions: read JSON and YAML files strictly, say where they are wrong, write files whole or not at all.

The good path pays for the standard library's parser only. Positions are looked up when there is something to complain about.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import dataclass
from difflib import get_close_matches
from json import decoder
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from autogen_harness.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

Steps = tuple["str | int", ...]
"""The way from the root of a document to a value: keys and indices."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at ``steps``; ``key`` means the key itself and not its value, ``nth`` which of several equal keys."""

    steps: Steps
    text: str
    hint: str = ""
    key: bool = False
    nth: int = 0


def read(path: Path) -> str:
    """The text of a UTF-8 file.

    Raises:
        DocumentError: it cannot be read, or is not UTF-8; the position is that of the first bad byte.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DocumentError(str(path), f"cannot be read: {error.strerror}") from None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        line, column = _line_and_column(before, len(before))
        raise DocumentError(str(path), "not UTF-8 text", line=line, column=column, hint="save it as UTF-8") from None


def parse_json(text: str, path: str) -> Any:
    """The value of a JSON text, read strictly: no key twice, no NaN, no number that a float cannot give back as written.

    Raises:
        DocumentError: with file, line, column and every problem found.
    """
    doubtful: list[str] = []

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            doubtful.append("key")
        return made

    def number(literal: str) -> float:
        value = float(literal)
        if repr(value) != literal:
            doubtful.append(literal)
        return value

    try:
        value = json.loads(text, object_pairs_hook=table, parse_float=number, parse_constant=number)
    except json.JSONDecodeError as error:
        raise _failure(path, text, error.pos, Problem((), f"not JSON: {error.msg}")) from None
    except (ValueError, RecursionError) as error:
        raise DocumentError(path, f"not JSON that can be used: {error}") from None
    if doubtful:
        refuse(path, text, _doubts(text))
    return value


def parse_yaml(text: str, path: str) -> Any:
    """The value of a YAML text: plain data only, no key twice.

    Raises:
        DocumentError: with file, line, column and every problem found.
    """
    import yaml

    try:
        problems = [
            Problem(steps, f"the key {steps[-1]!r} is there twice", "remove one", key=True, nth=len(marks) - 1)
            for steps, marks in _yaml_places(text).keys.items()
            if len(marks) > 1
        ]
        value = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _failure(path, text, mark.index if mark else 0, Problem((), f"not YAML: {error.problem}")) from None
    except yaml.YAMLError as error:
        raise DocumentError(path, f"not YAML: {error}") from None
    if problems:
        refuse(path, text, problems, yaml=True)
    return value


def locate(text: str, steps: Steps, *, key: bool = False, yaml: bool = False) -> tuple[int, int]:
    """Line and column, from 1, of the value at ``steps`` of a valid text; of the nearest one around it where there is none."""
    return _line_and_column(text, _offset(_places(text, yaml=yaml), Problem(steps, "", key=key)))


def refuse(path: str, text: str, problems: Iterable[Problem], *, yaml: bool = False) -> NoReturn:
    """Raise one :class:`DocumentError` for all problems of a text, in the order in which they stand there."""
    places = _places(text, yaml=yaml)
    placed = sorted(((_offset(places, problem), problem) for problem in problems), key=lambda pair: pair[0])
    first, *others = [_failure(path, text, at, problem) for at, problem in placed]
    raise first.with_others(others)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known words, else all of them (at most 8); empty where nothing is known."""
    names = sorted(known)
    near = get_close_matches(word, names, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(repr(name) for name in near)}?"
    return f"known: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}" if names else ""


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all: UTF-8, line feeds as they are, through a temporary file beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@dataclass(slots=True)
class _Places:
    """Offsets of the values, keys (several where a key is repeated) and number literals of a text."""

    values: dict[Steps, int]
    keys: dict[Steps, list[int]]
    numbers: list[tuple[Steps, str]]


MAX_SOURCE = 100
"""Characters of a line shown under an error; of a longer one, those around the place."""


def _failure(path: str, text: str, at: int, problem: Problem) -> DocumentError:
    line, column = _line_and_column(text, at)
    source, caret = _window(text.split("\n")[line - 1], column)
    hint, pointer = problem.hint, _pointer(problem)
    return DocumentError(path, problem.text, line=line, column=column, hint=hint, pointer=pointer, source=source, caret=caret)


def _window(line: str, column: int) -> tuple[str, int]:
    """At most :data:`MAX_SOURCE` characters of a line around a column, with … where it goes on, and the column in them."""
    start = max(0, min(column - 1 - MAX_SOURCE // 2, len(line) - MAX_SOURCE))
    end = start + MAX_SOURCE
    shown = ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
    return shown, column - start + (1 if start else 0)


def _pointer(problem: Problem) -> str:
    """Where a value stands, as ``a[0].b``; of a problem with a key, which names itself, what it stands in."""
    steps = problem.steps[:-1] if problem.key else problem.steps
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _line_and_column(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _offset(places: _Places, problem: Problem) -> int:
    steps = problem.steps
    if problem.key and steps in places.keys:
        return places.keys[steps][min(problem.nth, len(places.keys[steps]) - 1)]
    while steps not in places.values:
        steps = steps[:-1]
    return places.values[steps]


def _doubts(text: str) -> list[Problem]:
    """Repeated keys and inexact numbers, with their places."""
    places = _places(text)
    problems = [
        Problem(steps, f"the key {steps[-1]!r} is there twice", "remove one", key=True, nth=1)
        for steps, offsets in places.keys.items()
        if len(offsets) > 1
    ]
    for steps, literal in places.numbers:
        if literal.endswith(("NaN", "Infinity")):
            problems.append(Problem(steps, f"JSON has no number {literal}"))
        elif not literal.lstrip("-").isdecimal() and repr(float(literal)) != literal:
            hint = f"write {float(literal)!r}, or keep the body as text"
            problems.append(Problem(steps, f"the number {literal} is not kept exactly", hint))
    return problems


def _places(text: str, *, yaml: bool = False) -> _Places:
    if yaml:
        return _yaml_places(text)
    places = _Places({}, {}, [])
    try:
        _walk_json(text, 0, (), places)
    except RecursionError:
        places.values.setdefault((), 0)
    return places


_SPACE = re.compile(r"\s*")
_SCALAR = re.compile(r"[^\s,\]}]+")


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _walk_json(text: str, at: int, steps: Steps, places: _Places) -> int:
    """Note where the value at ``at`` and all values in it begin; the text is valid JSON. Returns the offset behind it."""
    at = _skip(text, at)
    places.values[steps] = at
    if text[at] in "{[":
        return _walk_inside(text, at, steps, places)
    if text[at] == '"':
        return _string(text, at)[1]
    literal = _SCALAR.match(text, at)
    if literal is None:  # not in a valid text
        return len(text)
    if literal[0] not in {"true", "false", "null"}:
        places.numbers.append((steps, literal[0]))
    return literal.end()


def _string(text: str, at: int) -> tuple[str, int]:
    """The string whose quote stands at ``at``, and the offset behind it."""
    found: tuple[str, int] = decoder.scanstring(text, at + 1)  # type: ignore[attr-defined]  # typeshed does not list it
    return found


def _walk_inside(text: str, at: int, steps: Steps, places: _Places) -> int:
    table, index = text[at] == "{", 0
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        step: str | int = index
        if table:
            start = at
            step, at = _string(text, at)
            places.keys.setdefault((*steps, step), []).append(start)
            at = _skip(text, at) + 1  # the colon
        at = _skip(text, _walk_json(text, at, (*steps, step), places))
        at = _skip(text, at + 1) if text[at] == "," else at
        index += 1
    return at + 1


def _yaml_places(text: str) -> _Places:
    import yaml

    places = _Places({(): 0}, {}, [])
    seen: set[int] = set()

    def walk(node: yaml.Node | None, steps: Steps) -> None:
        if node is None or id(node) in seen:  # an alias may point back at what it stands in
            return
        seen.add(id(node))
        places.values[steps] = node.start_mark.index
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                step = (*steps, _scalar(key))
                places.keys.setdefault(step, []).append(key.start_mark.index)
                walk(value, step)
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                walk(item, (*steps, index))

    walk(yaml.compose(text, Loader=yaml.SafeLoader), ())
    return places


def _scalar(node: Any) -> str:
    return node.value if isinstance(node.value, str) else str(node.value)

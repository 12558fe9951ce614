"""Text with positions: read JSON and YAML files strictly, say where they are wrong, write files whole or not at all.

The good path pays for the standard library's parser only. Positions are looked up when there is something to complain about.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from autogen_harness.documents import json_items
from autogen_harness.documents.json_items import Each as Each
from autogen_harness.documents.json_places import places_in
from autogen_harness.documents.places import Places
from autogen_harness.documents.places import Problem as Problem
from autogen_harness.documents.places import Steps as Steps
from autogen_harness.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")


def read(path: Path) -> str:
    """The text of a UTF-8 file.

    Raises:
        DocumentError: it cannot be read, or is not UTF-8; the position is that of the first bad byte.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except OSError as error:
        raise DocumentError(str(path), f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        line, column = _line_and_column(before, len(before))
        raise DocumentError(str(path), "not UTF-8 text", line=line, column=column, hint="save it as UTF-8") from None


def loader(loads: Callable[[str, str], T], most: int) -> Callable[[Path], T]:
    """A function that reads a file by ``loads(text, path)``, once as long as the file does not change.

    Args:
        loads: makes a value of a text; raises DocumentError where it is none.
        most: how many files are remembered.
    """

    @lru_cache(maxsize=most)
    def remembered(path: Path, _changed: int, _size: int) -> T:
        return loads(read(path), str(path))

    def load(path: Path) -> T:
        try:
            state = path.stat()
        except OSError:
            return loads(read(path), str(path))  # which raises, and says why
        return remembered(path, state.st_mtime_ns, state.st_size)

    return load


def parse_json(text: str, path: str, each: Each | None = None) -> Any:
    """The value of a JSON text, read strictly: no key twice, no NaN, no number that a float cannot give back as written.

    Args:
        text: all of the file.
        path: for messages.
        each: what takes the place of the items of one array at the top; the values of a large file are then gone as they are
            read. Called before the rest of the text is known to be sound, and perhaps twice.

    Raises:
        DocumentError: with file, line, column and every problem found.
    """
    doubtful: list[str] = []

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            doubtful.append("key")
        return made

    number = _Numbers(doubtful).__getitem__
    decoder = json.JSONDecoder(object_pairs_hook=table, parse_float=number, parse_constant=number)
    pairs = json_items.pairs(text, decoder.raw_decode, each) if each else None
    value = table(pairs) if pairs is not None else _each(_parsed(text, path, decoder), each)
    if doubtful:
        refuse(path, text, _doubts(text))
    return value


def _parsed(text: str, path: str, decoder: json.JSONDecoder) -> Any:
    if text.startswith("\ufeff"):
        raise _failure(path, text, 0, Problem((), "begins with a byte order mark", "save it as UTF-8 without one"))
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        raise _failure(path, text, error.pos, Problem((), f"not JSON: {error.msg}")) from None
    except (ValueError, RecursionError) as error:
        raise DocumentError(path, f"not JSON that can be used: {error}") from None


def _each(value: Any, each: Each | None) -> Any:
    if each and isinstance(value, dict) and isinstance(items := value.get(each.name), list):
        value[each.name] = [each.read(index, item) for index, item in enumerate(items)]
    return value


class _Numbers(dict[str, float]):
    """The floats of a text by how they are written: most are there many times, and are then found without running Python."""

    def __init__(self, doubtful: list[str]) -> None:
        self._doubtful = doubtful

    def __missing__(self, literal: str) -> float:
        value = self[literal] = float(literal)
        if repr(value) != literal:
            self._doubtful.append(literal)
        return value


def parse_yaml(text: str, path: str) -> Any:
    """The value of a YAML text, as JSON could hold it; what readers of YAML disagree about is a problem.

    See :mod:`~autogen_harness.documents.strict_yaml`.

    Raises:
        DocumentError: with file, line, column and every problem found.
    """
    surveyed = survey_yaml(text, path)
    if surveyed.problems:
        refuse(path, text, surveyed.problems, yaml=True)
    return surveyed.value


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A text that was read: its value, where the parts of it stand, and what is wrong with it so far."""

    text: str
    value: Any
    places: Places
    problems: list[Problem]

    def locate(self, steps: Steps) -> tuple[int, int]:
        """Line and column, from 1, of the value at ``steps``."""
        return _line_and_column(self.text, self.places.offset(Problem(steps, "")))


def survey_yaml(text: str, path: str) -> Surveyed:
    """The same, with the problems beside the value: for a format that has more to say of it before it is refused.

    Raises:
        DocumentError: it is not YAML at all.
    """
    import yaml

    from autogen_harness.documents import strict_yaml

    try:
        return Surveyed(text, *strict_yaml.parse(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _failure(path, text, mark.index if mark else 0, Problem((), f"not YAML: {error.problem}")) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise DocumentError(path, f"not YAML that can be used: {error}") from None


def write_yaml(value: Any) -> str:
    """Plain data as YAML, in block style, that :func:`parse_yaml` reads back as it was."""
    from autogen_harness.documents import strict_yaml

    return strict_yaml.write(value)


def locate(text: str, steps: Steps, *, key: bool = False, yaml: bool = False) -> tuple[int, int]:
    """Line and column, from 1, of the value at ``steps`` of a valid text; of the nearest one around it where there is none."""
    return _line_and_column(text, _places(text, yaml=yaml).offset(Problem(steps, "", key=key)))


def errors_of(
    path: str, text: str, problems: Iterable[Problem], *, yaml: bool = False, places: Places | None = None
) -> list[DocumentError]:
    """Each problem of a text as an error with its place, in the order in which they stand there.

    ``places`` are those of the text, where it is not JSON or YAML as this package reads it.
    """
    places = places or _places(text, yaml=yaml)
    placed = sorted(((places.offset(problem), problem) for problem in problems), key=lambda pair: pair[0])
    return [_failure(path, text, at, problem) for at, problem in placed]


def refuse(path: str, text: str, problems: Iterable[Problem], *, yaml: bool = False, places: Places | None = None) -> NoReturn:
    """Raise one :class:`DocumentError` for all problems of a text; arguments as for :func:`errors_of`."""
    first, *others = errors_of(path, text, problems, yaml=yaml, places=places)
    raise first.with_others(others)


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all: UTF-8, line feeds as they are, through a temporary file beside it.

    Who may read it is as for any new file (``tempfile`` would let nobody else), or as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    try:
        with temporary.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
        with suppress(FileNotFoundError):
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


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


def _doubts(text: str) -> list[Problem]:
    """Repeated keys and inexact numbers, with their places."""
    places = _places(text)
    problems = places.repeated()
    for steps, literal in places.numbers:
        if literal.endswith(("NaN", "Infinity")):
            problems.append(Problem(steps, f"JSON has no number {literal}"))
        elif not literal.lstrip("-").isdecimal() and repr(float(literal)) != literal:
            hint = f"write {float(literal)!r}, or keep the body as text"
            problems.append(Problem(steps, f"the number {literal} is not kept exactly", hint))
    return problems


def _places(text: str, *, yaml: bool = False) -> Places:
    if yaml:
        from autogen_harness.documents import strict_yaml

        return strict_yaml.parse(text)[1]
    return places_in(text)

"""Script files: read a file whole, refuse it with every error at its place."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from autogen_harness import documents
from autogen_harness.documents import Steps
from autogen_harness.llm.script_file import ScriptFile
from autogen_harness.llm.turns import Turn
from autogen_harness.scripts.shapes import Checks
from autogen_harness.scripts.whole import FORMAT, SCRIPT


def load(path: Path) -> ScriptFile:
    """The script in a file; read once as long as the file does not change.

    Raises:
        DocumentError: the file is not a script; with the place of everything that is wrong.
    """
    try:
        state = path.stat()
    except OSError:
        return loads(documents.read(path), str(path))  # which raises, and says why
    return _load(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _load(path: Path, _changed: int, _size: int) -> ScriptFile:
    return loads(documents.read(path), str(path))


def loads(text: str, path: str = "<text>") -> ScriptFile:
    """The script in a text; ``path`` is for messages.

    Raises:
        DocumentError: as :func:`load`.
    """
    value, problems = documents.survey_yaml(text, path)
    checks = Checks()
    read = SCRIPT.read(checks, value, ()) if _is_ours(checks, value) else {}
    if not checks.problems and not any(read.get(key) for key in ("turns", "agents", "selector", "summary")):
        checks.wrong((), "the script has no turn", "write what the model says below turns:")
    told = {problem.steps for problem in problems}
    problems += [problem for problem in checks.problems if problem.steps not in told]
    if problems:
        documents.refuse(path, text, problems, yaml=True)
    parts = {name: part for name, part in read.items() if name != "format"}
    return ScriptFile(**_with_places(parts, text, path), path=path)


def _with_places(parts: Mapping[str, Any], text: str, path: str) -> dict[str, Any]:
    """The parts of a script, whose turns know where they stand: what goes wrong with one at play time says so."""
    places = iter(documents.locate_all(text, _turns_in(parts, ()), yaml=True))
    shown = _short(path)

    def placed(part: Any) -> Any:
        if isinstance(part, Turn):
            line, column = next(places)
            return replace(part, place=f"{shown}:{line}:{column}")
        if isinstance(part, Mapping):
            return {name: placed(one) for name, one in part.items()}
        return tuple(map(placed, part)) if isinstance(part, tuple) else part

    return {name: placed(part) for name, part in parts.items()}


def _turns_in(part: Any, steps: Steps) -> Iterator[Steps]:
    """The way to each turn of ``part``, in order."""
    if isinstance(part, Turn):
        yield steps
    inside = part.items() if isinstance(part, Mapping) else enumerate(part) if isinstance(part, tuple) else ()
    for step, one in inside:
        yield from _turns_in(one, (*steps, step))


def _short(path: str) -> str:
    """A path from the current folder, where it is in there."""
    with contextlib.suppress(ValueError):
        return Path(path).relative_to(Path.cwd()).as_posix()
    return path


def _is_ours(checks: Checks, value: Any) -> bool:
    """Is this a script of the version that is read here? Of another nothing else can be judged."""
    if not isinstance(value, dict):
        found = "the file is empty" if value is None else f"a script is a mapping, not {checks.kind(value)}"
        checks.wrong((), found, f"it begins with the line  format: {FORMAT}")
    elif "format" not in value:
        checks.wrong((), "the key 'format' is missing", f"begin the file with the line  format: {FORMAT}")
    else:
        checks.version(value["format"], ("format",), FORMAT)
    return not checks.problems

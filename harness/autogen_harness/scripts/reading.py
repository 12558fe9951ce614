"""Script files: read a file whole, refuse it with every error at its place."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from autogen_harness import documents
from autogen_harness.documents import Steps
from autogen_harness.llm.script.script_file import ScriptFile
from autogen_harness.llm.turns.turn import Turn
from autogen_harness.scripts.shapes import Checks
from autogen_harness.scripts.whole import FORMAT, SCRIPT


def load(path: Path) -> ScriptFile:
    """The script in a file; read once as long as the file does not change.

    Raises:
        DocumentError: the file is not a script; with the place of everything that is wrong.
    """
    return _load(path)


def loads(text: str, path: str = "<text>") -> ScriptFile:
    """The script in a text; ``path`` is for messages.

    Raises:
        DocumentError: as :func:`load`.
    """
    surveyed, checks = documents.survey_yaml(text, path), Checks()
    read = SCRIPT.read(checks, surveyed.value, ()) if _is_ours(checks, surveyed.value) else {}
    if not checks.problems and not any(read.get(key) for key in ("turns", "agents", "selector", "summary")):
        checks.wrong((), "the script has no turn", "write what the model says below turns:")
    told = {problem.steps for problem in surveyed.problems}
    problems = surveyed.problems + [problem for problem in checks.problems if problem.steps not in told]
    if problems:
        documents.refuse(path, text, problems, yaml=True)
    shown = _short(path)
    parts = {name: _placed(part, (name,), surveyed, shown) for name, part in read.items() if name != "format"}
    return ScriptFile(**parts, path=path)


_load = documents.loader(loads, most=64)


def _placed(part: Any, steps: Steps, surveyed: documents.Surveyed, path: str) -> Any:
    """A part of a script whose turns know where they stand: what goes wrong with one at play time says so."""
    if isinstance(part, Turn):
        line, column = surveyed.locate(steps)
        return replace(part, place=f"{path}:{line}:{column}")
    if isinstance(part, Mapping):
        return {name: _placed(one, (*steps, name), surveyed, path) for name, one in part.items()}
    if isinstance(part, tuple):
        return tuple(_placed(one, (*steps, index), surveyed, path) for index, one in enumerate(part))
    return part


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

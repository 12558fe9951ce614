"""Script files: read a file whole, refuse it with every error at its place."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from autogen_harness import documents
from autogen_harness.llm.script_file import ScriptFile
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
    return ScriptFile(**{name: part for name, part in read.items() if name != "format"}, path=path)


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

"""Where an interaction stands in its file, and how the test that runs now is run alone. For messages, so only on a miss."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_harness import documents
from autogen_harness.cassettes import foreign
from autogen_harness.cassettes.files import formats, store
from autogen_harness.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Sequence


def place(name: str, roots: Sequence[Path] = ()) -> str:
    """``file:line`` of the interaction called ``name``, relative to the current folder; empty where it is in no file."""
    try:
        path, number = store.whereabouts(name, roots)
        line = number + 1 if path.suffix == formats.LARGE else _line(path, number - 1)  # one a line, below the head
    except (HarnessError, ValueError, IndexError):  # made by the test, or the file has changed since
        return ""
    return f"{relative(path)}:{line}" if line else f"{relative(path)}"


def _line(path: Path, index: int) -> int:
    text = documents.read(path)
    if not foreign.claims(text, str(path)):
        return documents.locate(text, ("interactions", index))[0]
    from autogen_harness.cassettes.foreign.standing import line_of

    return line_of(text, str(path), index)


def relative(path: Path) -> Path:
    """A path relative to the current folder, where it is below it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def recording_command(mode: str, hosts: Sequence[str] = ()) -> str:
    """The command that runs the current test and records; empty where pytest does not run.

    Args:
        mode: a record mode; "" where the test itself says which.
        hosts: all that have to be allowed for it, where they are not; the option replaces those of the project.
    """
    node, _, _ = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")  # behind it stands the phase
    allow = f" -o {shlex.quote('harness_allow_hosts=' + ' '.join(hosts))}" if hosts else ""
    option = f" --harness-record={mode}" if mode else ""
    return f"pytest {shlex.quote(node)}{option}{allow}" if node else ""

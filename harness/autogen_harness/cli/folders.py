"""Which folder of cassettes a command means."""

from __future__ import annotations

from pathlib import Path

from autogen_harness.errors import UsageError


def roots(folder: str | None, *, must_exist: bool = True) -> list[Path]:
    """The user's folder: that of the command line, else that of the project around the current folder.

    Raises:
        UsageError: somebody named a folder that is not there, or the project's settings are wrong.
    """
    from autogen_harness.settings import Settings
    from autogen_harness.settings_search import find_project

    root, settings = find_project(Path.cwd())
    found = root / settings.cassettes if folder is None else Path(folder)
    if must_exist and not found.is_dir() and (folder is not None or settings.cassettes != Settings().cassettes):
        raise UsageError(f"there is no folder {found}" + (", which the settings name" if folder is None else ""))
    return [found]

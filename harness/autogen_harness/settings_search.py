"""Find the project around a folder, and its settings, where no pytest is there to do it."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autogen_harness.errors import UsageError
from autogen_harness.settings import Settings, project_settings, read_toml

_INI_FILES = (("pytest.ini", "pytest"), (".pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest"))
_TOML_FILES = (("pytest.toml", ("pytest",)), (".pytest.toml", ("pytest",)), ("pyproject.toml", ("tool", "pytest")))


def find_project(start: Path) -> tuple[Path, Settings]:
    """The root of the project that ``start`` is in, and its settings.

    The root is the nearest folder that configures pytest or the harness, as for pytest itself; else the nearest with a
    ``pyproject.toml`` or ``setup.py``; else ``start``.

    Raises:
        UsageError: the settings are wrong, or a file of configuration cannot be read.
    """
    folders = (start, *start.parents)
    for folder in folders:
        ini = _ini(folder)
        settings = project_settings(folder, ini or {})
        if ini is not None or settings != Settings():
            return folder, settings
    marked = (folder for folder in folders if any((folder / name).is_file() for name in ("pyproject.toml", "setup.py")))
    return next(marked, start), Settings()


def _ini(folder: Path) -> Mapping[str, Any] | None:
    """What the folder configures of the harness by way of pytest; None where it does not configure pytest."""
    tables = [*_of_toml(folder), *_of_ini(folder)]
    return None if not tables else {key[8:]: value for key, value in tables[0].items() if key.startswith("harness_")}


def _of_toml(folder: Path) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for name, steps in _TOML_FILES:
        table: Any = read_toml(folder / name)
        for step in steps:
            table = table.get(step) if isinstance(table, Mapping) else None
        if isinstance(table, Mapping):
            found.append({**table, **table.get("ini_options", {})})
    return found


def _of_ini(folder: Path) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for name, section in _INI_FILES:
        parser = configparser.RawConfigParser()
        try:
            parser.read(folder / name, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError) as error:
            raise UsageError(f"{name} cannot be read: {error}") from None
        if parser.has_section(section):
            found.append(parser[section])
    return found

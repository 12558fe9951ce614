"""The configuration: one set of keys, read from ``[tool.autogen-harness]`` or from pytest's ini file, never from both."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from autogen_harness.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project can set.

    Attributes:
        defer_clients: agents made outside a harness build their real clients at first use only.
        allow_hosts: hosts that tests may reach.
        cassettes: the folder of the project's own cassettes, relative to pytest's root.
        hang_seconds: real seconds without any event after which a test is ended; 0 switches the watchdog off.
    """

    defer_clients: bool = True
    allow_hosts: tuple[str, ...] = ()
    cassettes: str = "tests/cassettes"
    hang_seconds: float = 10.0


KEYS: tuple[str, ...] = tuple(field.name for field in fields(Settings))


def settings_from(values: Mapping[str, Any], source: str) -> Settings:
    """Settings from a table, whose keys are those of :class:`Settings`.

    Args:
        values: the table; absent keys keep their defaults.
        source: where it stands, for the message.

    Raises:
        UsageError: a key is unknown or a value has the wrong type; all of them at once.
    """
    problems = [unknown_key(key, KEYS) for key in values if key not in KEYS]
    cleaned: dict[str, Any] = {}
    for key in (key for key in values if key in KEYS):
        try:
            cleaned[key] = _clean(key, values[key])
        except (TypeError, ValueError) as error:
            problems.append(f"{key} = {values[key]!r}: {error}")
    if problems:
        raise UsageError(f"{source}: " + "; ".join(problems))
    return Settings(**cleaned)


def unknown_key(key: str, known: Iterable[str]) -> str:
    """One line about a key that does not exist, with the nearest that does."""
    known = list(known)
    near = difflib.get_close_matches(key, known, 1)
    return f"unknown key {key!r}" + (f", did you mean {near[0]!r}?" if near else f"; the keys are {', '.join(known)}")


def _clean(key: str, value: Any) -> Any:
    if key == "defer_clients":
        return _boolean(value)
    if key == "allow_hosts":
        return tuple(value.split()) if isinstance(value, str) else tuple(str(host) for host in value)
    if key == "hang_seconds":
        seconds = float(value)
        if seconds < 0:
            message = "seconds cannot be negative"
            raise ValueError(message)
        return seconds
    return str(value)


def _boolean(value: Any) -> bool:
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    text = str(value).strip().lower()
    if text not in words:
        message = "write true or false"
        raise ValueError(message)
    return words[text]


def project_settings(root: Path, ini: Mapping[str, Any]) -> Settings:
    """The settings of the project at ``root``.

    Args:
        root: the folder whose ``pyproject.toml`` may hold ``[tool.autogen-harness]``.
        ini: what pytest's ini file sets, without the prefix ``harness_``.

    Raises:
        UsageError: both places set something, or a key or value is wrong.
    """
    table = _table(root / "pyproject.toml")
    if table and ini:
        keys = ", ".join(f"harness_{key}" for key in ini)
        message = f"[tool.autogen-harness] and pytest's ini ({keys}) both configure autogen-harness; keep one of them"
        raise UsageError(message)
    return settings_from(table or ini, "[tool.autogen-harness]" if table else "pytest's ini")


def _table(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    table = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("autogen-harness", {})
    return table if isinstance(table, Mapping) else {}

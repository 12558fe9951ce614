"""The configuration: one set of keys, read from ``[tool.autogen-harness]`` or from pytest's ini file, never from both."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from autogen_harness.errors import UsageError
from autogen_harness.model import DIALECTS


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project can set.

    Attributes:
        defer_clients: agents made outside a harness build their real clients at first use only.
        allow_hosts: hosts that tests may reach.
        cassettes: the folder of the project's own cassettes, relative to pytest's root.
        scripts: the folder of the project's own script files, relative to pytest's root.
        hang_seconds: real seconds without any event after which a test is ended; 0 switches the watchdog off.
        llm_dialect: whose rules requests to the model are held to, where an agent's own configuration does not say it: one of
            :data:`~autogen_harness.model.DIALECTS`.
        max_age: days after which a recorded cassette that is played is noted as old; 0 for never.
        record_secret_names: names of headers, parameters and JSON keys whose values are not recorded, beside those that never
            are; ``*`` may stand in them.
        backend: what answers in place of the default backends; of :data:`BACKENDS`.
    """

    defer_clients: bool = True
    allow_hosts: tuple[str, ...] = ()
    cassettes: str = "tests/cassettes"
    scripts: str = "tests/scripts"
    hang_seconds: float = 10.0
    llm_dialect: str = "openai"
    max_age: float = 0.0
    record_secret_names: tuple[str, ...] = ()
    backend: tuple[str, ...] = ()


BACKENDS = ("adapter", "aioresponses", "middleware", "responses")
"""What can be chosen: requests answered at its adapters, aiohttp above its connections, and mock libraries."""


KEYS: tuple[str, ...] = tuple(field.name for field in fields(Settings))


def settings_from(values: Mapping[str, Any], source: str, prefix: str = "") -> Settings:
    """Settings from a table, whose keys are those of :class:`Settings`.

    Args:
        values: the table; absent keys keep their defaults.
        source: where it stands, for the message.
        prefix: what the keys begin with there.

    Raises:
        UsageError: a key is unknown or a value has the wrong type; all of them at once.
    """
    problems = [unknown_key(prefix + key, [prefix + known for known in KEYS]) for key in values if key not in KEYS]
    cleaned: dict[str, Any] = {}
    for key in (key for key in values if key in KEYS):
        try:
            cleaned[key] = _clean(key, values[key])
        except ValueError as error:
            problems.append(f"{prefix}{key} = {values[key]!r}: {error}")
    if problems:
        raise UsageError(f"{source}: " + "; ".join(problems))
    return Settings(**cleaned)


def unknown_key(key: str, known: Iterable[str]) -> str:
    """One line about a key that does not exist, with the nearest that does."""
    known = list(known)
    near = difflib.get_close_matches(key, known, 1)
    return f"unknown key {key!r}" + (f", did you mean {near[0]!r}?" if near else f"; the keys are {', '.join(known)}")


def _clean(key: str, value: Any) -> Any:
    readers: dict[str, Callable[[Any], Any]] = {
        "defer_clients": _boolean,
        "allow_hosts": hosts,
        "cassettes": _text,
        "scripts": _text,
        "hang_seconds": _seconds,
        "llm_dialect": dialect,
        "max_age": _days,
        "record_secret_names": secret_names,
        "backend": backend,
    }
    return readers[key](value)


def hosts(value: Any) -> tuple[str, ...]:
    """Host names from a list, or from a text with spaces between them.

    Raises:
        ValueError: it is neither.
    """
    names = value.split() if isinstance(value, str) else value
    if not isinstance(names, list | tuple | set | frozenset) or not all(isinstance(name, str) for name in names):
        message = "write host names, as a list or with spaces between them"
        raise ValueError(message)
    if wrong := next((name for name in names if "/" in name), None):
        message = f"{wrong!r} is no host name; write the name alone, without scheme and path"
        raise ValueError(message)
    return tuple(names)


def secret_names(value: Any) -> tuple[str, ...]:
    """Names from a list, or from a text with spaces between them.

    Raises:
        ValueError: it is neither, or a name is empty.
    """
    names = value.split() if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) and name for name in names):
        message = "write names of headers, parameters and keys, as a list or with spaces between them"
        raise ValueError(message)
    return tuple(names)


def dialect(value: Any) -> str:
    """The name of a dialect.

    Raises:
        ValueError: it is none; says the nearest.
    """
    if isinstance(value, str) and value in DIALECTS:
        return value
    raise _none_of(DIALECTS, value, "dialects")


def backend(value: Any) -> tuple[str, ...]:
    """Names of backends from a list, or from a text with spaces between them.

    Raises:
        ValueError: there is no such backend; says the nearest.
    """
    names = value.split() if isinstance(value, str) else value
    wrong = names if not isinstance(names, list | tuple) else next((name for name in names if name not in BACKENDS), None)
    if wrong is None:
        return tuple(names)
    raise _none_of(BACKENDS, wrong, "backends to choose")


def _none_of(known: Iterable[str], value: object, what: str) -> ValueError:
    """That a value is none of the words that are known, with the nearest of them."""
    near = difflib.get_close_matches(str(value).lower(), list(known), 1, 0.5)
    return ValueError((f"did you mean {near[0]!r}? " if near else "") + f"the {what} are {', '.join(known)}")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        message = "write a path relative to the root, as text"
        raise ValueError(message)  # noqa: TRY004 - every wrong value of a file is one kind of mistake
    return value


def _seconds(value: Any) -> float:
    return _amount(value, "write seconds, such as 10 or 2.5; 0 switches it off")


def _days(value: Any) -> float:
    return _amount(value, "write days, such as 90; 0 switches it off")


def _amount(value: Any, message: str) -> float:
    try:
        amount = float(value)
    except (TypeError, ValueError):
        amount = math.nan
    if isinstance(value, bool) or not 0 <= amount < math.inf:
        raise ValueError(message)
    return amount


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
    return settings_from(table, "[tool.autogen-harness]") if table else settings_from(ini, "pytest's ini", "harness_")


def read_toml(path: Path) -> Mapping[str, Any]:
    """The tables of a TOML file; none where there is no file.

    Raises:
        UsageError: it is not TOML.
    """
    if not path.is_file():
        return {}
    from autogen_harness import toml

    try:
        tables = toml.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"{path.name} cannot be read: {error}") from error
    return tables


def _table(path: Path) -> Mapping[str, Any]:
    tool = read_toml(path).get("tool", {})
    if "autogen_harness" in tool:
        message = f"{path.name}: write [tool.autogen-harness], with a hyphen, instead of [tool.autogen_harness]"
        raise UsageError(message)
    table = tool.get("autogen-harness", {})
    if not isinstance(table, Mapping):
        message = f"{path.name}: tool.autogen-harness is {table!r} and must be a table: [tool.autogen-harness]"
        raise UsageError(message)
    return table

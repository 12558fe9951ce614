"""What a command line names: ``package.module``, ``path/to/file.py``, or either with ``:attribute``.

A target is imported as Python would import it in the current folder.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from autogen_harness.errors import UsageError, told
from autogen_harness.origin import raised_at
from autogen_harness.wording import did_you_mean

ABOUT = """\
TARGET is a module or a file, such as my_app.agents or my_app/agents.py, with everything that stands in it; or an
attribute of it, such as my_app.agents:build_agents."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a target means: its module, and the attribute of it, where one is named."""

    module: ModuleType
    attribute: str
    value: Any

    @property
    def values(self) -> Iterator[Any]:
        """What is meant and what stands in it: of a module alone, everything."""
        return values_in(self.value if self.attribute else vars(self.module))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """What is imported or called meanwhile prints to stderr, and its warnings go nowhere."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(sys.stderr):
        warnings.simplefilter("ignore")
        yield


def load(target: str) -> Loaded:
    """Import a target.

    Raises:
        UsageError: it cannot be imported, or there is no such attribute.
    """
    place, _, attribute = target.partition(":")
    module = _import(place, target)
    return Loaded(module, attribute, _attribute(module, attribute, target) if attribute else None)


def called(value: Any, target: str) -> Any:
    """What a function returns; anything else as it is.

    Raises:
        UsageError: it raised.
    """
    if not (inspect.isfunction(value) or inspect.ismethod(value)):
        return value
    try:
        return value()
    except (Exception, SystemExit) as error:
        raise _failed(target, "be called", error) from error


def values_in(found: Any, depth: int = 3) -> Iterator[Any]:
    """The value itself, and what stands in it where it is a collection."""
    yield found
    if isinstance(found, Mapping):
        found = found.values()
    elif not isinstance(found, list | tuple | set | frozenset):
        return
    for one in found if depth else ():
        yield from values_in(one, depth - 1)


def functions_of(module: ModuleType) -> dict[str, Any]:
    """The functions that a module defines itself, by name."""
    return {name: one for name, one in vars(module).items() if inspect.isfunction(one) and one.__module__ == module.__name__}


def needs_arguments(function: Any) -> bool:
    """Whether it cannot be called without."""
    parameters: Iterable[inspect.Parameter] = inspect.signature(function).parameters.values()
    return any(one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD) for one in parameters)


def _import(place: str, target: str) -> ModuleType:
    is_file = place.endswith(".py")
    if is_file and not Path(place).is_file():
        raise UsageError(f"there is no file {place}")
    base, name = _packaged(Path(place).resolve()) if is_file else (Path.cwd(), place)
    for folder in (str(Path.cwd()), str(base)):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        raise _failed(target, "be imported", error) from error


def _packaged(path: Path) -> tuple[Path, str]:
    """The folder to import a file from, and its name there: as pytest does, from above the packages that it is in."""
    base = next(folder for folder in path.parents if not (folder / "__init__.py").is_file())
    return base, ".".join(path.relative_to(base).with_suffix("").parts)


def _attribute(module: ModuleType, name: str, target: str) -> Any:
    value: Any = module
    for part in name.split("."):
        if not hasattr(value, part):
            near = did_you_mean(part, dir(value))
            raise UsageError(f"{target}: there is no {part}" + (f"; {near}" if near else ""))
        value = getattr(value, part)
    return value


def _failed(target: str, what: str, error: BaseException) -> UsageError:
    where = raised_at(error)
    hint = ""
    if isinstance(error, ModuleNotFoundError):
        hint = "\n  run the command in the folder that holds the package, or name that folder in PYTHONPATH"
    return UsageError(f"{target} cannot {what}: {told(error)}" + (f", at {where}" if where else "") + hint)

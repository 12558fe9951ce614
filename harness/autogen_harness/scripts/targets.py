"""The agents that a script is held against: ``package.module``, ``path/to/file.py``, or either with ``:attribute``.

A target is imported as Python would import it in the current folder. An attribute can be an agent, a collection of agents, or
a function without parameters that returns them. Of a module alone, all agents that stand in it are taken.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from autogen_harness.adapters.offers import Offer, offers_of
from autogen_harness.errors import UsageError, told
from autogen_harness.origin import raised_at
from autogen_harness.wording import did_you_mean


def load_offers(target: str) -> list[Offer]:
    """What the agents of ``target`` offer. What it prints goes to stderr, and its warnings nowhere.

    Raises:
        UsageError: it cannot be imported or called, or there is no agent in it.
    """
    place, _, attribute = target.partition(":")
    with warnings.catch_warnings(), contextlib.redirect_stdout(sys.stderr):
        warnings.simplefilter("ignore")
        module = _import(place, target)
        found = offers_of(_values(_called(_attribute(module, attribute, target), target) if attribute else vars(module)))
    if not found:
        raise UsageError(f"there is no agent in {target}" + ("" if attribute else _functions(module, target)))
    return found


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


def _called(value: Any, target: str) -> Any:
    """What a function returns; anything else as it is."""
    if not (inspect.isfunction(value) or inspect.ismethod(value)):
        return value
    try:
        return value()
    except (Exception, SystemExit) as error:
        raise _failed(target, "be called", error) from error


def _failed(target: str, what: str, error: BaseException) -> UsageError:
    where = raised_at(error)
    hint = ""
    if isinstance(error, ModuleNotFoundError):
        hint = "\n  run the command in the folder that holds the package, or name that folder in PYTHONPATH"
    return UsageError(f"{target} cannot {what}: {told(error)}" + (f", at {where}" if where else "") + hint)


def _values(found: Any, depth: int = 3) -> Iterator[Any]:
    """What may be an agent: the value itself, and what stands in it where it is a collection."""
    yield found
    if isinstance(found, Mapping):
        found = found.values()
    elif not isinstance(found, list | tuple | set | frozenset):
        return
    for one in found if depth else ():
        yield from _values(one, depth - 1)


def _functions(module: ModuleType, target: str) -> str:
    """The functions of a module that could be meant."""
    names = [name for name, value in vars(module).items() if inspect.isfunction(value) and value.__module__ == module.__name__]
    free = [name for name in names if not _needs_arguments(getattr(module, name))]
    return f"; does a function make them? {' or '.join(f'{target}:{name}' for name in free[:3])}" if free else ""


def _needs_arguments(function: Any) -> bool:
    parameters: Iterable[inspect.Parameter] = inspect.signature(function).parameters.values()
    return any(one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD) for one in parameters)

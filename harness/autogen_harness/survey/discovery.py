"""Which tools stand in a target: what its agents execute, what has a schema, what a registry holds, else its functions."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from autogen_harness import targets
from autogen_harness.adapters.offers import Offer, offers_of
from autogen_harness.contracts.schema.tool_schema import from_signature
from autogen_harness.contracts.subject import name_of
from autogen_harness.errors import UsageError

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that a model may call.

    Attributes:
        name: what the model calls it.
        schema: what the model sees of it, in any form that a contract takes; None where its type hints say it.
    """

    name: str
    function: Function
    schema: Any = None


def tools_in(target: str) -> list[Tool]:
    """The tools of a target, each once, in the order of their names.

    Raises:
        UsageError: it cannot be imported or called, or there is no tool in it.
    """
    with targets.quiet():
        loaded = targets.load(target)
        values = list(_values(loaded, target))
        offers = offers_of(values)
    found = {**_described(loaded, values), **_registered(values), **_offered(offers)} or _hinted(loaded, values)
    if not found:
        message = f"there is no tool in {target}: no function with a schema or with type hints, no agent that executes one"
        raise UsageError(message)
    return [found[name] for name in sorted(found)]


def _values(loaded: targets.Loaded, target: str) -> Iterator[Any]:
    if not loaded.attribute:
        for module in _with_parts(loaded.module):
            yield from targets.values_in(vars(module))
        return
    value = loaded.value
    if inspect.isfunction(value) and not targets.needs_arguments(value) and not _has_schema(value, loaded.module):
        value = targets.called(value, target)
    yield from targets.values_in(value)


def _with_parts(module: ModuleType) -> Iterator[ModuleType]:
    """A module, and those in it where it is a package; ``__main__`` would run something."""
    yield module
    for part in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
        if not part.name.endswith(".__main__"):
            yield targets.load(part.name).module


def _offered(offers: Iterable[Offer]) -> dict[str, Tool]:
    """What agents execute, with the schema that any of them offers."""
    offers = list(offers)
    schemas = _schemas([offer.body for offer in offers])
    return {
        name: Tool(name, function, schemas.get(name))
        for offer in offers
        for name, function in offer.functions.items()
        if name in schemas or _is_plain(function)
    }


def _registered(values: Iterable[Any]) -> dict[str, Tool]:
    """What stands in a mapping of names to functions, and in nothing but that."""
    values = list(values)
    schemas = _schemas(values)
    found: dict[str, Tool] = {}
    for registry in values:
        if isinstance(registry, Mapping) and registry and all(map(_is_written, registry.values())):
            found |= {str(name): Tool(str(name), one, schemas.get(str(name))) for name, one in registry.items()}
    return {name: tool for name, tool in found.items() if tool.schema is not None or _is_plain(tool.function)}


def _described(loaded: targets.Loaded, values: Iterable[Any]) -> dict[str, Tool]:
    """Functions with a schema beside them."""
    values = list(values)
    schemas = {**_schemas(vars(loaded.module).values()), **_schemas(values)}
    return {name: Tool(name, one, schemas[name]) for name, one in _written(loaded, values).items() if name in schemas}


def _hinted(loaded: targets.Loaded, values: Iterable[Any]) -> dict[str, Tool]:
    """Functions whose type hints say what a model may send: where nothing else in the target says what its tools are."""
    written = _written(loaded, values)
    return {name: Tool(name, one) for name, one in written.items() if not name.startswith(("_", "test_")) and _is_plain(one)}


def _written(loaded: targets.Loaded, values: Iterable[Any]) -> dict[str, Function]:
    """The functions of a target by name; those of a module that it does not import from elsewhere."""
    home = loaded.module.__name__
    return {name_of(one): one for one in values if _is_written(one) and (loaded.attribute or _is_from(home, one))}


def _is_from(home: str, function: Any) -> bool:
    """Whether it was written in a module, or in a part of that package: what is imported there is somebody else's."""
    return bool(function.__module__ == home or function.__module__.startswith(f"{home}."))


def _is_written(value: Any) -> bool:
    return inspect.isfunction(value)


def _is_plain(function: Any) -> bool:
    """Whether its type hints say what a model may send, and its documentation what for."""
    try:
        schema = from_signature(function)
    except (UsageError, TypeError, NameError, ValueError):
        return False
    return bool(schema["properties"]) or bool(inspect.getdoc(function))


def _has_schema(function: Any, module: ModuleType) -> bool:
    return name_of(function) in _schemas(targets.values_in(vars(module)))


def _schemas(values: Iterable[Any]) -> dict[str, Any]:
    """Tools and ``functions`` entries as the API takes them, by name, in any collection."""
    found: dict[str, Any] = {}
    for value in (inner for one in list(values) for inner in targets.values_in(one)):
        entry = value.get("function", value) if isinstance(value, Mapping) else None
        if isinstance(entry, Mapping) and isinstance(entry.get("name"), str) and isinstance(entry.get("parameters"), Mapping):
            found.setdefault(entry["name"], entry)
    return found

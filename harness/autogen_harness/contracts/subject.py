"""A tool under contract: the function, the schema that the model sees, and what its author said about it."""

from __future__ import annotations

import difflib
import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering import declared
from autogen_harness.contracts.answering.collaborators import Collaborator, found
from autogen_harness.contracts.hints import Hints
from autogen_harness.contracts.schema import signature, tool_schema
from autogen_harness.errors import UsageError
from autogen_harness.schemas import malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

PATTERNS = ("sync", "async", "callback", "webhook", "chained", "error-handled", "nested")


@dataclass(frozen=True, slots=True)
class Home:
    """Where another process finds a tool: an attribute of a module, and the module's file."""

    module: str
    attribute: str
    file: str


@dataclass(frozen=True, slots=True)
class Contract:
    """Everything that the laws look at.

    ``schema`` is the parameters schema; ``roots`` are the user's cassette folders, looked up before the shipped one;
    ``steps`` are the tools of a chain, which as a whole is called like its first; ``collaborators`` are what the tool calls and
    may fail. ``of_team``: the tool makes agents, and the laws are about these.
    """

    tool: Callable[..., Any]
    name: str
    schema: Mapping[str, Any]
    patterns: frozenset[str]
    hints: Hints
    upstream: tuple[str, ...] = ()
    home: Home | None = None
    roots: tuple[Path, ...] = ()
    steps: tuple[Contract, ...] = ()
    collaborators: tuple[Collaborator, ...] = ()
    of_team: bool = False
    _sound: bool | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def properties(self) -> Mapping[str, Any]:
        """The parameters that the model may set, with their schemas."""
        found = self.schema.get("properties", {})
        return found if isinstance(found, dict) else {}

    @property
    def required(self) -> tuple[str, ...]:
        """The parameters that the model must set."""
        return tuple(self.schema.get("required", ()))

    @property
    def sound(self) -> bool:
        """Whether the schema can be worked with; where it cannot, one law says so and the others need not."""
        if self._sound is None:  # looked at once: nearly every law asks
            is_sound = self.schema.get("type", "object") == "object" and not malformed(self.schema)
            object.__setattr__(self, "_sound", is_sound)
        return bool(self._sound)


def contract(
    tool: Callable[..., Any], *, pattern: str | Sequence[str], schema: Any, upstream: Sequence[str] | str, hints: Hints
) -> Contract:
    """A contract from what a user writes.

    Raises:
        UsageError: the tool is not callable, a pattern or an argument of the example is unknown, or no schema can be found.
    """
    if not callable(tool):
        message = f"a contract is about a function, not about {tool!r}"
        raise UsageError(message)
    parameters, advertised = tool_schema.parameters_of(schema, tool)
    names = (upstream,) if isinstance(upstream, str) else tuple(upstream)
    if hints.root and not callable(hints.root):
        hints = replace(hints, root=Path(hints.root).resolve())
    hints = declared.filled(hints, tool)
    made = Contract(
        tool,
        advertised or name_of(tool),
        parameters,
        _patterns(pattern),
        hints,
        names,
        home_of(tool),
        collaborators=found(hints.collaborators or {}),
    )
    _refuse_strangers(made, hints.example or ())
    for by in ("honours", "secrets"):
        _refuse_strangers(made, getattr(hints, by) or (), by)
    return made


def _refuse_strangers(made: Contract, names: Iterable[str], by: str = "example") -> None:
    """A hint about a parameter that is not there is a mistake of the contract, not of the tool."""
    known = [*made.properties, *signature.named(inspect.signature(made.tool))]
    for name in names:
        if made.sound and name not in known and not made.schema.get("additionalProperties"):
            near = difflib.get_close_matches(name, known, n=1)
            suggestion = f"did you mean {near[0]!r}? " if near else ""
            message = f"{by} names {name!r}; {suggestion}the parameters of {made.name} are {', '.join(made.properties)}"
            raise UsageError(message)


def chain(steps: Sequence[Callable[..., Any]], *, schemas: Any, upstream: Sequence[str] | str, hints: Hints) -> Contract:
    """A contract about several tools, called one after the other.

    Args:
        steps: the functions, first to last.
        schemas: their schemas, in the same order, or by name; None reads type hints.
        upstream: names of cassettes.
        hints: ``example`` are the arguments of the first step, or of steps by their name.

    Raises:
        UsageError: fewer than two steps, a schema is missing, or a name in ``mapping`` or ``example`` is no step.
    """
    if len(steps) < 2:
        message = "a chain has two steps or more: chain_contract(steps=[search, enrich, ...])"
        raise UsageError(message)
    tools = [
        contract(step, pattern="chained", schema=_schema_at(schemas, number, step), upstream=upstream, hints=Hints())
        for number, step in enumerate(steps)
    ]
    names = [tool.name for tool in tools]
    for hint in ("mapping", "compensations"):
        for name in getattr(hints, hint) or ():
            if name not in names:
                message = f"{hint} names {name!r}, which is no step; the steps are {', '.join(names)}"
                raise UsageError(message)
    example = hints.example or {}
    by_step = {name: example[name] for name in names if isinstance(example.get(name), Mapping)}
    for tool in tools[1:]:
        _refuse_strangers(tool, by_step.get(tool.name, ()))
    first = {**{name: value for name, value in example.items() if name not in by_step}, **by_step.get(names[0], {})}
    mapping = {name: {**_constants(by_step.get(name, {})), **(hints.mapping or {}).get(name, {})} for name in names[1:]}
    hints = replace(hints, example=first, mapping=mapping)
    whole = contract(steps[0], pattern="chained", schema=tools[0].schema, upstream=upstream, hints=hints)
    return replace(whole, name=" -> ".join(names), steps=tuple(tools))


def team(make: Callable[..., Any], name: str, hints: Hints) -> Contract:
    """A contract about the agents that a function makes."""
    return Contract(make, name, {"type": "object", "properties": {}}, frozenset(), hints, of_team=True)


def _constants(arguments: Mapping[str, Any]) -> dict[str, Callable[[Any], Any]]:
    return {name: lambda _, value=value: value for name, value in arguments.items()}  # type: ignore[misc]  # mypy infers no lambda with a default


def _schema_at(schemas: Any, number: int, step: Callable[..., Any]) -> Any:
    if isinstance(schemas, Mapping):
        return schemas.get(name_of(step))
    return schemas[number] if schemas is not None else None


def name_of(tool: Callable[..., Any]) -> str:
    """A name to show for any callable."""
    inner = getattr(tool, "func", tool)  # functools.partial
    return str(getattr(inner, "__name__", type(inner).__name__))


def _patterns(given: str | Sequence[str]) -> frozenset[str]:
    names = (given,) if isinstance(given, str) else tuple(given)
    for name in names:
        if name not in PATTERNS:
            message = f"unknown pattern {name!r}; the patterns are {', '.join(PATTERNS)}"
            raise UsageError(message)
    return frozenset(names)


def home_of(tool: Callable[..., Any]) -> Home | None:
    """Where another process can import this very object: in its own module; None for closures, lambdas and the like."""
    module = sys.modules.get(getattr(tool, "__module__", None) or "")
    return home_in(tool, vars(module)) if module is not None else None


def home_in(tool: Callable[..., Any], namespace: Mapping[str, Any]) -> Home | None:
    """The same, in the namespace of one module."""
    named = [name for name, value in namespace.items() if value is tool]
    file = namespace.get("__file__")
    return Home(namespace["__name__"], named[0], file) if named and file else None

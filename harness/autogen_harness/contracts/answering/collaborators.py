"""What a tool calls that is no HTTP service: a database, a queue, a function of its own. Declared by name, it can fail too.

For the time of a world the name stands for a function that asks the plan first: it raises, returns, or lets the real one work.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from autogen_harness.contracts.answering.upstream import AS_EVER, Plan
from autogen_harness.errors import UsageError
from autogen_harness.model import Note
from autogen_harness.patches import Patches
from autogen_harness.wording import did_you_mean

CALLED = "collaborator called"
"""The kind of note that a call leaves in the ledger."""

DETERMINISTIC = (TypeError("no such argument"), ValueError("no such value"), KeyError("no such key"))
"""Errors that come again however often one tries: what is wrong is in the call."""


@dataclass(frozen=True, slots=True)
class Collaborator:
    """A callable that the tool looks up in ``owner`` under ``attribute``, and what may come of a call that fails."""

    name: str
    owner: Any
    attribute: str
    outcomes: tuple[Any, ...]


def found(declared: Mapping[str, Any]) -> tuple[Collaborator, ...]:
    """The collaborators of a contract, ``{"module.attribute": [outcome, ...]}``; ``"module:attribute"`` is the same.

    Raises:
        UsageError: there is no such module or attribute (the nearest is told), or it is nothing that can be called.
    """
    return tuple(_found(name, outcomes) for name, outcomes in declared.items())


def _found(name: str, outcomes: Any) -> Collaborator:
    if isinstance(outcomes, str | bytes) or not isinstance(outcomes, Sequence) or not outcomes:
        message = (
            f"collaborators[{name!r}] must be a list of what a call may come to, such as [TimeoutError()], not {outcomes!r}"
        )
        raise UsageError(message)
    *path, attribute = name.replace(":", ".").split(".")
    owner, rest = _module(name, path)
    for step in rest:
        owner = _attribute(name, owner, step)
    if not callable(_attribute(name, owner, attribute)):
        message = f"collaborators names {name!r}, which is nothing that can be called"
        raise UsageError(message)
    return Collaborator(name, owner, attribute, tuple(outcomes))


def _module(name: str, path: list[str]) -> tuple[Any, list[str]]:
    """The longest beginning of the path that is a module, and what is left of the path."""
    for length in range(len(path), 0, -1):
        module = ".".join(path[:length])
        try:
            owner = importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name is not None and not f"{module}.".startswith(f"{error.name}."):
                raise  # the module is there, and lacks something itself
            continue
        if module == "builtins":
            message = (
                f"collaborators names {name!r}, which everybody calls; name a function of the tool's own module that calls it"
            )
            raise UsageError(message)
        return owner, path[length:]
    message = f"collaborators names {name!r}, and there is no module {path[0] if path else name!r}; write 'module.function'"
    raise UsageError(message)


def _attribute(name: str, owner: Any, attribute: str) -> Any:
    if not hasattr(owner, attribute):
        suggestion = did_you_mean(attribute, [known for known in vars(owner) if not known.startswith("__")])
        message = f"collaborators names {name!r}, and {getattr(owner, '__name__', owner)} has no {attribute!r}"
        raise UsageError(f"{message}; {suggestion}" if suggestion else message)
    return getattr(owner, attribute)


class StandIns:
    """Stand in for collaborators from ``open`` to ``close``. ``meet`` says what comes of each call."""

    def __init__(self, collaborators: Sequence[Collaborator], meet: Callable[[str], Any]) -> None:
        self._collaborators, self._meet = collaborators, meet
        self._patches = Patches()

    def open(self) -> None:
        """Put a function in the place of each."""
        for one in self._collaborators:
            self._patches.swap(one.owner, one.attribute, partial(self._stand_in, one.name))

    def close(self) -> None:
        """Give the places back."""
        self._patches.undo()

    def _stand_in(self, name: str, real: Any) -> Callable[..., Any]:
        def answer(*arguments: Any, **named: Any) -> Any:
            met = _come_to(self._meet(name))
            return real(*arguments, **named) if met is AS_EVER else met

        async def answer_later(*arguments: Any, **named: Any) -> Any:
            met = answer(*arguments, **named)
            return await met if inspect.isawaitable(met) else met

        return wraps(real)(answer_later if inspect.iscoroutinefunction(real) else answer)


def _come_to(outcome: Any) -> Any:
    if isinstance(outcome, BaseException):
        # Another one for each call: a traceback grows on the one that was raised.
        raise _again(outcome)
    if isinstance(outcome, type) and issubclass(outcome, BaseException):
        raise outcome
    return outcome


def _again(error: BaseException) -> BaseException:
    try:
        return type(error)(*error.args)
    except Exception:  # noqa: BLE001  # a class of the user's whose arguments are not what it keeps
        return error.with_traceback(None)


def told(name: str, outcome: Any) -> Note:
    """A call, for the ledger."""
    return Note(CALLED, f"{name} -> {'called' if outcome is AS_EVER else said(outcome)}")


def said(outcome: Any) -> str:
    """What comes of a call, in words."""
    return f"raises {outcome!r}" if is_failure(outcome) else f"returns {outcome!r}"


def is_failure(outcome: Any) -> bool:
    """Whether it is raised."""
    return isinstance(outcome, BaseException) or (isinstance(outcome, type) and issubclass(outcome, BaseException))


def may_pass(outcome: Any) -> bool:
    """Whether trying again may mend it: no connection, or none in time. Of any other error only its author knows."""
    kind = outcome if isinstance(outcome, type) else type(outcome)
    return is_failure(outcome) and issubclass(kind, ConnectionError | TimeoutError)


def failing(calm: Plan, one: Collaborator, outcome: Any, times: int | None = None) -> Plan:
    """A plan in which one collaborator comes to this: ``times`` times and then no more, or always."""

    def meet(name: str, attempt: int) -> Any:
        return outcome if name == one.name and (times is None or attempt < times) else AS_EVER

    label = f"{one.name} {said(outcome)}" + ("" if times is None else f", {times} time{'s' * (times > 1)}, then works")
    return Plan(label, calm.give, None if is_failure(outcome) and times is None else 200, meet)


def table(calm: Plan, collaborators: Sequence[Collaborator]) -> list[Plan]:
    """Every outcome that was declared, each once."""
    return [failing(calm, one, outcome) for one in collaborators for outcome in one.outcomes]

"""Steps of a chain, called one after the other: each takes its arguments from the results of those before."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.calling.performing import perform
from autogen_harness.contracts.reading.verdicts import is_error, not_json, parsed
from autogen_harness.schemas import problems

if TYPE_CHECKING:
    from autogen_harness.contracts.answering.upstream import Plan
    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract

Source = str | Callable[[Mapping[str, Any]], Any]
Spoil = Callable[[int, dict[str, Any]], dict[str, Any]]

_PART = re.compile(r"\.?([^.\[\]]+)|\[(-?\d+)\]")
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Step:
    """One step taken. ``unfit`` says why its arguments could not be had or are not allowed, ``raised`` what left the tool."""

    name: str
    arguments: Mapping[str, Any]
    value: Any = None
    unfit: str = ""
    raised: BaseException | None = None
    not_json: str = ""

    @property
    def failed(self) -> bool:
        """Whether the chain ends here."""
        return bool(self.unfit or self.raised or self.not_json or is_error(self.value))


class Journey:
    """One way through the chain. ``spoil`` may change the arguments of a step, to see how it takes it."""

    def __init__(self, chain: Contract, spoil: Spoil | None = None) -> None:
        self._chain, self._spoil = chain, spoil
        self.steps: list[Step] = []

    def travel(self, world: World, plan: Plan | None = None) -> Seen:
        """Go from the first step to the last, or to the first that fails. The whole way is one call of the world."""
        return world.call(world.ordinary, plan, tool=self.go)

    def go(self, **first: Any) -> str:
        """The way itself, for a call of the world that does more than this."""
        for number, step in enumerate(self._chain.steps):
            self.steps.append(self._take(number, step, first))
            if self.steps[-1].failed:
                break
        return json.dumps([{"step": step.name, "result": step.value} for step in self.steps], default=repr)

    def _take(self, number: int, step: Contract, first: Mapping[str, Any]) -> Step:
        try:
            arguments = dict(first) if number == 0 else self._arguments(step)
        except LookupError as error:
            return Step(step.name, {}, unfit=str(error.args[0]))
        if self._spoil is not None:
            arguments = self._spoil(number, arguments)
        elif wrong := problems(arguments, step.schema):
            return Step(step.name, arguments, unfit=f"its schema does not allow the arguments: {wrong[0]}")
        return self._called(step, arguments)

    @staticmethod
    def _called(step: Contract, arguments: Mapping[str, Any]) -> Step:
        try:
            result = perform(step.tool, arguments)
        except Exception as error:  # noqa: BLE001  # what leaves a tool is what we look for
            return Step(step.name, arguments, raised=error)
        return Step(step.name, arguments, parsed(result), not_json=not_json(result))

    def _arguments(self, step: Contract) -> dict[str, Any]:
        mapping = sources_of(self._chain, step.name)
        results = {taken.name: taken.value for taken in self.steps}
        arguments = {name: _fetched(source, results, step.name, name) for name, source in mapping.items()}
        for name in step.properties:
            if name not in arguments and (value := self._nearest(name)) is not _NOTHING:
                arguments[name] = value
        return arguments

    def _nearest(self, name: str) -> Any:
        """The field of that name in the latest result that has one."""
        for taken in reversed(self.steps):
            if isinstance(taken.value, dict) and name in taken.value:
                return taken.value[name]
        return _NOTHING


class Wandering(Journey):
    """A way with detours: ``moves`` say when the next step is taken, fails, or the last one is done again; then straight on.

    ``wrong`` are arguments by which each step fails; None where it takes all.

    Attributes:
        asides: the calls that do not lead on.
    """

    def __init__(self, chain: Contract, moves: Sequence[str], wrong: Sequence[Mapping[str, Any] | None]) -> None:
        super().__init__(chain)
        self._moves, self._wrong = moves, wrong
        self.asides: list[Step] = []

    def go(self, **first: Any) -> str:
        """Move as said, and take what is left of the steps."""
        steps = self._chain.steps
        for move in (*self._moves, *["take"] * len(steps)):
            number = len(self.steps)
            if move == "repeat" and self.steps:
                self.asides.append(self._called(steps[number - 1], self.steps[-1].arguments))
            elif move == "fail" and number < len(steps) and (wrong := self._wrong[number]) is not None:
                self.asides.append(self._called(steps[number], wrong))
            elif move == "take" and number < len(steps):
                self.steps.append(self._take(number, steps[number], first))
                if self.steps[-1].failed:
                    break
        return json.dumps([{"step": step.name, "result": step.value} for step in self.steps], default=repr)


def sources_of(chain: Contract, step: str) -> Mapping[str, Source]:
    """Where a step's arguments come from, as its author said."""
    mapping: Mapping[str, Mapping[str, Source]] = chain.hints.mapping or {}
    return mapping.get(step, {})


def _fetched(source: Source, results: Mapping[str, Any], step: str, name: str) -> Any:
    if callable(source):
        return source(results)
    node: Any = results
    for key, index in _PART.findall(source):
        try:
            node = node[int(index)] if index else node[key]
        except (LookupError, TypeError):
            message = f"{step}({name}) is to come from {source!r}, and the results have no {key or f'[{index}]'} there"
            raise LookupError(message) from None
    return node


def fitting(tool: Callable[..., Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Of what is known, the arguments that a function takes."""
    taken = inspect.signature(tool).parameters.values()
    if any(one.kind is one.VAR_KEYWORD for one in taken):
        return dict(known)
    return {one.name: known[one.name] for one in taken if one.name in known}


def path_of(source: str) -> list[str]:
    """The steps of a path: names, and ``[n]`` for places in a list."""
    return [key or f"[{index}]" for key, index in _PART.findall(source)]

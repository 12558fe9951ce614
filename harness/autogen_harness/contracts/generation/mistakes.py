"""Every call that a schema forbids by one mistake: an argument missing, of a wrong type, undeclared, or beyond a constraint.

Each is confirmed by the validator. Where it can be had, a mistake breaks its one constraint and no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING, Any

from autogen_harness import schemas
from autogen_harness.contracts.generation.arguments import value_for
from autogen_harness.contracts.generation.filling import filled
from autogen_harness.contracts.generation.ordinary import sample
from autogen_harness.contracts.generation.places import placed, places
from autogen_harness.contracts.generation.violations import STRANGER, Violation, violations
from autogen_harness.schemas.parts import shown
from autogen_harness.schemas.references import localised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from autogen_harness.contracts.subject import Contract
    from autogen_harness.schemas.parts import Steps

_NUMBER = 3_000_000  # which is no open file, if a tool takes it for one
_WRONG: tuple[Any, ...] = (None, "text", _NUMBER, 1.5, True, [], {})

DEEP = 3
"""Wrong types that are tried at each place inside an argument; the argument itself meets all of them."""

SEVERAL = {"pattern": 3, "enum": 2, "const": 2, "type": len(_WRONG)}
"""Keywords that are broken in several ways, for a tool may see one and not the other; the others are broken in one."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Arguments that the schema forbids. ``parameter`` is the one at fault, ``what`` says how."""

    parameter: str
    what: str
    arguments: dict[str, Any]


def mistakes(contract: Contract, right: Mapping[str, Any]) -> Iterator[Mistake]:
    """Each mistake that can be made in the right call, alone; the same in every run, and none of them twice."""
    forbidden = _Forbidden(contract)
    tried: list[Any] = []
    for mistake in chain(forbidden.of_types(dict(right)), forbidden.of_constraints(dict(right))):
        if repr(mistake.arguments) not in tried:
            tried.append(repr(mistake.arguments))
            yield mistake


class _Forbidden:
    """The mistakes of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._root = localised(contract.schema)
        self._checker = schemas.Checker(contract.schema)
        self._whole = schemas.Checker(self._root)

    def _all(self) -> dict[str, Any]:
        """Every argument, for one may be allowed only beside others."""
        return {name: value_for(self._contract, name, None) for name in self._contract.properties}

    def of_types(self, right: dict[str, Any]) -> Iterator[Mistake]:
        """Missing, null, of a wrong type, undeclared: mistakes that need no right value to begin with."""
        for name in self._contract.properties:
            of_others = _of_wrong_types(partial(self._takes, right, name))
            wrong = [(_type_name(value), {**right, name: value}) for value in of_others]
            absent = [("missing", {key: value for key, value in right.items() if key != name})]
            for what, arguments in [*(absent if name in self._contract.required else []), *wrong]:
                if not self._checker.accepts(arguments):
                    yield Mistake(name, f"{name} is {what}", arguments)
        stranger = {**right, STRANGER: 1}
        if self._contract.schema.get("additionalProperties") is None or not self._checker.accepts(stranger):
            yield Mistake(STRANGER, f"{STRANGER} is not a parameter", stranger)

    def of_constraints(self, right: dict[str, Any]) -> Iterator[Mistake]:
        """One constraint after the other, at every place of every argument."""
        for name, others in self._root.get("dependentRequired", {}).items():
            yield from self._confirmed(name, right, violations({"dependentRequired": {name: others}}, right, ()))
        for name in self._contract.properties:
            for base in self._bases(name, right):
                yield from self._confirmed(name, base, self._inside(name, self._root["properties"][name], base))

    def _bases(self, name: str, right: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Valid calls with an argument: one for each branch of its schema, and with everything in it that may be."""
        schema = self._root["properties"][name]
        values = [right[name] if name in right else value_for(self._contract, name, None)]
        values += [sample(option, self._root) for option in _branches(schema)]
        for value in values:
            rich = filled(schema, value, self._whole, self._root)
            calls = ({**others(), **right, name: one} for others in (dict, self._all) for one in (rich, value))
            yield from islice(filter(self._checker.accepts, calls), 1)

    def _inside(self, name: str, schema: Any, base: dict[str, Any]) -> Iterator[Violation]:
        for steps, part, value in places(schema, base[name], self._whole, self._root, (name,)):
            if len(steps) > 1:
                wrong = _of_wrong_types(partial(self._accepted, base, steps))
                yield from (Violation(steps, "type", f"is {_type_name(other)}", other) for other in wrong[:DEEP])
            yield from violations(part, value, steps)

    def _takes(self, right: dict[str, Any], name: str, value: Any) -> bool:
        return self._checker.accepts({**right, name: value})

    def _accepted(self, base: dict[str, Any], steps: Steps, value: Any) -> bool:
        return self._checker.accepts(placed(base, steps, value))

    def _confirmed(self, name: str, base: dict[str, Any], found: Iterable[Violation]) -> Iterator[Mistake]:
        """Those that the validator refuses; of one constraint, those first that break nothing else."""
        for (steps, keyword), group in groupby(found, key=lambda one: (one.steps, one.keyword)):
            candidates = [(one.what, placed(base, steps, one.value)) for one in group]
            refused = [(what, made, self._checker.problems(made)) for what, made in candidates]
            alone = [(what, made) for what, made, problems in refused if _is_alone(problems, steps, keyword)]
            others = [(what, made) for what, made, problems in refused if problems]
            for what, made in (alone or others[:1])[: SEVERAL.get(keyword, 1)]:
                where = shown(steps).removeprefix("$.") if steps else "the call"
                yield Mistake(name, f"{where} {what}", made)


def _of_wrong_types(accepted: Callable[[Any], bool]) -> list[Any]:
    """Values that a place does not take because of their types: a number is none of these where a small one is taken."""
    taken = [value for value in _WRONG if accepted(value)] + ([_NUMBER] if accepted(3) else [])
    return [value for value in _WRONG if not any(value is one for one in taken)]


def _branches(schema: Any) -> list[Any]:
    table = schema if isinstance(schema, dict) else {}
    return [option for key in ("anyOf", "oneOf") for option in table.get(key, ()) if option is not False]


def _is_alone(problems: list[schemas.Problem], steps: Steps, keyword: str) -> bool:
    """Whether one constraint is broken and no other, as far as the validator tells: inside a branch it names the branch."""
    if len(problems) != 1:
        return False
    return problems[0].keyword in ("anyOf", "oneOf") or (problems[0].keyword, problems[0].path) == (keyword, shown(steps))


def _type_name(value: Any) -> str:
    names = {str: "a string", int: "an integer", float: "a number", bool: "true", list: "an array", dict: "an object"}
    return names.get(type(value), "null")

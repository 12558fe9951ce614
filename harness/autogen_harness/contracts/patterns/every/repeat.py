"""The same call gives the same result: twice in a process, and in processes that hash strings differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.calling import again
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.reading.verdicts import parsed, without
from autogen_harness.differences import compare, render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.subject import Contract


def _twice(world: World) -> Iterator[Breach]:
    arguments = world.ordinary
    first, second = world.call(arguments), world.call(arguments)
    if difference := _difference(world.contract, first.result, second.result):
        yield Breach(f"two equal calls in one process differ: {difference}", second)


def _two_processes(world: World) -> Iterator[Breach]:
    left, right = again.in_other_processes(world)
    if difference := _difference(world.contract, left, right):
        yield Breach(f"the same call differs between two processes: {difference}", world.call(world.ordinary))


def _difference(contract: Contract, left: Any, right: Any) -> str:
    free = frozenset(contract.hints.nondeterministic or ())
    if type(left) is type(right) and left == right:
        return ""
    return render(
        compare(without(_value(left), free), without(_value(right), free)), expected="once", actual="then", indent=""
    ).replace("\n", "; ")


def _value(result: Any) -> Any:
    value = parsed(result)
    return value if value is not None or result == "null" else result


def can_be_imported(contract: Contract) -> str:
    """What a law wants that looks at the tool from another process."""
    return no_schema(contract) or (
        "" if contract.home else "a tool that another process can import: this one is no attribute of a module"
    )


LAWS = (
    Law(
        id="same-call-same-result",
        sentence="with the same clock, upstream and randomness, the same call gives the same result",
        why="what changes without a cause can be neither tested nor cached",
        fix="keep no state between calls; sort what comes from a set; name fields that must differ: nondeterministic=[...]",
        check=_twice,
        missing=no_schema,
    ),
    Law(
        id="same-result-in-every-process",
        sentence="the same call gives the same result in another process, whatever its hash seed",
        why="an id made with hash() names another record after a restart",
        fix="use hashlib for ids, and sort sets before they are shown",
        check=_two_processes,
        missing=can_be_imported,
    ),
)

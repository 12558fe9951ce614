"""What every tool owes: an answer to every valid call, an error to every other, and nothing written where it should not."""

from __future__ import annotations

import inspect
import json
from itertools import chain
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.generation import boundaries
from autogen_harness.contracts.generation.arguments import SAMPLE_FILE
from autogen_harness.contracts.generation.mistakes import mistakes
from autogen_harness.contracts.generation.names import kind_of
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.reading.verdicts import is_error, not_json, parsed
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract


def no_schema(contract: Contract) -> str:
    """What a law wants that calls the tool by its schema."""
    return "" if contract.sound else "a schema that is well-formed"


def every_fault(world: World) -> Iterator[Seen]:
    """The ordinary call, under every plan of the fault table."""
    arguments = world.ordinary
    for plan in world.plans:
        yield world.call(arguments, plan)


def every_edge(world: World) -> Iterator[Seen]:
    """Calls at the edges of the schema, in a world without faults; not those that lead to other machines."""
    for arguments in boundaries.calls(world.contract, world.ordinary):
        seen = world.call(arguments)
        if not seen.astray:
            yield seen


def _succeeds(world: World) -> Iterator[Breach]:
    seen = world.call(world.ordinary)
    if seen.raised is not None:
        yield Breach("the ordinary call raised", seen)
    elif is_error(parsed(seen.result)):
        yield Breach("the ordinary call, in a world without faults, reports an error", seen)


def _returns_json(_: Contract, seen: Seen) -> Iterator[Breach]:
    if inspect.iscoroutine(seen.result):
        yield Breach("it returned a coroutine that nobody awaits", seen, fix="await it, or make the wrapper an `async def` too")
    elif seen.raised is not None:
        yield Breach(f"it raised {type(seen.raised).__name__}", seen)
    elif problem := not_json(seen.result):
        yield Breach(problem, seen, fix="return json.dumps(value, allow_nan=False) on every path")


def _always_returns_json(world: World) -> Iterator[Breach]:
    for seen in chain(every_fault(world), every_edge(world)):
        yield from _returns_json(world.contract, seen)


def _refuses(world: World) -> Iterator[Breach]:
    for mistake in mistakes(world.contract, world.ordinary):
        seen = world.call(mistake.arguments)
        problem = _refusal_problem(seen, mistake.parameter)
        if problem:
            yield Breach(f"{mistake.what}: {problem}", seen)


def _refusal_problem(seen: Seen, parameter: str) -> str:
    if seen.raised is not None:
        return f"it raised {type(seen.raised).__name__} instead of returning an error"
    if seen.attempts:
        return "a request was sent all the same"
    if seen.sleeps:
        return "it waited before it said so"
    value = parsed(seen.result)
    if not is_error(value):
        return "it was accepted"
    return "" if parameter in json.dumps(value, ensure_ascii=False) else f"the error does not name {parameter!r}"


def _inside(_: Contract, seen: Seen) -> Iterator[Breach]:
    if seen.outside:
        yield Breach(f"it wrote {seen.outside[0]}, outside its working folder", seen)


def _writes_inside(world: World) -> Iterator[Breach]:
    for seen in chain(map(world.call, (world.ordinary, *_escapes(world))), every_edge(world)):
        yield from _inside(world.contract, seen)


def _escapes(world: World) -> Iterator[dict[str, Any]]:
    """A way out of the working folder in every text that may be part of a path: nothing says that a ``name`` is not."""
    accepts = Checker(world.contract.schema).accepts
    ways = (f"../../{SAMPLE_FILE}", str(world.outside / SAMPLE_FILE))
    for name, schema in world.contract.properties.items():
        kind = kind_of(name, schema if isinstance(schema, dict) else {})
        texts = (*ways, f"{SAMPLE_FILE}.new") if kind == "path" else ways if kind == "" else ()
        yield from filter(accepts, ({**world.ordinary, name: text} for text in texts))


LAWS = (
    Law(
        id="the-ordinary-call-succeeds",
        sentence="an ordinary call, in a world without faults, succeeds",
        why="without one call that works, laws about failures hold for a tool that always fails",
        fix="mend the tool, or name the arguments of an ordinary call: example={...} (and root=folder for files it needs)",
        check=_succeeds,
        missing=no_schema,
    ),
    Law(
        id="every-valid-call-returns-json",
        sentence="every valid call returns a string of strict JSON and never raises, whatever the upstream answers",
        why="an exception becomes vague text or crashes the chat; what is not a JSON string reaches the model garbled",
        fix="catch what can go wrong where it happens, and return it as {'error': ...}",
        check=_always_returns_json,
        judge=_returns_json,
        effort=1.0,
        missing=no_schema,
    ),
    Law(
        id="forbidden-arguments-give-an-error",
        sentence="arguments that the schema forbids give an error that names the parameter, and nothing is sent",
        why="models do send such arguments; an exception, a silent acceptance or a vague text gives them nothing to correct",
        fix="refuse the call before the tool runs: a decorator that checks the arguments against the schema, such as "
        "examples/toolbox/boundary.py of the repository, to be copied; where the framework's own check is enough, write "
        "without={'forbidden-arguments-give-an-error': 'why'}",
        check=_refuses,
        missing=no_schema,
    ),
    Law(
        id="writes-stay-inside",
        sentence="the tool writes nothing outside its working folder",
        why="a path that a model made up overwrites files of the user",
        fix="resolve every path below a root and refuse what leads out of it",
        check=_writes_inside,
        judge=_inside,
        missing=no_schema,
    ),
)

"""What a model writes as arguments is what the function gets; what is no arguments is refused; every way does the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.calling.performing import perform
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.agents.wiring import ordinary_arguments
from autogen_harness.contracts.team import team_of
from autogen_harness.llm.incoming import schemas_of
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from autogen_harness.adapters.dispatch import Answer, Executor, Way
    from autogen_harness.contracts.calling.world import World

Schema = Mapping[str, Any]
Look = Callable[["Executor", str, Schema], Iterator[tuple[str, str]]]
"""What is wrong with how an agent executes a tool: the kind, and the case in words."""

STYLES: Mapping[str, Callable[[Any], str]] = {
    "compact": lambda value: json.dumps(value, separators=(",", ":")),
    "with spaces": json.dumps,
    "indented": lambda value: json.dumps(value, indent=2),
    "not in ASCII": lambda value: json.dumps(value, ensure_ascii=False),
    "with a line end behind it": lambda value: json.dumps(value) + "\n",
}
"""How models write JSON."""

_TEXTS = ("plain", "é 🦆", 'she said "no"', "two\nlines\tand a tab", "C:\\", "a\\b\\")


def _each(look: Look) -> Callable[[World], Iterator[Breach]]:
    """Look at every tool of every executor; what is the framework's own doing is one warning that says all of it."""

    def check(world: World) -> Iterator[Breach]:
        team = team_of(world, calls=True)
        schemas = {name: schema for offer in team.offers for name, schema in schemas_of(offer.body).items()}
        theirs: dict[str, str] = {}
        for executor in team.executors:
            for tool in executor.tools:
                for kind, problem in look(executor, tool, schemas.get(tool, {})):
                    if not executor.plain:
                        yield Breach(f"{executor.agent}, {tool}: {problem}")
                    theirs.setdefault(kind, problem)
        if theirs:
            yield Breach("AutoGen's own doing: " + "; ".join(theirs.values()), severity="warning")

    return check


def _arrive(executor: Executor, tool: str, schema: Schema) -> Iterator[tuple[str, str]]:
    way = _simplest(executor, tool)
    for arguments in _samples(schema):
        for style, written in STYLES.items():
            answer = perform(way, {"arguments": written(arguments)})
            if answer.received != (arguments,):
                yield style, f"{_short(written(arguments))} ({style}) {_became(answer)}"


def _samples(schema: Schema) -> Iterator[dict[str, Any]]:
    """The ordinary call, and with each text that is hard to write in the first parameter that takes it."""
    ordinary, accepts = ordinary_arguments(schema), Checker(schema).accepts
    yield ordinary
    for text in _TEXTS:
        changed = ({**ordinary, name: text} for name in schema.get("properties", {}))
        fitting = next(filter(accepts, changed), None)
        if fitting is not None:
            yield fitting


def _refused(executor: Executor, tool: str, schema: Schema) -> Iterator[tuple[str, str]]:
    way = _simplest(executor, tool)
    for what, text in _malformed(schema):
        answer = perform(way, {"arguments": text})
        if answer.received or answer.raised is not None or answer.ok:
            yield what, f"{what} {_became(answer)}"


def _malformed(schema: Schema) -> Iterator[tuple[str, Any]]:
    """What models send that is no JSON object, or not one object."""
    yield "no arguments at all (None)", None
    for text in ("", "null", "[]", "[1]", "3", '"x"'):
        yield repr(text), text
    arguments = ordinary_arguments(schema)
    if not arguments:
        return
    right, name = json.dumps(arguments), next(iter(arguments))
    yield "JSON that is cut short", right[:-2]
    yield "Python's quotes", repr(arguments)
    yield "a comma behind the last value", right[:-1] + ",}"
    yield "a name that stands there twice", right[:-1] + f", {json.dumps(name)}: {json.dumps(arguments[name])}}}"
    yield "NaN", json.dumps({**arguments, name: float("nan")})


def _agree(executor: Executor, tool: str, schema: Schema) -> Iterator[tuple[str, str]]:
    ways = executor.ways(tool)
    for what, arguments in _telling(schema):
        text = json.dumps(arguments)
        answers = {name: perform(way, {"arguments": text}) for name, way in ways.items()}
        first, *others = answers.items()
        for name, answer in others:
            if _verdict(answer, arguments) != _verdict(first[1], arguments):
                yield what, f"{what}: by {first[0]} it {_became(first[1])}, by {name} it {_became(answer)}"
                break


def _telling(schema: Schema) -> Iterator[tuple[str, dict[str, Any]]]:
    """Calls that ways may take differently."""
    ordinary = ordinary_arguments(schema)
    yield "an ordinary call", ordinary
    yield "an argument that is not a parameter", {**ordinary, "undeclared_argument": 1}
    for name, entry in schema.get("properties", {}).items():
        if isinstance(entry, Mapping) and entry.get("type") in ("integer", "number") and name in ordinary:
            yield "a number written as text", {**ordinary, name: str(ordinary[name])}
            return


def _simplest(executor: Executor, tool: str) -> Way:
    return next(iter(executor.ways(tool).values()))


def _verdict(answer: Answer, sent: Mapping[str, Any]) -> tuple[bool, bool, Any]:
    """What must be the same by every way; a default that is filled in changes nothing."""
    return answer.ok, answer.raised is not None, [{name: one.get(name) for name in sent} for one in answer.received]


def _became(answer: Answer) -> str:
    """What the framework made of a call, as a verb phrase."""
    if answer.raised is not None:
        return f"raised {type(answer.raised).__name__} out of the chat"
    if answer.received:
        return f"reached the tool as {_short(repr(answer.received[0]))}"
    return f"was refused: {_short(str(answer.content))}"


def _short(text: str, limit: int = 100) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[:limit]}…"


LAWS = (
    Law(
        id="arguments-arrive-as-sent",
        sentence="arguments reach the function as the model wrote them, whatever style of JSON it writes",
        why="the tool is called with something else, or the model is told that right JSON is wrong and gives up",
        fix="where it is AutoGen's doing: override execute_function and a_execute_function of the executing agent, and write "
        "the arguments anew before AutoGen reads them: json.dumps(json.loads(arguments), separators=(',', ':'))",
        check=_each(_arrive),
    ),
    Law(
        id="malformed-arguments-are-refused",
        sentence="what is no JSON object is answered with an error; the function is not called, and nothing is raised",
        why="one bad line of a model ends the whole chat with an exception, or the tool runs on what nobody meant",
        fix="where it is AutoGen's doing: override execute_function and a_execute_function of the executing agent, and answer "
        "(False, {'name': ..., 'role': 'function', 'content': 'Error: ...'}) where the arguments are no object",
        check=_each(_refused),
    ),
    Law(
        id="every-dispatch-path-agrees",
        sentence="a call does the same through function_map and register_for_execution, synchronous and asynchronous",
        why="a tool that works in one chat fails in another that is only started or wired differently",
        fix="where it is AutoGen's doing: register every tool the same way, and let it check its arguments itself: "
        "function_map hands everything on, register_for_execution drops what is no parameter and converts numbers",
        check=_each(_agree),
    ),
)

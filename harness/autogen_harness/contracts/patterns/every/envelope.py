"""How a tool says that it succeeded or failed."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any

from autogen_harness import schemas
from autogen_harness.contracts.answering.upstream import BUSY, CLIENT_ERRORS, Plan, broken_transports, statuses
from autogen_harness.contracts.generation.names import kind_of
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import every_edge, every_fault, no_schema
from autogen_harness.contracts.reading.verdicts import MESSAGE_KEYS, errors, is_error, parsed, says_nothing, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract

_SUCCESS, _AFTER_SUCCESS = 200, 300


def needs_upstream(contract: Contract) -> str:
    """What a law wants that looks at requests."""
    return no_schema(contract) or ("" if contract.upstream else "upstream")


def needs_asking(contract: Contract) -> str:
    """What a law wants that looks at how often something is asked for."""
    return no_schema(contract) or ("" if contract.upstream or contract.collaborators else "upstream")


def _say_something(contract: Contract, seen: Seen) -> Iterator[Breach]:
    for error in errors(parsed(seen.result)):
        if problem := says_nothing(error) or _only_repeats(text_of(error), contract, seen):
            yield Breach(problem, seen)


def _only_repeats(said: str, contract: Contract, seen: Seen) -> str:
    """Whether an error is an address that was given, and nothing else, as some exceptions of clients are.

    Of other arguments nobody knows: a text that is drawn may be, by chance or from the tool's code, what its errors say.
    """
    for name, schema in contract.properties.items():
        if isinstance(schema, dict) and kind_of(name, schema).startswith("url"):
            value = seen.arguments.get(name)
            given = value if isinstance(value, list) else [value]
            if any(isinstance(text, str) and text.strip() and said.strip("'\"") == text.strip() for text in given):
                return f"the error only repeats {name}: {said[:120]!r}"
    return ""


def _errors_say_something(world: World) -> Iterator[Breach]:
    for seen in chain(every_fault(world), every_edge(world)):
        yield from _say_something(world.contract, seen)


def _failures_reported(world: World) -> Iterator[Breach]:
    for seen in every_fault(world):
        if _fails(seen.plan) and seen.asked and seen.raised is None and not is_error(parsed(seen.result)):
            yield Breach("the upstream failed and the result does not say so", seen)


def _fails(plan: Plan) -> bool:
    return plan.status in (*CLIENT_ERRORS, *BUSY) or plan.status is None


def _exactly_2xx(world: World) -> Iterator[Breach]:
    arguments, promise = world.ordinary, _messages(world.call(world.ordinary))
    for plan in (world.calm, *statuses(world.main), *broken_transports()):
        seen = world.call(arguments, plan)
        said = seen.raised is None and bool(world.contract.hints.success(parsed(seen.result)))
        if said != _is_2xx(plan):
            yield Breach(f"it reports {'success' if said else 'failure'}", seen)
        elif not said and (same_words := promise & _messages(seen)):
            yield Breach(f"it reports failure, and says what it says on success: {min(same_words)!r}", seen)


def _messages(seen: Seen) -> set[str]:
    """The sentences of a result that are meant for a reader."""
    value = reported(parsed(seen.result))
    return {value[key].strip() for key in MESSAGE_KEYS if isinstance(value.get(key), str) and value[key].strip()}


def _is_2xx(plan: Plan) -> bool:
    return plan.status is not None and _SUCCESS <= plan.status < _AFTER_SUCCESS


def _output_schema(world: World) -> Iterator[Breach]:
    seen = world.call(world.ordinary)
    for problem in output_problems(parsed(seen.result), world.contract.hints.output_schema):
        yield Breach(problem, seen)


def output_problems(value: Any, wanted: Any) -> Iterator[str]:
    """What a successful result lacks: declared fields that are absent or null, and what a declared schema forbids."""
    names = _declared(wanted)
    items = value if isinstance(value, list) and not _is_array(wanted) else [value]
    for item in items:
        for name in names:
            if not isinstance(item, dict) or item.get(name) is None:
                yield f"the field {name!r} is {'null' if isinstance(item, dict) and name in item else 'not there'}"
    if isinstance(wanted, dict):
        yield from (f"the result breaks its schema: {problem}" for problem in schemas.problems(value, wanted))


def _declared(wanted: Any) -> Iterable[str]:
    """The fields of an output schema that must be there: the required ones, or all where it does not say."""
    return wanted.get("required") or wanted.get("properties") or () if isinstance(wanted, dict) else wanted


def _is_array(wanted: Any) -> bool:
    return isinstance(wanted, dict) and wanted.get("type") == "array"


def _promised(contract: Contract, seen: Seen) -> Iterator[Breach]:
    """A success must hold its promise whatever the upstream answered."""
    value = parsed(seen.result)
    if seen.raised is None and value is not None and not is_error(value):
        for problem in output_problems(value, contract.hints.output_schema):
            yield Breach(f"{problem}, and the result is no error", seen)


def _every_success(world: World) -> Iterator[Breach]:
    yield from _output_schema(world)
    for seen in chain(every_fault(world), every_edge(world)):
        yield from _promised(world.contract, seen)


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are the same, types included."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


LAWS = (
    Law(
        id="errors-say-something",
        sentence="every error has a text that a model can act on",
        why="an error that says nothing, or 'None', makes the model try the same again",
        fix="say what failed and how: the status, or the type of the exception where its text is empty",
        check=_errors_say_something,
        judge=_say_something,
        missing=no_schema,
    ),
    Law(
        id="failures-are-reported-as-errors",
        sentence="when the upstream fails, the result says so",
        why="the model takes an error page, or nothing, for an answer",
        fix="look at the status (raise_for_status), and return {'error': ...} when it is not a success",
        check=_failures_reported,
        missing=needs_asking,
    ),
    Law(
        id="success-exactly-for-2xx",
        sentence="the result reports success exactly when the upstream answered with a status from 200 to 299",
        why="a receiver that answers 201, 202 or 204 has accepted; one that answers 302 or 400 has not",
        fix="use `200 <= status < 300` (requests: `response.ok` also allows 3xx) for the flag",
        check=_exactly_2xx,
        needs=("success",),
        missing=needs_upstream,
    ),
    Law(
        id="output-schema-holds",
        sentence="every successful result has every declared field, and none of them is null",
        why="the next step, or the model, reads a field that is not there",
        fix="return an error when the upstream's answer lacks what a field needs",
        check=_every_success,
        judge=_promised,
        needs=("output_schema",),
        missing=no_schema,
    ),
)


def reported(value: Any) -> Mapping[str, Any]:
    """A parsed result as a mapping; empty where it is not one."""
    return value if isinstance(value, dict) else {}

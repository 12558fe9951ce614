"""Is an answer of the script one that the model could give to this request? Held against it before it is delivered.

Two kinds of answers are wrong. A call that an agent can receive, and fail on, is a :class:`Mistake`: it is told and delivered.
What the API would never send, such as two calls where the request forbids parallel ones, cannot be played.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from autogen_harness.llm.incoming import schemas_of
from autogen_harness.llm.lint import choices
from autogen_harness.llm.lint.choices import Unplayable
from autogen_harness.llm.replies import Reply, ToolCall
from autogen_harness.llm.turns.flaws import Check
from autogen_harness.llm.turns.turn import Call, Calls, Turn
from autogen_harness.wording import did_you_mean

if TYPE_CHECKING:
    from autogen_harness.model import LlmRequest
    from autogen_harness.schemas import Checker, Problem

MAX_ID = 40
"""Characters of a call's id that the API takes back."""

_BY_SCHEMA = frozenset({"value", "missing", "extra"})

_NONE_WRONG: Mapping[Check, str] = {
    "offered": "that tool is on offer",
    "value": "every value that it gives is one that the tool's schema takes",
    "missing": "it gives every argument that the tool's schema requires",
    "extra": "the tool's schema takes every argument that it gives",
    "ids": "the ids of its calls are sound, or the request offers legacy functions, whose calls have none",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """A call breaks ``check``, as ``text`` says; ``hint`` is the nearest right thing, ``argument`` its name."""

    check: Check
    text: str
    hint: str = ""
    argument: str = ""


# -- one call ----------------------------------------------------------------------------------------------------------------


def mistakes(tool: str, arguments: str, offered: Sequence[str], schemas: Mapping[str, Mapping[str, Any]]) -> list[Mistake]:
    """Everything that is wrong with one call.

    Args:
        tool: the name of the tool.
        arguments: its arguments, as the text that is sent.
        offered: the names of the tools on offer.
        schemas: the parameter schemas of those that have one.
    """
    if tool not in offered:
        return [Mistake("offered", f"{tool} is not on offer", did_you_mean(tool, offered))]
    value = _object(arguments)
    if value is None:
        return [Mistake("json", f"the arguments {arguments!r} are not a JSON object")]
    return wrong_arguments(value, schemas.get(tool))


def wrong_arguments(arguments: Mapping[str, Any], schema: Mapping[str, Any] | None) -> list[Mistake]:
    """How ``arguments`` differ from what ``schema`` takes. Nothing where there is no schema, or none that can be used.

    A name that the schema does not list is wrong also where it says nothing of ``additionalProperties``: no tool takes it.
    """
    checker = _checker_of(schema)
    if schema is None or checker is None:
        return []
    unknown = list(_unknown(arguments, schema))
    told = {("$", "additionalProperties")} if unknown else set()
    return unknown + [_mistake(one) for one in checker.problems(arguments) if (one.path, one.keyword) not in told]


def _mistake(problem: Problem) -> Mistake:
    place = problem.path.removeprefix("$").removeprefix(".")
    text = f"{place}: {problem.message}" if place else problem.message
    return Mistake(_CHECKS.get(problem.keyword, "value"), text, argument=re.split(r"[.\[]", place, maxsplit=1)[0])


_CHECKS: Mapping[str, Check] = {"required": "missing", "additionalProperties": "extra"}


def _unknown(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Mistake]:
    known = schema.get("properties")
    if not isinstance(known, Mapping) or schema.get("additionalProperties", False) is not False or _is_open(schema):
        return
    takes = f"it takes {', '.join(known) or 'no arguments'}"
    for name in arguments:
        if name not in known:
            free = [one for one in known if one not in arguments]
            yield Mistake("extra", f"{name!r} is no parameter of it", did_you_mean(name, free) or takes, name)


def _is_open(schema: Mapping[str, Any]) -> bool:
    """Can names come from elsewhere than ``properties``?"""
    return any(key in schema for key in ("patternProperties", "$ref", "allOf", "anyOf", "oneOf", "if"))


def _checker_of(schema: Mapping[str, Any] | None) -> Checker | None:
    return None if schema is None else _checker(json.dumps(schema, default=str))


@lru_cache(maxsize=256)
def _checker(schema: str) -> Checker | None:
    """What judges values by a schema, which is given as JSON; None where the schema itself is malformed."""
    from autogen_harness import schemas  # late: a test whose requests offer no tools does not pay for it

    made = json.loads(schema)
    return None if schemas.malformed(made) else schemas.Checker(made)


def _object(arguments: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(arguments)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# -- an answer ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Linted:
    """A call of an answer: as it is scripted, as it is sent, and the mistakes that the script does not declare."""

    call: Call
    sent: ToolCall
    mistakes: Sequence[Mistake]


def lint(turn: Turn, reply: Reply, request: LlmRequest, *, legacy: bool = False) -> list[Linted]:
    """Hold ``reply``, which ``turn`` makes, against the request that it answers.

    Raises:
        Unplayable: the API would never answer so, or a declared fault is none.
    """
    choices.check(reply, request.body, flawed=turn.flaw is not None, legacy=legacy)
    made = calls_of(turn)
    _check_ids([turn, *made], [] if legacy else list(_wrong_ids(reply, request)))
    schemas = schemas_of(request.body)
    return [
        Linted(one, sent, _undeclared(one, mistakes(sent.name, sent.arguments, request.tools, schemas), schemas))
        for one, sent in zip(made, reply.calls, strict=True)
    ]


def calls_of(turn: Turn) -> list[Call]:
    """The calls that a turn makes."""
    made = turn.calls if isinstance(turn, Calls) else (turn,)
    return [one for one in made if isinstance(one, Call)]


def _undeclared(call: Call, found: list[Mistake], schemas: Mapping[str, Mapping[str, Any]]) -> list[Mistake]:
    declared = call.flaw.breaks if call.flaw else ""
    checks = {one.check for one in found}
    unknown = "offered" in checks or _checker_of(schemas.get(call.tool)) is None  # nothing tells whether it is one
    if declared in _BY_SCHEMA and declared not in checks and not unknown:
        raise _no_fault(call, declared)
    if declared == "offered" and declared not in checks:
        raise _no_fault(call, declared)
    return [one for one in found if one.check != declared]


def _check_ids(turns: Sequence[Turn], wrong: Sequence[str]) -> None:
    declaring = next((turn for turn in turns if turn.flaw and turn.flaw.breaks == "ids"), None)
    if declaring is not None and not wrong:
        raise _no_fault(declaring, "ids")
    if wrong and declaring is None:
        raise Unplayable(wrong[0])


def _wrong_ids(reply: Reply, request: LlmRequest) -> Iterator[str]:
    used = {str(call.get("id")) for message in request.messages for call in _list(message.get("tool_calls"))}
    for call in reply.calls:
        if len(call.id) > MAX_ID:
            yield f"the id of the call of {call.name} is longer than {MAX_ID} characters"
        if call.id in used:
            yield f"the call of {call.name} has an id that another call has"
        used.add(call.id)


def _no_fault(turn: Turn, declared: Check) -> Unplayable:
    message = f"{turn} is no such fault, so the test would prove nothing: {_NONE_WRONG[declared]}"
    return Unplayable(message, "write what is meant to be wrong, or a sound call(...)")

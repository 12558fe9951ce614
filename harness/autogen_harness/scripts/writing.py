"""Scripts as text: what is written here, :mod:`~autogen_harness.scripts.reading` reads back as the same turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from autogen_harness import documents
from autogen_harness.errors import DocumentError, UsageError
from autogen_harness.llm.replies import Break
from autogen_harness.llm.script.script_file import ScriptFile, Side
from autogen_harness.llm.turns.fail import fail
from autogen_harness.llm.turns.turn import Call, Calling, Calls, ExpectedError, Fail, Say, Turn
from autogen_harness.scripts.asking import write_expect, write_when
from autogen_harness.scripts.error_names import error_name
from autogen_harness.scripts.reading import loads
from autogen_harness.scripts.reference_text import NotSaid
from autogen_harness.scripts.whole import FORMAT
from autogen_harness.scripts.written import write_data, write_template


def dump(script: ScriptFile) -> str:
    """A script as YAML.

    Raises:
        UsageError: it has what a file cannot say, such as a transform or a predicate; the message names the turn.
    """
    made: dict[str, Any] = {"format": FORMAT}
    made |= {"about": script.about} if script.about else {}
    made |= {"turns": _turns(script.turns, "")} if script.turns else {}
    made |= {"agents": {name: _turns(turns, f" of {name}") for name, turns in script.agents.items()}} if script.agents else {}
    for name, side in (("selector", script.selector), ("summary", script.summary)):
        made |= {name: _side(side, name)} if side else {}
    return _proved(documents.write_yaml(made))


def _proved(text: str) -> str:
    """The text, which reads back: what no check here foresees, such as an empty name, is told now and not when it is read."""
    try:
        loads(text)
    except DocumentError as error:
        raise UsageError(f"the script cannot be written to a file: {error.pointer}: {error.problem}") from error
    return text


def _turns(turns: Sequence[Turn], owner: str) -> list[Any]:
    return [_said(turn, f"turn {number}{owner}") for number, turn in enumerate(turns, 1)]


def _side(side: Side, name: str) -> Any:
    return side if isinstance(side, str) else [_short(item) for item in _turns(side, f" of the {name}")]


def _short(item: Mapping[str, Any]) -> Any:
    """A turn of the selector or the summary is its text, where it is no more."""
    return item["say"] if [*item] == ["say"] and isinstance(item["say"], str) else item


def _said(turn: Turn, number: str) -> dict[str, Any]:
    try:
        return {**_own(turn), **_beside(turn), **_common(turn)}
    except NotSaid as error:
        raise UsageError(f"{number}, {turn}, cannot be written to a file: {error}") from error


def _own(turn: Turn) -> dict[str, Any]:
    """What the turn does, by its own keys."""
    fault = {"fail": turn.flaw.name} if turn.flaw else {}
    if isinstance(turn, Call):
        return fault | _call(turn.tool, turn.arguments) | _raises(turn.expected)
    if isinstance(turn, Calls):
        return fault | {"calls": [_own(one) for one in turn.calls]}
    if isinstance(turn, Fail):
        return _fail(turn)
    if isinstance(turn, Say):
        return fault | _say(turn)
    raise NotSaid(f"a file has no word for {type(turn).__name__}")


def _call(tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {"call": tool} | ({"args": write_data(arguments)} if arguments else {})


def _beside(turn: Turn) -> dict[str, Any]:
    return {"saying": write_template(turn.said)} if isinstance(turn, Calling) and turn.said else {}


def _raises(expected: ExpectedError | None) -> dict[str, Any]:
    if expected is None:
        return {}
    name = error_name(expected.type)
    return {"raises": name if expected.match is None else {"type": name, "match": expected.match}}


def _say(turn: Say) -> dict[str, Any]:
    if turn.flaw and turn.flaw.name == "call_in_text":
        written = turn.parts[0]
        return _call(written["name"], written["arguments"])
    if turn.structured:
        return {"say_json": write_data(turn.parts[0])}
    return {"say": write_template(turn.parts)} if turn.parts else {}


def _fail(turn: Fail) -> dict[str, Any]:
    """A fault of the API: by its name where it has one, else by its status; as long as that gives the same turn."""
    name = turn.name.partition(" ")[0]
    keys: dict[str, Any] = {}
    if name == "server_error":
        keys = {"status": turn.status}
    elif name == "rate_limit" and turn.retry_after is not None:
        keys = {"retry_after": turn.retry_after}
    elif not name:
        given = {"status": turn.status, "message": turn.message, "code": turn.code, "retry_after": turn.retry_after}
        keys = {key: value for key, value in given.items() if value is not None}
        if turn.message == fail(turn.status or 500).message:
            del keys["message"]
    made = getattr(fail, name)(**keys) if name else fail(**keys)
    if made != replace(turn, agent=None, condition=None, expectation=None):
        raise NotSaid("its fields are not those of a fault that has a name, or of fail(...)")
    return {"fail": name, **keys} if name else {"fail": keys}


def _common(turn: Turn) -> dict[str, Any]:
    said: dict[str, Any] = {"by": turn.agent} if turn.agent is not None else {}
    said |= {"when": write_when(turn.condition)} if turn.condition else {}
    said |= {"expect": write_expect(turn.expectation)} if turn.expectation else {}
    return said | ({"broken_delivery": _break(turn.broken)} if turn.broken else {})


def _break(broken: Break) -> dict[str, Any]:
    return {"after": broken.after, "how": broken.how}

"""Make a reply of a turn: references are filled in, arguments and structures become JSON, declared flaws are put in."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from autogen_harness.errors import ScriptBroken
from autogen_harness.llm.references.reference import fill
from autogen_harness.llm.replies import Reply, ToolCall, together
from autogen_harness.llm.turns import structured
from autogen_harness.llm.turns.turn import Call, Calling, Calls, Say, Turn
from autogen_harness.model import ToolRun


def reply_of(turn: Turn, runs: Sequence[ToolRun], new_id: Callable[[], str], response_format: Any = None) -> Reply:
    """What the model answers where the script says ``turn``.

    Args:
        turn: anything but a failure of the API, which is no answer.
        runs: the tool runs that references may point at.
        new_id: gives the id of the next call.
        response_format: the request's, which structured output is held to.

    Raises:
        ScriptBroken: a reference leads nowhere, something is not JSON, or structured output does not fit.
    """
    if isinstance(turn, Say):
        return turn.delivered(Reply(_text(turn, runs, response_format)))
    if isinstance(turn, Calls):
        return turn.delivered(_with_text(turn, runs, together([reply_of(one, runs, new_id) for one in turn.calls])))
    if isinstance(turn, Call):
        return turn.delivered(_with_text(turn, runs, Reply(calls=(ToolCall(new_id(), turn.tool, _arguments(turn, runs)),))))
    message = f"{turn} is no answer"
    raise ScriptBroken(message)


def _with_text(turn: Calling, runs: Sequence[ToolRun], reply: Reply) -> Reply:
    return replace(reply, text=_text(Say(turn.said), runs, None)) if turn.said else reply


def _arguments(turn: Call, runs: Sequence[ToolRun]) -> str:
    try:
        return json.dumps(fill(turn.arguments, runs), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise _not_json("the arguments", turn, error) from error


def _text(turn: Say, runs: Sequence[ToolRun], response_format: Any) -> str:
    try:
        text = turn.text(fill(turn.parts, runs))
    except (TypeError, ValueError) as error:
        raise _not_json("a part", turn, error) from error
    if turn.structured:
        structured.check(json.loads(text), response_format)
    return text


def _not_json(what: str, turn: Turn, error: Exception) -> ScriptBroken:
    return error if isinstance(error, ScriptBroken) else ScriptBroken(f"{what} of {turn} cannot be written as JSON: {error}")

"""An answer of a real model as a turn of a script, with what is wrong with it declared as a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from autogen_harness.llm.incoming import schemas_of
from autogen_harness.llm.lint.lint import mistakes
from autogen_harness.llm.turns.fail import fail
from autogen_harness.llm.turns.turn import Call, Calls, Fail, Turn, call, calls, say

if TYPE_CHECKING:
    from autogen_harness.llm.replies import Reply, ToolCall
    from autogen_harness.model import LlmRequest


UNNAMED = "unnamed"
"""Stands for a tool that was called by no name at all: a script cannot say that."""


def turn_of(request: LlmRequest, answer: Reply | Fail) -> Turn:
    """The turn that answers ``request`` as the model did. Ids are left out: a script makes its own."""
    if isinstance(answer, Fail):
        return answer
    if answer.calls:
        turn = _calling(answer, request)
        return turn.saying(answer.text) if answer.text else turn
    if answer.refusal is not None:
        return fail.refusal(answer.refusal)
    if answer.finish == "content_filter":
        return fail.content_filter(answer.text or "")
    return say(answer.text) if answer.text else fail.empty_reply()


def noted(answer: Reply | Fail) -> Iterator[str]:
    """What the turn cannot say of the answer."""
    if isinstance(answer, Fail):
        return
    if answer.finish == "length" and not answer.calls:
        yield "the answer was cut off (finish_reason length); the script has what arrived of it"
    for one in answer.calls:
        if not one.name:
            yield f"a call has no name; the script calls it {UNNAMED!r}"
        if _object(one.arguments) is None and one.arguments not in ("", "null"):
            yield f"the arguments of {one.name} were no JSON object: {one.arguments!r}; the script has others that are none"


def _calling(answer: Reply, request: LlmRequest) -> Call | Calls:
    cut = answer.calls[-1] if answer.finish == "length" else None
    made = [_call(replace(one, name=one.name or UNNAMED), request, truncated=one is cut) for one in answer.calls]
    idents = [one.id for one in answer.calls if one.id]
    if len(made) == 1:
        return made[0]
    return calls(*made) if len({*idents}) == len(idents) else fail.duplicate_call_id(*made)


def _call(made: ToolCall, request: LlmRequest, *, truncated: bool) -> Call:
    """One call. What the tool would refuse of it is declared, as far as one fault can say it."""
    arguments = _object(made.arguments)
    if arguments is None:
        return _no_object(made, truncated=truncated)
    wrong = mistakes(made.name, made.arguments, request.tools, schemas_of(request.body))
    kinds = {
        "offered": fail.hallucinated_tool,
        "value": fail.wrong_types,
        "missing": fail.missing_argument,
        "extra": fail.extra_argument,
    }
    return next((kinds[one.check] for one in wrong if one.check in kinds), call)(made.name, arguments)


def _no_object(made: ToolCall, *, truncated: bool) -> Call:
    exact = {"null": fail.null_arguments, "": fail.empty_arguments}.get(made.arguments)
    if exact is not None:
        return exact(made.name)
    return fail.truncated_json(made.name) if truncated else fail.malformed_json(made.name)


def _object(arguments: str) -> dict[str, Any] | None:
    try:
        value = json.loads(arguments, parse_constant=_no_json)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _no_json(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity, which Python reads and JSON does not know

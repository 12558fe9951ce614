"""The items of a script: the kinds of turns there are, as rows. They read a file, and are what its JSON Schema is made from.

An item has the key of what it is: ``call``, ``calls``, ``say``, ``say_json`` or ``fail``. A fault with a name has the keys of
the answer that it spoils beside it: ``{fail: malformed_json, call: search, args: {query: NVIDIA}}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autogen_harness.llm.turns.fail import fail
from autogen_harness.llm.turns.turn import Call, Calling, Say, Turn, call, calls
from autogen_harness.scripts.data import Arguments, Data, Plain, Template
from autogen_harness.scripts.error_names import RAISES
from autogen_harness.scripts.kinds import ANSWER, COMMON, Build, Kinds, Row, fault_tables, turn_table
from autogen_harness.scripts.shapes import Number, Text
from autogen_harness.scripts.tables import Key, ListOf, Named, Table

_CALL: Mapping[str, Key] = {
    "call": Key(Text(), "the tool that the model calls", required=True),
    "args": Key(Arguments(), "its arguments; {$result: tool.path} takes one from an earlier result"),
    "raises": Key(RAISES, "the tool is meant to raise this; the test fails if it does not"),
}
_SAY: Mapping[str, Key] = {
    "say": Key(Template(), "what the model says; ${tool.path} stands for an earlier result", required=True)
}
_SAY_JSON: Mapping[str, Key] = {
    "say_json": Key(Data(), "structured output, held to the request's response_format", required=True)
}
_ERROR = Table(
    {
        "status": Key(Number(400, 599, whole=True), "the HTTP status", required=True),
        "message": Key(Text(empty=True), "the text of the error"),
        "code": Key(Text(), "its field code"),
        "retry_after": Key(Number(0), "seconds in the header Retry-After"),
    },
    make=fail,
)


# -- kinds: their own keys, and the function of Python's that makes the turn -------------------------------------------------


def _calling(build: Callable[..., Turn]) -> Build:
    """A turn that calls a tool; ``build`` is ``call``, or one of ``fail``'s."""

    def make(call: str, args: Mapping[str, Any] | None = None, raises: Any = None) -> Turn:
        made = build(call) if args is None else build(call, args)
        return made.raises(*raises) if raises and isinstance(made, Call) else made

    return make


def _several(build: Callable[..., Turn]) -> Build:
    return lambda calls: build(*calls)


def _said(say: tuple[Any, ...]) -> Turn:
    return Say(say)


def _structured(say_json: Any) -> Turn:
    return Say((say_json,), structured=True)


def _saying(build: Callable[..., Turn]) -> Build:
    return lambda say=None: build() if say is None else build(say)


_WITHOUT_ARGUMENTS = {name: key for name, key in _CALL.items() if name != "args"}
_CALL_FAULTS: Mapping[str, Row] = {
    "hallucinated_tool": (_CALL, _calling(fail.hallucinated_tool)),
    "malformed_json": (_CALL, _calling(fail.malformed_json)),
    "truncated_json": (_CALL, _calling(fail.truncated_json)),
    "wrong_types": (_CALL, _calling(fail.wrong_types)),
    "missing_argument": (_CALL, _calling(fail.missing_argument)),
    "extra_argument": (_CALL, _calling(fail.extra_argument)),
    "null_arguments": (_WITHOUT_ARGUMENTS, _calling(fail.null_arguments)),
    "empty_arguments": (_WITHOUT_ARGUMENTS, _calling(fail.empty_arguments)),
    "long_call_id": (_CALL, _calling(fail.long_call_id)),
}
"""Faults of one call: the keys beside ``fail``, and what makes the turn."""


def _beside(row: Row) -> Row:
    """The same calls, that may have a text beside them."""
    keys, build = row

    def make(saying: tuple[Any, ...] = (), **read: Any) -> Turn:
        made = build(**read)
        return made.saying(*saying) if saying and isinstance(made, Calling) else made

    return {**keys, "saying": Key(Template(), "what the model says beside its calls")}, make


INNER = Named("call", lambda: Kinds({"call": Table(_CALL, make=_calling(call))}, fault_tables(_CALL_FAULTS, {})))
"""One of the calls that a turn makes at once."""

_CALLS: Mapping[str, Key] = {"calls": Key(ListOf(INNER, least=1), "the tools that the model calls at once", required=True)}
_TWO: Mapping[str, Key] = {"calls": Key(ListOf(INNER, least=2), "the calls that share an id", required=True)}
_REASON: Mapping[str, Key] = {"say": Key(Plain(), "what it says", required=True)}
_CUT: Mapping[str, Key] = {"say": Key(Plain(), "what arrives before the cut")}
_SAID: Mapping[str, Key] = {name: key for name, key in _CALL.items() if name != "raises"}

_ANSWER_FAULTS: Mapping[str, Row] = {
    **{name: _beside(row) for name, row in _CALL_FAULTS.items()},
    "duplicate_call_id": _beside((_TWO, _several(fail.duplicate_call_id))),
    "call_in_text": (_SAID, _calling(fail.call_in_text)),
    "refusal": (_REASON, _saying(fail.refusal)),
    "content_filter": (_CUT, _saying(fail.content_filter)),
    "empty_reply": ({}, fail.empty_reply),
}
_API_FAULTS: Mapping[str, Row] = {
    "rate_limit": ({"retry_after": Key(Number(0), "seconds in the header Retry-After")}, fail.rate_limit),
    "server_error": ({"status": Key(Number(500, 599, whole=True), "the HTTP status (500)")}, fail.server_error),
    "context_length": ({}, fail.context_length),
    "prompt_filtered": ({}, fail.prompt_filtered),
    "timeout": ({}, fail.timeout),
    "connection_reset": ({}, fail.connection_reset),
}
"""The API answers with an error, or not at all."""


_ERROR_KEY: Mapping[str, Key] = {"fail": Key(_ERROR, "the API answers with this error", required=True)}

TURN = Named(
    "turn",
    lambda: Kinds(
        {
            "call": turn_table(*_beside((_CALL, _calling(call)))),
            "calls": turn_table(*_beside((_CALLS, _several(calls)))),
            "say": turn_table(_SAY, _said),
            "say_json": turn_table(_SAY_JSON, _structured),
            "fail": turn_table(_ERROR_KEY, lambda fail: fail, COMMON),
        },
        {**fault_tables(_ANSWER_FAULTS, ANSWER), **fault_tables(_API_FAULTS, COMMON)},
    ),
)
"""Any turn of a script."""

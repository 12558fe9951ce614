"""Flaws: in which ways the answer of a model can be wrong. Each says what becomes of a sound reply, and which check sees it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from autogen_harness.llm.replies import Reply, ToolCall

Check = Literal["offered", "json", "value", "missing", "extra", "ids", ""]
"""What :mod:`~autogen_harness.llm.lint.lint` holds a call to: the tool is on offer, its arguments are a JSON object, have valid
values, are all there, have parameters, and ids are what the API makes."""

PLAUSIBLE = '{"query": "latest results", "limit": 10}'
"""The arguments that are broken where a turn gives none."""


def _as_it_is(reply: Reply) -> Reply:
    return reply


@dataclass(frozen=True, slots=True)
class Flaw:
    """One way to be wrong.

    Attributes:
        name: as in ``fail.<name>(...)``.
        breaks: the check that a turn with this flaw must break, and alone may; empty where no check looks at it.
        spoil: what becomes of the reply that the turn would make.
        causes: the rule of the finding that a framework's handling of it may bring, which the turn then allows; or empty.
        rejected_as: the request rules that the history breaks from now on, if any; their findings are allowed as well.
        last: it cuts the reply off, so that no call can follow.
    """

    name: str
    breaks: Check = ""
    spoil: Callable[[Reply], Reply] = _as_it_is
    causes: Literal["tool-bad-args", "tool-unknown", ""] = ""
    rejected_as: tuple[str, ...] = ()
    last: bool = False

    def __str__(self) -> str:
        return f"fail.{self.name}"


def _each_call(change: Callable[[ToolCall], ToolCall]) -> Callable[[Reply], Reply]:
    return lambda reply: replace(reply, calls=tuple(change(call) for call in reply.calls))


def _with_arguments(change: Callable[[str], str]) -> Callable[[Reply], Reply]:
    return _each_call(lambda call: replace(call, arguments=change(call.arguments)))


def _filled(arguments: str) -> str:
    return arguments if json.loads(arguments) else PLAUSIBLE


def _malformed(arguments: str) -> str:
    """A comma before the brace, as models write it; no JSON text ends so."""
    return f"{_filled(arguments)[:-1]},}}"


def _truncated(arguments: str) -> str:
    """The first two thirds; an object is JSON only with its last brace."""
    text = _filled(arguments)
    return text[: max(1, len(text) * 2 // 3)]


def _cut_off(reply: Reply) -> Reply:
    return replace(_with_arguments(_truncated)(reply), finish="length")


def _one_id(reply: Reply) -> Reply:
    return _each_call(lambda call: replace(call, id=reply.calls[0].id))(reply)


def _long_id(call: ToolCall) -> ToolCall:
    return replace(call, id=(call.id * 3)[:64])


def _refused(reply: Reply) -> Reply:
    return replace(reply, text=None, refusal=reply.text)


def _filtered(reply: Reply) -> Reply:
    return replace(reply, finish="content_filter")


def _null(_arguments: str) -> str:
    return "null"


def _empty(_arguments: str) -> str:
    return ""


_NO_OBJECT = ("tool-call-arguments-no-object",)
"""What servers that are stricter than OpenAI's say of arguments in the history that are no JSON object."""

FLAWS: Mapping[str, Flaw] = {
    flaw.name: flaw
    for flaw in (
        Flaw("hallucinated_tool", "offered", causes="tool-unknown"),
        Flaw("malformed_json", "json", _with_arguments(_malformed), causes="tool-bad-args", rejected_as=_NO_OBJECT),
        Flaw("truncated_json", "json", _cut_off, causes="tool-bad-args", rejected_as=_NO_OBJECT, last=True),
        Flaw("null_arguments", "json", _with_arguments(_null), causes="tool-bad-args", rejected_as=_NO_OBJECT),
        Flaw("empty_arguments", "json", _with_arguments(_empty), causes="tool-bad-args", rejected_as=_NO_OBJECT),
        Flaw("wrong_types", "value", causes="tool-bad-args"),
        Flaw("missing_argument", "missing", causes="tool-bad-args"),
        Flaw("extra_argument", "extra", causes="tool-bad-args"),
        Flaw("duplicate_call_id", "ids", _one_id, rejected_as=("tool-call-answered-twice",)),
        Flaw("long_call_id", "ids", _each_call(_long_id), rejected_as=("tool-call-id-long",)),
        Flaw("call_in_text"),
        Flaw("refusal", spoil=_refused),
        Flaw("content_filter", spoil=_filtered),
        Flaw("empty_reply"),
    )
}
"""Every flaw by its name."""

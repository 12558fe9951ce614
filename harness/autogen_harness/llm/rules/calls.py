"""Calls of tools in the history, each on its own: how many, their ids, their arguments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from autogen_harness.llm.rules.request import Request
from autogen_harness.llm.rules.rule import COMPATIBLE, Breach, Rule

_MOST = 128
_LONGEST_ID = 40


def _long_id(request: Request) -> Iterator[Breach]:
    for call in request.calls:
        ident = call.text("id") or ""
        if len(ident) > _LONGEST_ID:
            yield Breach(f"{call.path}.id", call.index, {"most": _LONGEST_ID, "length": len(ident)})


def _none(request: Request) -> Iterator[Breach]:
    for message in request.messages:
        if message.value.get("tool_calls") == []:
            yield Breach(f"{message.path}.tool_calls", message.index)


def _too_many(request: Request) -> Iterator[Breach]:
    for message in request.messages:
        calls = message.value.get("tool_calls")
        if isinstance(calls, list) and len(calls) > _MOST:
            yield Breach(f"{message.path}.tool_calls", message.index, {"most": _MOST, "length": len(calls)})


def _no_object(request: Request) -> Iterator[Breach]:
    for call in request.calls:
        if not _is_object(call.part("function").value.get("arguments")):
            path = f"{call.path}.function.arguments".replace("[", ".").replace("]", "")
            yield Breach(f"{call.path}.function.arguments", call.index, {"path": path})


def _is_object(arguments: Any) -> bool:
    try:
        return arguments is None or isinstance(json.loads(arguments), dict)
    except (TypeError, ValueError, RecursionError):
        return False


def _no_text(request: Request) -> Iterator[Breach]:
    for function in request.called:
        if isinstance(function.value.get("arguments"), dict):
            yield Breach(f"{function.path}.arguments", function.index)


RULES = (
    Rule(
        "tool-call-id-long",
        "The id of a tool call has 40 characters at most.",
        "Invalid '{where}': string too long. Expected a string with maximum length {most}, but got a string with length "
        "{length} instead.",
        _long_id,
        ("vercel/ai#8132", "microsoft/autogen#6377"),
        "shorten the id, in the call and in its answer; ids of another provider can be too long for this one",
        param="{where}",
        code="string_above_max_length",
    ),
    Rule(
        "tool-calls-empty",
        "tool_calls holds at least one call, or is left out.",
        "Invalid '{where}': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        _none,
        ("chatboxai/chatbox#2079", "openai/openai-node#1341"),
        "leave tool_calls out of a message that calls nothing",
        param="{where}",
        code="empty_array",
    ),
    Rule(
        "tool-calls-too-many",
        "A message makes 128 tool calls at most.",
        "Invalid '{where}': array too long. Expected an array with maximum length {most}, but got an array with length "
        "{length} instead.",
        _too_many,
        ("gptscript-ai/gptscript#547",),
        "make the calls in several turns",
    ),
    Rule(
        "tool-call-arguments-no-text",
        "The arguments of a tool call in the history are text.",
        "Invalid type for '{where}': expected a string, but got an object instead.",
        _no_text,
        ("aaif-goose/goose-mobile#20",),
        "write the arguments as JSON text: json.dumps({...})",
        param="{where}",
        code="invalid_type",
    ),
    Rule(
        "tool-call-arguments-no-object",
        "The arguments of a tool call in the history are the JSON text of an object.",
        "{path}: arguments must be a valid JSON object string",
        _no_object,
        ("justrach/codegraff#752", "agno-agi/agno#8343", "sgl-project/sglang#28035"),
        "repair or drop a call with broken arguments before it goes back to the model",
        dialects=COMPATIBLE,
    ),
)

"""A reply as the Responses API writes it. Shapes: the types of the ``openai`` package, 2.x and 3.x, which validate them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autogen_harness.llm.replies import Reply
from autogen_harness.llm.usage.tokens import message_tokens
from autogen_harness.llm.wire.envelope import CREATED

_REASONS = {"length": "max_output_tokens", "content_filter": "content_filter"}
_REPEATED: Mapping[str, Any] = {
    "instructions": None,
    "max_output_tokens": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
"""What a response repeats of its request, with the API's defaults."""


@dataclass(frozen=True, slots=True)
class ResponseEnvelope:
    """All of a response that is not the reply: what its ids are made of, the request, and its length in tokens."""

    ident: str
    request: Mapping[str, Any]
    prompt_tokens: int = 0


def response(reply: Reply, envelope: ResponseEnvelope) -> dict[str, Any]:
    """The whole response."""
    reason = _REASONS.get(reply.finish or "")
    return {
        **begun(envelope),
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "output": items(reply, envelope, "incomplete" if reason else "completed"),
        "usage": _usage(reply, envelope),
    }


def begun(envelope: ResponseEnvelope) -> dict[str, Any]:
    """The response before it says anything."""
    return {
        "id": f"resp_{envelope.ident}",
        "object": "response",
        "created_at": CREATED,
        "status": "in_progress",
        "error": None,
        "incomplete_details": None,
        "model": str(envelope.request.get("model") or "scripted"),
        "output": [],
        "reasoning": {"effort": None, "summary": None},
        "service_tier": "default",
        "usage": None,
        **{name: envelope.request.get(name, default) for name, default in _REPEATED.items()},
    }


def items(reply: Reply, envelope: ResponseEnvelope, status: str) -> list[dict[str, Any]]:
    """The message, if there is one, and the calls."""
    said = [
        {
            "id": f"msg_{envelope.ident}",
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": [part],
        }
        for part in _parts(reply)
    ]
    calls = [
        {
            "id": f"fc_{envelope.ident}_{number}",
            "type": "function_call",
            "status": status,
            "call_id": call.id,
            "name": call.name,
            "arguments": call.arguments,
        }
        for number, call in enumerate(reply.calls)
    ]
    return [*said, *calls]


def _parts(reply: Reply) -> list[dict[str, Any]]:
    if reply.refusal is not None:
        return [{"type": "refusal", "refusal": reply.refusal}]
    return [] if reply.text is None else [{"type": "output_text", "text": reply.text, "annotations": [], "logprobs": []}]


def _usage(reply: Reply, envelope: ResponseEnvelope) -> dict[str, Any]:
    said = message_tokens(reply.message())
    return {
        "input_tokens": envelope.prompt_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": said,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": envelope.prompt_tokens + said,
    }

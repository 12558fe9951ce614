"""A reply as a whole ``chat.completion``. Shapes: the types of the ``openai`` package, 2.x and 3.x, which validate them."""

from __future__ import annotations

from typing import Any

from autogen_harness.llm.replies import Reply
from autogen_harness.llm.usage.tokens import message_tokens
from autogen_harness.llm.wire.envelope import CREATED, FINGERPRINT, Envelope


def completion(reply: Reply, envelope: Envelope) -> dict[str, Any]:
    """The body of a 200."""
    answer = message(reply, legacy=envelope.legacy)
    choice = {
        "index": 0,
        "message": answer,
        "logprobs": None,
        "finish_reason": reply.finish_reason(legacy=envelope.legacy),
    }
    return {
        "id": f"chatcmpl-{envelope.ident}",
        "object": "chat.completion",
        "created": CREATED,
        "model": envelope.model,
        "choices": [choice],
        "usage": usage(reply, envelope),
        "service_tier": "default",
        "system_fingerprint": FINGERPRINT,
    }


def message(reply: Reply, *, legacy: bool = False) -> dict[str, Any]:
    """The assistant's message; calls are there only where some are made, as the API has it."""
    said = reply.message(legacy=legacy)
    return {**said, "refusal": said.get("refusal"), "annotations": []}


def usage(reply: Reply, envelope: Envelope) -> dict[str, Any]:
    """Tokens of the request and of the answer, estimated."""
    said = message_tokens(reply.message(legacy=envelope.legacy))
    return {
        "prompt_tokens": envelope.prompt_tokens,
        "completion_tokens": said,
        "total_tokens": envelope.prompt_tokens + said,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }

"""A reply as the chunks of a stream. Joining their deltas gives the message of :func:`.completions.message` back.

The order is the API's: the role first; then the pieces of the content or of the refusal; each call by its index, with id and
name in its first delta only and its arguments in the later ones; a chunk with the ``finish_reason``; and, where the request
asks for it, a last one with the usage and no choices.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autogen_harness.llm.replies import Reply
from autogen_harness.llm.wire.completions import usage
from autogen_harness.llm.wire.envelope import CREATED, FINGERPRINT, Envelope
from autogen_harness.llm.wire.pieces import awkward, words


def chunks(reply: Reply, envelope: Envelope) -> list[dict[str, Any]]:
    """Every chunk, in order; ``data: [DONE]``, which ends the stream, is not one."""
    made = [_chunk(envelope, [_choice(delta)]) for delta in deltas(reply, legacy=envelope.legacy)]
    made.append(_chunk(envelope, [_choice({}, reply.finish_reason(legacy=envelope.legacy))]))
    if envelope.include_usage:
        made.append({**_chunk(envelope, []), "usage": usage(reply, envelope)})
    return made


def deltas(reply: Reply, *, legacy: bool = False) -> Iterator[dict[str, Any]]:
    """What each chunk adds to the message."""
    first = {name: None if whole is None else "" for name, whole in (("content", reply.text), ("refusal", reply.refusal))}
    yield {"role": "assistant", **first}
    for name, whole in (("content", reply.text), ("refusal", reply.refusal)):
        for piece in words(whole or ""):
            yield {name: piece}
    yield from _function_deltas(reply) if legacy else _call_deltas(reply)


def _call_deltas(reply: Reply) -> Iterator[dict[str, Any]]:
    for index, call in enumerate(reply.calls):
        begun = {"index": index, "id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}}
        yield {"tool_calls": [begun]}
        for piece in awkward(call.arguments):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _function_deltas(reply: Reply) -> Iterator[dict[str, Any]]:
    for call in reply.calls[:1]:
        yield {"function_call": {"name": call.name, "arguments": ""}}
        for piece in awkward(call.arguments):
            yield {"function_call": {"arguments": piece}}


def _choice(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


def _chunk(envelope: Envelope, choices: list[dict[str, Any]]) -> dict[str, Any]:
    chunk = {
        "id": f"chatcmpl-{envelope.ident}",
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": envelope.model,
        "service_tier": "default",
        "system_fingerprint": FINGERPRINT,
        "choices": choices,
    }
    return {**chunk, "usage": None} if envelope.include_usage else chunk

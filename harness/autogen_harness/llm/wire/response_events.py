"""A reply as the events of a streamed response: each part is announced, comes in pieces, and is repeated whole at its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autogen_harness.llm.replies import Reply
from autogen_harness.llm.wire.pieces import awkward, words
from autogen_harness.llm.wire.responses import ResponseEnvelope, begun, response

Event = dict[str, Any]


def events(reply: Reply, envelope: ResponseEnvelope) -> list[Event]:
    """Every event, in order and numbered. The last one holds the whole response."""
    return [{**event, "sequence_number": number} for number, event in enumerate(_events(reply, envelope))]


def _events(reply: Reply, envelope: ResponseEnvelope) -> Iterator[Event]:
    whole = response(reply, envelope)
    yield {"type": "response.created", "response": begun(envelope)}
    yield {"type": "response.in_progress", "response": begun(envelope)}
    for index, item in enumerate(whole["output"]):
        yield from _item(item, index)
    yield {"type": f"response.{whole['status']}", "response": whole}


def _item(item: dict[str, Any], index: int) -> Iterator[Event]:
    message = item["type"] == "message"
    nothing: Event = {"content": []} if message else {"arguments": ""}
    yield {"type": "response.output_item.added", "output_index": index, "item": {**item, "status": "in_progress", **nothing}}
    yield from _message(item, index) if message else _call(item, index)
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _message(item: dict[str, Any], index: int) -> Iterator[Event]:
    for number, part in enumerate(item["content"]):
        place = {"item_id": item["id"], "output_index": index, "content_index": number}
        key = "text" if part["type"] == "output_text" else "refusal"
        extra: Event = {"logprobs": []} if key == "text" else {}
        yield {"type": "response.content_part.added", **place, "part": {**part, key: ""}}
        for piece in words(part[key]):
            yield {"type": f"response.{part['type']}.delta", **place, "delta": piece, **extra}
        yield {"type": f"response.{part['type']}.done", **place, key: part[key], **extra}
        yield {"type": "response.content_part.done", **place, "part": part}


def _call(item: dict[str, Any], index: int) -> Iterator[Event]:
    place = {"item_id": item["id"], "output_index": index}
    for piece in awkward(item["arguments"]):
        yield {"type": "response.function_call_arguments.delta", **place, "delta": piece}
    done = {"name": item["name"], "arguments": item["arguments"]}
    yield {"type": "response.function_call_arguments.done", **place, **done}

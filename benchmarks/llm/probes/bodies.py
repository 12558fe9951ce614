"""What the API answers, written out: openai-responses takes it as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx


def calling(name: str, arguments: str) -> dict[str, Any]:
    called = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return {"role": "assistant", "content": None, "tool_calls": [called]}


def body(message: dict[str, Any], finish_reason: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "finish_reason": finish_reason, "message": message}]}


def whole(message: dict[str, Any], finish_reason: str = "stop") -> httpx.Response:
    named = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o"}
    return httpx.Response(200, json={**named, **body(message, finish_reason)})


def reply(text: str) -> httpx.Response:
    return whole({"role": "assistant", "content": text})


def _pieces(text: str) -> list[bytes]:
    return [f'data: {{"choices": [{{"index": 0, "delta": {{"content": "{text}"}}}}]}}\n\n'.encode()]


def stream(text: str) -> httpx.Response:
    return httpx.Response(200, content=b"".join([*_pieces(text), b"data: [DONE]\n\n"]))


def breaking(text: str) -> httpx.Response:
    def pieces() -> Iterator[bytes]:
        yield from _pieces(text)
        raise httpx.ReadError("the connection is gone")

    return httpx.Response(200, content=pieces())

"""How many tokens a request and its answer would be: an estimate, made here, the same in every run.

No tokenizer: its tables would have to be downloaded. A token is taken for four bytes of UTF-8, which the README of tiktoken
gives as the average. Each message costs three tokens more, and the beginning of the answer three, as OpenAI's cookbook counts
them ("How to count tokens with tiktoken"). An image is 85, the fixed price of one in low detail; its bytes are no text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

BYTES_A_TOKEN = 4
PER_MESSAGE = 3
PER_ANSWER = 3
PER_IMAGE = 85


class Tokens(NamedTuple):
    """Estimated tokens of one request: what was asked, and what was answered."""

    prompt: int
    completion: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.prompt + self.completion


def estimate(body: Mapping[str, Any], answer: Mapping[str, Any]) -> Tokens:
    """The tokens of a request ``body`` and of the assistant message that answers it; no message, no tokens."""
    return Tokens(prompt_tokens(body), message_tokens(answer) if answer else 0)


def prompt_tokens(body: Mapping[str, Any]) -> int:
    """The tokens of a request: its messages, and the tools that it offers."""
    messages = [message for message in body.get("messages") or () if isinstance(message, Mapping)]
    offered = [*(body.get("tools") or ()), *(body.get("functions") or ())]
    asked = sum(PER_MESSAGE + message_tokens(message) for message in messages)
    return PER_ANSWER + asked + sum(text_tokens(_compact(tool)) for tool in offered)


def message_tokens(message: Mapping[str, Any]) -> int:
    """The tokens of what a message says: its content, its name, and the calls that it makes."""
    return sum(text_tokens(text) for text in _texts(message)) + PER_IMAGE * _images(message.get("content"))


def text_tokens(text: str) -> int:
    """The tokens of a text: a quarter of its bytes, rounded up."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_A_TOKEN)


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    yield from _content(message.get("content"))
    yield from (str(message[key]) for key in ("name", "refusal") if message.get(key))
    called = [call.get("function") for call in message.get("tool_calls") or () if isinstance(call, Mapping)]
    for function in [*called, message.get("function_call")]:
        if isinstance(function, Mapping):
            yield from (str(function[key]) for key in ("name", "arguments") if function.get(key))


def _content(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Sequence):
        yield from (str(part["text"]) for part in content if isinstance(part, Mapping) and part.get("text"))
    elif content is not None:
        yield str(content)


def _images(content: Any) -> int:
    parts = content if isinstance(content, Sequence) and not isinstance(content, str) else ()
    return sum(1 for part in parts if isinstance(part, Mapping) and "image" in str(part.get("type")))


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)

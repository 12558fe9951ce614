"""Streaming in classic AutoGen: with ``stream`` in an ``llm_config`` the script's answer arrives in pieces, which are shown.

Where the ``openai`` package is there, AutoGen's own ``OpenAIClient`` reads our chunks and makes the message, as it does of real
ones. Where it is not (0.9 and 0.14 do without), that client cannot work: the pieces are shown as it shows them, and the message
is made here, as it makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from autogen_harness.adapters.openai_errors import error_of
from autogen_harness.llm.turns.fail import arrived
from autogen_harness.llm.turns.turn import Fail
from autogen_harness.llm.usage.tokens import prompt_tokens
from autogen_harness.llm.wire import Envelope, chunks, completion

if TYPE_CHECKING:
    from autogen_harness.llm.replies import Reply
    from autogen_harness.patches import Patches

Chunk = dict[str, Any]


def count_offline(patches: Patches) -> None:
    """AutoGen counts the tokens of a stream by a table that it downloads (0.2 to 0.9); here they are estimated."""
    client = import_module("autogen.oai.client")
    if hasattr(client, "count_token"):
        patches.swap(client, "count_token", lambda _: lambda messages, *_: prompt_tokens({"messages": messages}))


def wants_stream(params: Mapping[str, Any]) -> bool:
    """Does the configuration ask for a stream? Whether there is one is AutoGen's to say."""
    return bool(params.get("stream")) and "messages" in params


def streamed(params: Mapping[str, Any], reply: Reply, envelope: Envelope, whole: Callable[[Reply, Envelope], Any]) -> Any:
    """The response that AutoGen makes of ``reply`` where its configuration asks for a stream.

    Args:
        params: the request.
        reply: the answer; where its delivery breaks off, what the SDK raises then comes out.
        envelope: what marks the answer, whatever AutoGen's client makes of the request.
        whole: makes a response of a reply where the SDK is absent.
    """
    try:
        types = import_module("openai.types.chat")
    except ImportError:
        return whole(_shown(reply, envelope) if _is_streamed(params) else _arrived(reply), envelope)

    def answer(request: Mapping[str, Any]) -> Any:
        sent = Envelope.of(request, envelope.ident)
        if request.get("stream"):
            return map(types.ChatCompletionChunk.model_validate, _arriving(reply, sent))
        return types.ChatCompletion.model_validate(completion(_arrived(reply), sent))

    return _own_client(answer).create({**params})


def _is_streamed(params: Mapping[str, Any]) -> bool:
    """What 0.9 and 0.14 do not stream: answers of o1 models, and structured output."""
    return "response_format" not in params and not str(params.get("model")).startswith("o1")


def _arrived(reply: Reply) -> Reply:
    """A reply that arrives whole, or what the SDK raises where it does not."""
    answer = arrived(reply)
    if isinstance(answer, Fail):
        raise error_of(answer)
    return answer


def _arriving(reply: Reply, envelope: Envelope) -> Iterator[Chunk]:
    made = chunks(reply, envelope)
    yield from made[: reply.broken.after] if reply.broken else made
    _arrived(reply)


def _own_client(answer: Callable[[Mapping[str, Any]], Any]) -> Any:
    """AutoGen's client, whose SDK is ``answer``. Not built by its constructor, which looks at the key of a real one."""
    client_class = import_module("autogen.oai.client").OpenAIClient
    own = object.__new__(client_class)
    own._oai_client, own.response_format = _Sdk(answer), None
    return own


class _Sdk:
    """``chat.completions.create`` and nothing else of the SDK's client."""

    def __init__(self, answer: Callable[[Mapping[str, Any]], Any]) -> None:
        self.chat = self.completions = self
        self._answer = answer

    def create(self, **request: Any) -> Any:
        return self._answer(request)


def _shown(reply: Reply, envelope: Envelope) -> Reply:
    """Show each piece, and give the reply as AutoGen reads it: its content is text even beside calls, its refusal is lost."""
    stream, event = import_module("autogen.io.base").IOStream, import_module("autogen.events.client_events").StreamEvent
    out, text = stream.get_default(), ""
    for chunk in _arriving(reply, envelope):
        piece = chunk["choices"][0]["delta"].get("content") if chunk["choices"] else None
        if piece is not None:
            out.send(event(content=piece))
            text += piece
    return replace(reply, text=text, refusal=None)

"""The OpenAI clients of ``autogen_ext``, which agents of agentchat are given: their SDK is the script.

Request and answer are AutoGen's own: it makes of its messages and tools what would go over the wire, and of the API's answer,
whole or streamed, its result with usage, thought and finish reason.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from autogen_harness.adapters.agentchat_callers import CALLER
from autogen_harness.adapters.agentchat_recording import RecordingSdk
from autogen_harness.adapters.deferral import AZURE_MAKER, OPENAI_MAKER, deferring_sdk
from autogen_harness.adapters.openai_bodies import body_of
from autogen_harness.adapters.openai_errors import error_of
from autogen_harness.llm.turns.fail import arrived
from autogen_harness.llm.turns.turn import Fail
from autogen_harness.llm.wire import Envelope, chunks, completion
from autogen_harness.llm.wire.envelope import identity
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from autogen_harness.adapters import Seams
    from autogen_harness.llm.replies import Reply


def hold(seams: Seams) -> Callable[[], None]:
    """Put the script behind every client that talks to OpenAI or Azure; the function returned takes it out again."""
    module, patches = import_module("autogen_ext.models.openai._openai_client"), Patches()
    for maker in (OPENAI_MAKER, AZURE_MAKER):
        patches.swap(module, maker, deferring_sdk)  # in a harness no agent needs a key
    patches.put(module.BaseOpenAIChatCompletionClient, "_client", _scripted(seams))
    return patches.undo


def _scripted(seams: Seams) -> property:
    """The attribute in which a client keeps the SDK: what is stored stays, what is read is scripted, or records."""

    def read(client: Any) -> Any:
        recorder = seams.llm.recorder
        return ScriptedSdk(seams, client) if recorder is None else RecordingSdk(recorder, vars(client)["_client"])

    def store(client: Any, sdk: Any) -> None:
        vars(client)["_client"] = sdk

    return property(read, store)


class ScriptedSdk:
    """What AutoGen calls of the SDK's client: ``chat.completions`` and ``beta.chat.completions``, answered from the script."""

    def __init__(self, seams: Seams, client: Any) -> None:
        self._seams, self._model, self._stored = seams, client._resolved_model, vars(client).get("_client")
        self._dialect = "azure" if type(client).__name__.startswith("Azure") else ""

    @property
    def beta(self) -> ScriptedSdk:
        """This object: each step of the way leads to the same few methods."""
        return self

    chat = completions = beta

    async def create(self, *, stream: bool = False, **params: Any) -> Any:
        """A chat completion, or the stream of its chunks.

        Raises:
            openai.OpenAIError: the script says so.
        """
        types, body = import_module("openai.types.chat"), body_of({**params, "stream": True} if stream else params)
        answer = self._seams.llm.answer(CALLER.get().request(body, self._dialect))
        reply = _or_raised(answer if stream else arrived(answer))
        named = {**body, "model": self._model or body.get("model")}  # the dated name, or AutoGen warns of a mismatch
        envelope = Envelope.of(named, identity(*reply.message().values()))
        if stream:
            return _each([types.ChatCompletionChunk.model_validate(one) for one in chunks(reply, envelope)], reply)
        return types.ChatCompletion.model_validate(completion(reply, envelope))

    async def parse(self, *, response_format: Any, **params: Any) -> Any:
        """A chat completion whose content is parsed, as the SDK does it.

        Raises:
            ValueError: a tool is offered that is not strict: the SDK parses no answer beside it.
        """
        parsing = import_module("openai.lib._parsing")
        parsing.validate_input_tools(params["tools"])
        made = await self.create(response_format=response_format, **params)
        return parsing.parse_chat_completion(response_format=response_format, input_tools=params["tools"], chat_completion=made)

    @asynccontextmanager
    async def stream(self, **params: Any) -> AsyncIterator[Any]:
        """The events of a stream, of which AutoGen reads those that hold a chunk; raises as :meth:`parse` does."""
        import_module("openai.lib._parsing").validate_input_tools(params["tools"])
        stream = await self.create(stream=True, **params)
        yield (SimpleNamespace(type="chunk", chunk=chunk) async for chunk in stream)

    async def close(self) -> None:
        """Close what was stored."""
        await self._stored.close()


def _or_raised(answer: Reply | Fail) -> Reply:
    if isinstance(answer, Fail):
        raise error_of(answer)
    return answer


async def _each(made: list[Any], reply: Reply) -> AsyncIterator[Any]:
    """The chunks, up to where the delivery breaks off, if it does."""
    for one in made[: reply.broken.after] if reply.broken else made:
        yield one
    _or_raised(arrived(reply))

"""The clients of ``autogen_ext`` for other providers than OpenAI: the script answers in their place, without a network.

What such a client would send is not OpenAI's, so no rules of an API are applied to it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from autogen_harness.adapters.agentchat_answers import Answering
from autogen_harness.imports import when_imported
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from types import ModuleType

    from autogen_harness.adapters import Seams

CLIENTS = {
    "autogen_ext.models.anthropic._anthropic_client": "BaseAnthropicChatCompletionClient",
    "autogen_ext.models.azure._azure_ai_client": "AzureAIChatCompletionClient",
    "autogen_ext.models.ollama._ollama_client": "BaseOllamaChatCompletionClient",
    "autogen_ext.models.llama_cpp._llama_cpp_completion_client": "LlamaCppChatCompletionClient",
    "autogen_ext.models.semantic_kernel._sk_chat_completion_adapter": "SKChatCompletionAdapter",
}
"""Where each is, by module. ``ReplayChatCompletionClient`` is not here: a fake that somebody chose is theirs."""


def hold(seams: Seams) -> Callable[[], None]:
    """Answer in the place of each client, now or when it is imported; the function returned takes that back."""
    patches = Patches()
    waiting = [when_imported(module, partial(_hold, name, patches, seams)) for module, name in CLIENTS.items()]

    def release() -> None:
        while waiting:
            waiting.pop()()
        patches.undo()

    return release


def _hold(name: str, patches: Patches, seams: Seams, module: ModuleType) -> None:
    async def create(client: Any, messages: Sequence[Any], **options: Any) -> Any:
        return _answering(seams, client).whole(messages, **options)

    def create_stream(client: Any, messages: Sequence[Any], **options: Any) -> AsyncIterator[Any]:
        return _answering(seams, client).pieces(messages, **options)

    patches.put(getattr(module, name), "create", create)
    patches.put(getattr(module, name), "create_stream", create_stream)


def _answering(seams: Seams, client: Any) -> Answering:
    model = getattr(client, "_create_args", {}).get("model", type(client).__name__)
    return Answering(seams, client, str(model), "other")

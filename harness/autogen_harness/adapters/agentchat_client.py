"""A model client of our own for agentchat: it says what the script says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

from autogen_core.models import ChatCompletionClient, CreateResult, ModelFamily, ModelInfo, RequestUsage

from autogen_harness.adapters.agentchat_answers import Answering
from autogen_harness.adapters.agentchat_messages import body_of
from autogen_harness.errors import UsageError
from autogen_harness.llm.usage.tokens import prompt_tokens
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from autogen_harness.adapters import Seams

EVERYTHING = ModelInfo(
    vision=False,
    function_calling=True,
    json_output=True,
    structured_output=True,
    multiple_system_messages=True,
    family=ModelFamily.UNKNOWN,
)
"""What a scripted model can do, unless it is told otherwise."""

_UNLIMITED = 128_000


def hold(seams: Seams) -> Callable[[], None]:
    """Let every :class:`ScriptedModelClient` say what the script says; the function returned takes it back."""
    patches = Patches()
    patches.put(ScriptedModelClient, "_seams", seams)
    return patches.undo


class ScriptedModelClient(ChatCompletionClient):  # type: ignore[misc]  # of a package that need not be installed
    """A model client for agents of agentchat that needs no provider's package: the script answers it.

    It can be made anywhere, also in a module. It answers while a harness is open.

    Args:
        model: the model's name in requests.
        model_info: what the model can do; by default everything but vision.
    """

    _seams: Seams | None = None

    def __init__(self, model: str = "scripted", model_info: ModelInfo = EVERYTHING) -> None:
        self._model, self._info = model, model_info
        self._actual_usage = self._total_usage = RequestUsage(prompt_tokens=0, completion_tokens=0)

    async def create(self, messages: Sequence[Any], **options: Any) -> CreateResult:
        """The script's answer, at once. ``options`` are those of ``ChatCompletionClient.create``.

        Raises:
            UsageError: no harness is open.
            openai.OpenAIError, ModelFault: the script says so.
        """
        return self._answering().whole(messages, **options)

    def create_stream(self, messages: Sequence[Any], **options: Any) -> AsyncIterator[str | CreateResult]:
        """The same in pieces, the whole result last."""
        return self._answering().pieces(messages, **options)

    def _answering(self) -> Answering:
        if self._seams is None:
            message = "a ScriptedModelClient was asked and no harness is open: use the `harness` fixture in this test"
            raise UsageError(message)
        return Answering(self._seams, self, self._model)

    async def close(self) -> None:
        """Nothing is open."""

    def actual_usage(self) -> RequestUsage:
        """Estimated tokens of all requests so far."""
        return self._actual_usage

    def total_usage(self) -> RequestUsage:
        """The same."""
        return self._total_usage

    def count_tokens(self, messages: Sequence[Any], *, tools: Sequence[Any] = ()) -> int:
        """Estimated tokens of a request."""
        return prompt_tokens(body_of(messages, model=self._model, tools=tools))

    def remaining_tokens(self, messages: Sequence[Any], *, tools: Sequence[Any] = ()) -> int:
        """What is left of 128 000 tokens."""
        return _UNLIMITED - self.count_tokens(messages, tools=tools)

    @property
    def capabilities(self) -> ModelInfo:
        """The same as ``model_info``, under its old name."""
        return self._info

    @property
    def model_info(self) -> ModelInfo:
        """What the model can do."""
        return self._info

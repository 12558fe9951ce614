"""A model client of our own for agentchat, and the clients of other providers: they say what the script says."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autogen_core import FunctionCall
from autogen_core.models import ChatCompletionClient, CreateResult, ModelFamily, ModelInfo, RequestUsage

from autogen_harness.adapters.agentchat_callers import CALLER
from autogen_harness.adapters.agentchat_messages import body_of
from autogen_harness.adapters.openai_errors import error_of
from autogen_harness.errors import UsageError
from autogen_harness.llm.fail import arrived
from autogen_harness.llm.tokens import estimate, prompt_tokens
from autogen_harness.llm.turns import Fail
from autogen_harness.llm.wire.pieces import words
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from autogen_harness.adapters import Seams
    from autogen_harness.llm.replies import Reply

EVERYTHING = ModelInfo(
    vision=False,
    function_calling=True,
    json_output=True,
    structured_output=True,
    multiple_system_messages=True,
    family=ModelFamily.UNKNOWN,
)
"""What a scripted model can do, unless it is told otherwise."""

_FINISH = {"tool_calls": "function_calls", "stop": "stop", "length": "length", "content_filter": "content_filter"}
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
        self._used = RequestUsage(prompt_tokens=0, completion_tokens=0)

    async def create(self, messages: Sequence[Any], **options: Any) -> CreateResult:
        """The script's answer, at once. ``options`` are those of ``ChatCompletionClient.create``.

        Raises:
            UsageError: no harness is open.
            openai.OpenAIError, ModelFault: the script says so.
        """
        if self._seams is None:
            message = "a ScriptedModelClient was asked and no harness is open: use the `harness` fixture in this test"
            raise UsageError(message)
        options.pop("cancellation_token", None)
        made = answer(self._seams, body_of(messages, model=self._model, **options))
        self._used = RequestUsage(
            prompt_tokens=self._used.prompt_tokens + made.usage.prompt_tokens,
            completion_tokens=self._used.completion_tokens + made.usage.completion_tokens,
        )
        return made

    async def create_stream(self, messages: Sequence[Any], **options: Any) -> AsyncGenerator[str | CreateResult, None]:
        """The same in pieces, the whole result last."""
        made = await self.create(messages, **options)
        for piece in words(made.content) if isinstance(made.content, str) else ():
            yield piece
        yield made

    async def close(self) -> None:
        """Nothing is open."""

    def actual_usage(self) -> RequestUsage:
        """Estimated tokens of all requests so far."""
        return self._used

    def total_usage(self) -> RequestUsage:
        """The same."""
        return self._used

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


def answer(seams: Seams, body: Mapping[str, Any], dialect: str = "") -> CreateResult:
    """The script's answer to a request, as ``autogen_core`` has it; a scripted failure is raised."""
    reply = arrived(seams.llm.answer(CALLER.get().request(body, dialect)))
    if isinstance(reply, Fail):
        raise error_of(reply)
    tokens = estimate(body, reply.message())
    return CreateResult(
        finish_reason=_FINISH.get(reply.finish_reason(), "unknown"),
        content=_content(reply),
        usage=RequestUsage(prompt_tokens=tokens.prompt, completion_tokens=tokens.completion),
        cached=False,
        thought=reply.text if reply.calls else None,
    )


def _content(reply: Reply) -> str | list[FunctionCall]:
    calls = [FunctionCall(id=call.id, name=call.name, arguments=call.arguments) for call in reply.calls]
    return calls or reply.text or ""

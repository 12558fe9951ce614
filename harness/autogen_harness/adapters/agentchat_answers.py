"""Answers from the script as ``autogen_core`` has them, for clients that are not OpenAI's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from autogen_core import FunctionCall
from autogen_core.models import CreateResult, RequestUsage

from autogen_harness.adapters.agentchat_callers import CALLER
from autogen_harness.adapters.agentchat_messages import body_of
from autogen_harness.adapters.openai_errors import error_of
from autogen_harness.llm.turns.fail import arrived
from autogen_harness.llm.turns.turn import Fail
from autogen_harness.llm.usage.tokens import estimate
from autogen_harness.llm.wire.pieces import words

if TYPE_CHECKING:
    from autogen_harness.adapters import Seams
    from autogen_harness.llm.replies import Reply

_FINISH = {"tool_calls": "function_calls", "stop": "stop", "length": "length", "content_filter": "content_filter"}


class Answering:
    """Answers for one client, and counts for it. ``dialect``: by whose rules its requests are judged; empty: the project's."""

    def __init__(self, seams: Seams, client: Any, model: str, dialect: str = "") -> None:
        self._seams, self._client, self._model, self._dialect = seams, client, model, dialect

    def whole(self, messages: Sequence[Any], **options: Any) -> CreateResult:
        """What ``ChatCompletionClient.create`` gives; a scripted failure is raised. The arguments are its own."""
        options.pop("cancellation_token", None)
        body = body_of(messages, model=self._model, **options)
        reply = arrived(self._seams.llm.answer(CALLER.get().request(body, self._dialect)))
        if isinstance(reply, Fail):
            raise error_of(reply)
        made = _result(reply, RequestUsage(*estimate(body, reply.message())))
        self._client._actual_usage = self._client._total_usage = _sum(self._client._total_usage, made.usage)
        return made

    async def pieces(self, messages: Sequence[Any], **options: Any) -> AsyncIterator[str | CreateResult]:
        """What ``ChatCompletionClient.create_stream`` gives: the text word by word, and the whole result last."""
        made = self.whole(messages, **options)
        for piece in words(made.content) if isinstance(made.content, str) else ():
            yield piece
        yield made


def _result(reply: Reply, usage: RequestUsage) -> CreateResult:
    calls = [FunctionCall(id=call.id, name=call.name, arguments=call.arguments) for call in reply.calls]
    return CreateResult(
        finish_reason=_FINISH.get(reply.finish_reason(), "unknown"),
        content=calls or reply.text or "",
        usage=usage,
        cached=False,
        thought=reply.text if calls else None,
    )


def _sum(one: RequestUsage, other: RequestUsage) -> RequestUsage:
    return RequestUsage(one.prompt_tokens + other.prompt_tokens, one.completion_tokens + other.completion_tokens)

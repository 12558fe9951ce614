"""The scripted client of classic AutoGen: what its ``OpenAIWrapper`` calls instead of a provider's SDK."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autogen_harness.adapters.classic_streams import streamed, wants_stream
from autogen_harness.adapters.classic_wire import sent
from autogen_harness.adapters.openai_errors import error_of
from autogen_harness.llm.fail import arrived
from autogen_harness.llm.incoming import request_of
from autogen_harness.llm.tokens import estimate
from autogen_harness.llm.turns import Fail

if TYPE_CHECKING:
    from autogen_harness.adapters import Seams
    from autogen_harness.llm.replies import Reply, ToolCall
    from autogen_harness.model import LlmRequest, Purpose


class ScriptedClient:
    """AutoGen's ``ModelClient`` protocol, answered from the script for one agent. ``failed``: it answered with an error."""

    def __init__(self, seams: Seams, agent: str, purpose: Purpose, dialect: str = "") -> None:
        self._seams, self._agent, self._purpose, self._dialect = seams, agent, purpose, dialect
        self.failed = False

    def create(self, params: Mapping[str, Any]) -> Any:
        """The script's answer to one request, in pieces where AutoGen streams; a scripted failure is raised."""
        legacy = bool(params.get("functions")) and not params.get("tools")
        in_pieces = self._dialect != "other" and wants_stream(params)
        answer = self._seams.llm.answer(self._request(params), legacy=legacy)
        reply = answer if in_pieces else arrived(answer)
        self.failed = isinstance(arrived(answer), Fail)
        if isinstance(reply, Fail):
            raise error_of(reply)

        def whole(reply: Reply) -> ScriptedResponse:
            return ScriptedResponse(reply, str(params.get("model") or "scripted"), legacy=legacy, asked=params)

        return streamed(params, reply, _ident(reply), whole) if in_pieces else whole(reply)

    def _request(self, params: Mapping[str, Any]) -> LlmRequest:
        body = params if self._dialect == "other" else sent(params)
        return replace(request_of(body, self._agent, self._purpose), dialect=self._dialect)

    def message_retrieval(self, response: ScriptedResponse) -> list[Any]:
        """The message where it holds calls, else its text."""
        message = response.choices[0].message
        return [message.model_dump() if message.tool_calls or message.function_call else message.content]

    def cost(self, _response: ScriptedResponse) -> float:
        """Nothing was spent."""
        return 0.0

    @staticmethod
    def get_usage(response: ScriptedResponse) -> dict[str, Any]:
        """Estimated tokens, under AutoGen's names."""
        usage = response.usage
        return {**usage.model_dump(), "cost": 0.0, "model": response.model}


class Fields:
    """An object with fields and ``model_dump``, as the SDK's response models have them."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def model_dump(self, **_: Any) -> dict[str, Any]:
        """The fields as plain values."""
        return {name: _plain(value) for name, value in vars(self).items()}

    to_dict = model_dump


def _plain(value: Any) -> Any:
    if isinstance(value, Fields):
        return value.model_dump()
    return [_plain(item) for item in value] if isinstance(value, list) else value


class ScriptedResponse(Fields):
    """A chat completion. AutoGen adds ``cost`` and more to it, the three below only where they are there already (0.14)."""

    choices: list[Any]
    usage: Fields
    model: str
    config_id: int | None = None
    pass_filter: bool | None = None
    message_retrieval_function: Callable[..., Any] | None = None

    def __init__(self, reply: Reply, model: str, *, legacy: bool, asked: Mapping[str, Any]) -> None:
        message = Fields(role="assistant", content=reply.text, refusal=reply.refusal, **_calls(reply.calls, legacy=legacy))
        super().__init__(
            id=f"chatcmpl-{_ident(reply)}",
            object="chat.completion",
            created=0,
            model=model,
            choices=[Fields(index=0, message=message, finish_reason=reply.finish_reason(legacy=legacy))],
            usage=_usage(asked, reply, legacy=legacy),
        )


def _ident(reply: Reply) -> str:
    return reply.calls[0].id[5:] if reply.calls else "scripted"


def _calls(calls: tuple[ToolCall, ...], *, legacy: bool) -> dict[str, Any]:
    functions = [Fields(name=call.name, arguments=call.arguments) for call in calls]
    if legacy:
        return {"function_call": functions[0] if functions else None, "tool_calls": None}
    made = [Fields(id=call.id, type="function", function=function) for call, function in zip(calls, functions, strict=True)]
    return {"function_call": None, "tool_calls": made or None}


def _usage(asked: Mapping[str, Any], reply: Reply, *, legacy: bool) -> Fields:
    """Tokens, estimated as for ``harness.llm.requests``."""
    tokens = estimate(asked, reply.message(legacy=legacy))
    return Fields(prompt_tokens=tokens.prompt, completion_tokens=tokens.completion, total_tokens=tokens.total)

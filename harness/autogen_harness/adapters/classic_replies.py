"""The scripted client of classic AutoGen: what its ``OpenAIWrapper`` calls instead of a provider's SDK."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autogen_harness.adapters.classic_streams import streamed, wants_stream
from autogen_harness.adapters.classic_wire import sent
from autogen_harness.adapters.openai_errors import error_of
from autogen_harness.llm.incoming import request_of
from autogen_harness.llm.turns.fail import arrived
from autogen_harness.llm.turns.turn import Fail
from autogen_harness.llm.wire import Envelope, completion

if TYPE_CHECKING:
    from autogen_harness.adapters import Seams
    from autogen_harness.llm.replies import Reply
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

        envelope = Envelope.of(params, _ident(reply))
        return streamed(params, reply, envelope, ScriptedResponse) if in_pieces else ScriptedResponse(reply, envelope)

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
        self.__dict__.update({name: _fields(value) for name, value in fields.items()})

    def model_dump(self, **_: Any) -> dict[str, Any]:
        """The fields as plain values."""
        return {name: _plain(value) for name, value in vars(self).items()}

    to_dict = model_dump


def _fields(value: Any) -> Any:
    if isinstance(value, dict):
        return Fields(**value)
    return [_fields(item) for item in value] if isinstance(value, list) else value


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

    def __init__(self, reply: Reply, envelope: Envelope) -> None:
        super().__init__(**completion(reply, envelope))
        message = self.choices[0].message
        message.__dict__.setdefault("tool_calls", None)  # fields of the SDK's message that the wire leaves out
        message.__dict__.setdefault("function_call", None)


def _ident(reply: Reply) -> str:
    return reply.calls[0].id[5:] if reply.calls else "scripted"

"""A recording SDK for the OpenAI clients of ``autogen_ext``: the real one answers, and what it said is kept for a script."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NoReturn

from autogen_harness.adapters.agentchat_callers import CALLER
from autogen_harness.adapters.classic_recording import reply_of
from autogen_harness.adapters.openai_bodies import body_of
from autogen_harness.adapters.openai_errors import fault_of
from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from autogen_harness.llm.recording.recorder import Recorder


class RecordingSdk:
    """Passes requests on to the ``real`` SDK, and tells the recorder each with its answer, or with the error of the API."""

    def __init__(self, recorder: Recorder, real: Any) -> None:
        self._recorder, self._real = recorder, real

    @property
    def beta(self) -> RecordingSdk:
        """This object, as in the scripted SDK."""
        return self

    chat = completions = beta

    async def create(self, *, stream: bool = False, **params: Any) -> Any:
        """The real answer to one request."""
        if stream:
            self.stream()
        return await self._heard(self._real.chat.completions.create, params)

    async def parse(self, **params: Any) -> Any:
        """The same, its content parsed."""
        return await self._heard(self._real.beta.chat.completions.parse, params)

    def stream(self, **_: Any) -> NoReturn:
        """Refuse: the pieces of a stream are not put together here.

        Raises:
            UsageError: always.
        """
        message = (
            "a script is recorded from whole answers: take model_client_stream=True (of a selector team, "
            "model_client_streaming=True) away while it is recorded; the script plays in either way"
        )
        raise UsageError(message)

    async def close(self) -> None:
        """Close the real one."""
        await self._real.close()

    async def _heard(self, ask: Callable[..., Awaitable[Any]], params: dict[str, Any]) -> Any:
        request = CALLER.get().request(body_of(params))
        known = self._recorder.known(request)
        try:
            with self._recorder.waiting():
                self._recorder.keep_secret(str(self._real.api_key or ""))
                response = await ask(**params)
        except Exception as error:
            fault = fault_of(error)
            if fault is not None:
                self._recorder.heard(request, fault, known)
            raise
        self._recorder.heard(request, reply_of(response), known)
        return response

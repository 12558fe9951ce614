"""The recording client of classic AutoGen: the real client answers, and what it said is kept for a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.adapters.openai_errors import fault_of
from autogen_harness.llm.incoming import request_of
from autogen_harness.llm.replies import Reply, ToolCall

if TYPE_CHECKING:
    from autogen_harness.llm.recording.recorder import Recorder
    from autogen_harness.model import Purpose


class RecordingClient:
    """Passes everything on to the ``real`` client, and tells the recorder each request with its answer.

    An error of the API is told as well, its retries done; any other error, such as a missing key, is only passed on.
    """

    def __init__(self, recorder: Recorder, real: Any, agent: str, purpose: Purpose) -> None:
        self._recorder, self._real, self._agent, self._purpose = recorder, real, agent, purpose

    def create(self, params: dict[str, Any]) -> Any:
        """The real answer to one request."""
        request = request_of(params, self._agent, self._purpose)
        known, legacy = self._recorder.known(request), bool(params.get("functions")) and not params.get("tools")
        try:
            with self._recorder.waiting():
                self._recorder.keep_secret(_key_of(self._real))
                response = self._real.create(params)
        except Exception as error:
            fault = fault_of(error)
            if fault is not None:
                self._recorder.heard(request, fault, known)
            raise
        self._recorder.heard(request, reply_of(response), known, legacy=legacy)
        return response

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def reply_of(response: Any) -> Reply:
    """What a chat completion says, in its first choice."""
    choice = response.choices[0]
    message, finish = choice.message, getattr(choice, "finish_reason", None)
    made = [(one.id, one.function) for one in getattr(message, "tool_calls", None) or ()]
    legacy = getattr(message, "function_call", None)
    functions = [*made, *([("", legacy)] if legacy is not None else [])]
    calls = tuple(ToolCall(ident or "", one.name or "", one.arguments or "") for ident, one in functions)
    kept = finish if finish in ("length", "content_filter") else None
    return Reply(message.content, calls, getattr(message, "refusal", None), kept)


def _key_of(client: Any) -> str:
    """The API key that a client sends; empty where it shows none."""
    key = getattr(getattr(client, "_oai_client", None), "api_key", "")
    return key if isinstance(key, str) else ""

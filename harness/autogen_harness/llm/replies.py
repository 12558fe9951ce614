"""What the model answers, as values: text, or calls, and how the answer ends or breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a reply; ``arguments`` is the text that the API would send: JSON, unless the turn says otherwise."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Break:
    """The delivery of a reply stops after ``after`` streamed chunks; a reply that is not streamed never arrives.

    ``how``: the connection is ``"reset"``, the server sends an ``"error"`` event, or it says nothing more (``"stall"``).
    """

    after: int = 1
    how: Literal["reset", "error", "stall"] = "reset"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answers.

    Attributes:
        text: the content; None beside calls and refusals.
        calls: the tools it calls.
        refusal: why it refuses, in place of the content.
        finish: the ``finish_reason`` where it is not what text or calls end with.
        broken: where the delivery stops, if it does.
    """

    text: str | None = None
    calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None
    finish: str | None = None
    broken: Break | None = None

    def message(self, *, legacy: bool = False) -> dict[str, Any]:
        """The message of the assistant as the API would send it; ``legacy``: to a request that offers ``functions``."""
        message: dict[str, Any] = {"role": "assistant", "content": self.text}
        if self.refusal is not None:
            message["refusal"] = self.refusal
        functions = [{"name": call.name, "arguments": call.arguments} for call in self.calls]
        if functions and legacy:
            message["function_call"] = functions[0]
        elif functions:
            made = zip(self.calls, functions, strict=True)
            message["tool_calls"] = [{"id": call.id, "type": "function", "function": one} for call, one in made]
        return message

    def finish_reason(self, *, legacy: bool = False) -> str:
        """The API's word for why the answer ended; ``legacy``: to a request that offers ``functions``."""
        if self.finish:
            return self.finish
        return "stop" if not self.calls else "function_call" if legacy else "tool_calls"


def together(replies: Sequence[Reply]) -> Reply:
    """Replies that each make calls, as one that makes them all; the last that says so says how it ends."""
    finish = next((one.finish for one in reversed(replies) if one.finish), None)
    return Reply(calls=tuple(call for one in replies for call in one.calls), finish=finish)

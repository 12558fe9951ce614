"""The model that agents inside a tool ask: a scripted one, which every AutoGen that is imported reaches through its adapter.

It counts what it is asked, and how deep in calls of the tool. No person is asked and no code is executed: both are noted.
"""

from __future__ import annotations

import inspect
import json
import sys
from typing import TYPE_CHECKING, Any

from autogen_harness import adapters
from autogen_harness.contracts.generation.ordinary import minimal
from autogen_harness.errors import HarnessError
from autogen_harness.ledger import Ledger
from autogen_harness.llm.replies import Reply, ToolCall
from autogen_harness.people import LEAVE

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Thread
    from types import FrameType

    from autogen_harness.llm.recording.recorder import Recorder
    from autogen_harness.llm.turns.turn import Fail
    from autogen_harness.model import LlmRequest

    Behaviour = Callable[[LlmRequest], Reply | Fail]

END = "TERMINATE"
"""The word by which AutoGen's assistants say that they are done."""

MOST = 200
"""Model calls of one call of a tool, after which it is stopped where no law says less."""


class NestingStopped(HarnessError):
    """The agents inside a tool went on and on, and the model answers them no more."""


def concludes(text: str) -> Behaviour:
    """A model that says ``text`` and that it is done, whatever it is asked."""
    return lambda _: Reply(f"{text} {END}")


def goes_on(_: LlmRequest) -> Reply:
    """A model that never says that it is done."""
    return Reply("There is more to be done.")


def calls_again(tool: str, arguments: dict[str, Any]) -> Behaviour:
    """A model that always calls a tool: ``tool`` where it is on offer, else the first that is."""

    def behave(request: LlmRequest) -> Reply:
        if not request.tools:
            return goes_on(request)
        name = tool if tool in request.tools else request.tools[0]
        wanted = arguments if name == tool else _smallest(request, name)
        return Reply(calls=(ToolCall(f"call_{len(request.messages)}", name, json.dumps(wanted)),))

    return behave


def _smallest(request: LlmRequest, name: str) -> Any:
    offered = [*request.body.get("functions", ()), *(one["function"] for one in request.body.get("tools", ()))]
    schema = next((one.get("parameters") for one in offered if one["name"] == name), None) or {}
    plain = json.loads(json.dumps(schema))
    return {needed: minimal(plain["properties"][needed], plain) for needed in plain.get("required", ())}


class InnerModel:
    """What adapters ask of a harness (see :class:`~autogen_harness.adapters.Seams`), while a contract calls its tool.

    Attributes:
        behaviour: what the model answers.
        most: the most requests that are answered in one call of the tool.
        requests: what the model was asked.
        asked: what people were asked.
        code: what agents were about to execute.
        depth: how many calls of the tool were open, one within the other, at most.
    """

    recorder: Recorder | None = None

    def __init__(self, tool: Callable[..., Any]) -> None:
        self.ledger = Ledger()
        self.behaviour: Behaviour = concludes("The answer is 42.")
        self.most = MOST
        self._code = getattr(inspect.unwrap(getattr(tool, "func", tool)), "__code__", None)
        self.reset()

    @property
    def llm(self) -> InnerModel:
        """The model is this object."""
        return self

    def hold(self) -> Callable[[], None]:
        """Take the place of the model in every framework; the function returned gives it back."""
        return adapters.hold(self)

    def reset(self) -> None:
        """Forget what happened, for the next call."""
        self.requests: list[LlmRequest] = []
        self.asked: list[str] = []
        self.code: list[str] = []
        self.depth = 0
        self.ledger.clear()

    def answer(self, request: LlmRequest, *, legacy: bool = False) -> Reply | Fail:  # noqa: ARG002  # an adapter's word
        """Answer one request.

        Raises:
            NestingStopped: there were too many.
        """
        self.requests.append(request)
        self.depth = max(self.depth, self._open_calls())
        if len(self.requests) > self.most:
            message = f"the agents inside the tool asked the model more than {self.most} times"
            raise NestingStopped(message)
        if request.purpose == "selection":
            return Reply(request.candidates[len(self.requests) % len(request.candidates)] if request.candidates else "")
        return self.behaviour(request)

    def ask_human(self, prompt: str) -> str:
        """Nobody is there: the word that ends a chat."""
        self.asked.append(prompt)
        return LEAVE

    def may_execute(self, code: str) -> bool:
        """No."""
        self.code.append(code)
        return False

    def await_chats(self, running: Callable[[], list[Thread]]) -> None:
        """A tool has ended when it returns; chats that it leaves to threads are not waited for."""

    def _open_calls(self) -> int:
        frame: FrameType | None = sys._getframe(1)
        count = 0
        while frame is not None:
            count += frame.f_code is self._code
            frame = frame.f_back
        return count

"""Answers as values: a status, headers, and a body in one or in many parts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from autogen_harness.llm.replies import Break
from autogen_harness.llm.turns.turn import Fail
from autogen_harness.llm.wire import failure
from autogen_harness.llm.wire.failures import error_body, rate_limits
from autogen_harness.model import Headers

Ending = Literal["whole", "reset", "stall"]

INVALID = "invalid_request_error"
"""The API's type of most errors that a client can mend."""

BROKEN = Fail("status", 500, "The server had an error while processing your request. Sorry about that!", type="server_error")
"""What the API says when it breaks off."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the socket.

    Attributes:
        status: the HTTP status; 0 where nothing at all is answered.
        headers: without those of the framing.
        parts: the body; of a stream one part an event.
        streamed: the body is a stream of events.
        ending: the connection goes on after it, is reset, or says nothing more.
        broken: it is less than the reply that it begins with.
    """

    status: int = 0
    headers: Headers = ()
    parts: tuple[bytes, ...] = ()
    streamed: bool = False
    ending: Ending = "whole"
    broken: bool = False

    @property
    def outcome(self) -> str:
        """In a word: the status, and how it ended where that was not well."""
        told = str(self.status) if self.status else ""
        return told if self.ending == "whole" else f"{told} {self.ending}".strip()


def whole(body: Mapping[str, Any], status: int = 200, headers: Headers = ()) -> Answer:
    """A body of JSON."""
    named = (("content-type", "application/json"), *(headers or rate_limits()))
    return Answer(status, named, (json.dumps(body).encode(),))


def stream(events: Iterable[bytes]) -> Answer:
    """Events, one after the other."""
    named = (("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-cache"), *rate_limits())
    return Answer(200, named, tuple(events), streamed=True)


def failing(fault: Fail) -> Answer:
    """An error of the API, or none at all."""
    made = failure(fault)
    if made is not None:
        return whole(made.body, made.status, made.headers)
    return Answer(ending="stall" if fault.kind == "timeout" else "reset")


def refusing(status: int, message: str, kind: str, code: str | None = None) -> Answer:
    """An error of this server's own, which no client should try again."""
    error = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return whole(error, status, (("x-should-retry", "false"),))


def broken_off(answer: Answer, how: Break) -> Answer:
    """The same answer, which stops on its way: a stream behind ``how.after`` events, a whole body before it begins."""
    if not answer.streamed:
        return failing(BROKEN) if how.how == "error" else Answer(ending=how.how)
    sent = answer.parts[: min(how.after, len(answer.parts) - 1)]
    if how.how == "error":
        return replace(answer, parts=(*sent, event({"error": error_body(BROKEN)})), broken=True)
    return replace(answer, parts=sent, ending=how.how, broken=True)


def event(data: Mapping[str, Any] | str, name: str = "") -> bytes:
    """One server-sent event."""
    text = data if isinstance(data, str) else json.dumps(data)
    return (f"event: {name}\n" if name else "").encode() + f"data: {text}\n\n".encode()

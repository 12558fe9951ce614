"""The values that parts exchange: frozen, without behaviour, importing only what freezes them.

Everything that happens in a run is one of the entries below, recorded in the :mod:`~autogen_harness.ledger`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from autogen_harness.frozen import freeze

Headers = tuple[tuple[str, str], ...]

Purpose = Literal["reply", "selection", "summary"]
"""Why an agent asked the model: to answer, to choose the next speaker of a group, to sum up a chat."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One attempt to send a request, as the client's transport sees it.

    ``timeout`` is the read (or total) timeout in seconds that reached the transport; None where there is no limit.
    """

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""
    timeout: float | None = None
    client: str = ""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What the server said: ``headers`` in wire order, ``body`` decoded.

    ``version`` is that of HTTP, as ``"1.1"``. ``coded``: the body is as it was on the wire, still in its content coding: the
    standard library cannot write that coding, or only the beginning came. ``chunks`` are the sizes of a chunked body's chunks
    on the wire, where they are known: some clients show them to their users.
    """

    status: int
    reason: str = ""
    headers: Headers = ()
    body: bytes = b""
    version: str = "1.1"
    coded: bool = False
    chunks: tuple[int, ...] = ()


FailureKind = Literal["unresolved", "refused", "connect-timeout", "tls", "read-timeout", "reset", "closed"]
"""How a connection fails: no address, nobody listens, no connection in time, no trust; then, once the request was sent: no
(further) data in time, a reset by the peer, an end before the reply was complete."""


@dataclass(frozen=True, slots=True)
class HttpFailure:
    """The connection failed: how, and the beginning of a reply where one had come by then (its body ``coded``).

    ``text`` is what the system said of it, for failures that have words of their own, such as those of TLS; of a connection
    that was closed, what came instead of a reply: the first line of something that is no HTTP.
    """

    kind: FailureKind
    reply: HttpReply | None = None
    text: str = ""


Outcome = HttpReply | HttpFailure
"""What came of a request."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a client meets: an outcome, and the virtual seconds before the first sign of it.

    ``stands``: also for the repeat of the request that some clients send by themselves, unseen by their user.
    """

    outcome: Outcome
    seconds: float = 0.0
    stands: bool = False


@dataclass(frozen=True, slots=True)
class LlmRequest:
    """An agent asked the model, as it was on arrival: everything in it is a copy, and cannot be changed.

    ``messages`` equals a plain list of dicts; ``tools`` are the names on offer; ``params`` is the rest of the request, such as
    ``model`` and ``temperature``; ``body`` is all of it as it would be sent, as plain data. ``candidates`` are whom a selection
    may name, where the framework says so. ``dialect`` is one of :data:`DIALECTS` where the agent's configuration says whose
    rules the request must keep, ``"other"`` where they are none of these.
    """

    agent: str
    purpose: Purpose
    messages: Sequence[Mapping[str, Any]]
    tools: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
    dialect: str = ""

    def __post_init__(self) -> None:
        for name in ("messages", "params", "body"):
            object.__setattr__(self, name, freeze(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class TurnPlayed:
    """The script answered a request.

    ``number`` counts from 1 within ``script`` ("" is the script of all agents); ``calls`` are (id, tool) of each call made;
    ``default`` marks an answer that the harness gave where nothing was scripted and nothing had to be; ``answer`` is the
    message of the assistant as the API would send it, empty where there was none.
    """

    number: int
    agent: str
    purpose: Purpose
    said: str
    script: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    default: bool = False
    answer: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "answer", freeze(self.answer))


@dataclass(frozen=True, slots=True)
class ToolRun:
    """A framework executed, or failed to execute, one tool call. ``result`` is what the conversation received."""

    tool: str
    agent: str
    arguments: Mapping[str, Any] | None
    outcome: Literal["ok", "raised", "unknown", "bad-args"]
    result: Any = None
    error: BaseException | None = None
    call_id: str | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class HttpExchange:
    """A cassette, or the webhook receiver, answered ``request``.

    ``source`` names the interaction, or the receiver's address; ``outcome`` is a status or a fault in one line;
    ``secret_names`` are those of parameters whose values nobody may be shown, beside those that always are.
    """

    request: HttpRequest
    source: str
    outcome: str
    secret_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slept:
    """Something waited ``seconds`` of virtual time; ``how`` is the call, such as ``time.sleep``."""

    seconds: float
    how: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader of the report should know and no test fails for, such as a check that could not be made."""

    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something went wrong. ``rule`` is one of :data:`RULES`; ``fields`` are what ``harness.expect(rule, ...)`` compares.

    ``what`` says what happened, ``fix`` how to mend it, ``expect`` the line to write where it was meant; ``turn`` is the
    number of the turn that it belongs to, where there is one.
    """

    rule: str
    what: str
    fix: str = ""
    expect: str = ""
    turn: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """Where the script says that a call of ``tool`` is meant to fail: ``text`` quotes it, ``call_id`` is the id of the call."""

    text: str
    tool: str
    call_id: str


DIALECTS: Mapping[str, str] = {
    "openai": "api.openai.com",
    "azure": "Azure OpenAI, which also refuses defaults in strict schemas and takes the model from the address",
    "strict-compatible": "other servers with OpenAI's protocol, such as vLLM and DeepSeek: histories must fit together, "
    "arguments in them be JSON objects; OpenAI's own limits do not hold",
}
"""Whose rules requests to the model can be held to, with what that means."""

RULES: Mapping[str, str] = {
    "tool-raised": "a tool raised, and the framework told the model so as text",
    "tool-unknown": "the agent that received a call has no such tool",
    "tool-bad-args": "a tool was called with arguments that it does not take",
    "script-exhausted": "an agent asked the model and the script had no turn left",
    "turns-left": "the chat ended before the script did",
    "selection-not-scripted": "a group chat asked for the next speaker and the script does not say who",
    "http-unmatched": "a request was sent that no cassette answers",
    "http-unplayed": "an interaction of a cassette was never asked for",
    "http-drifted": "a service no longer answers as its cassette says",
    "http-unrecorded": "what was recorded could not be written",
    "network-attempted": "code tried to reach the network",
    "script-broken": "a turn cannot be played, such as a reference to a result that is not there",
    "script-looping": "a turn that may be played any number of times was played again and again, and nothing changed",
    "request-unexpected": "a request is not what the turn that answers it expects",
    "request-rejected": "the API would have answered the request with an error",
    "chat-hung": "nothing happened for too long",
    "real-sleep": "code waited in real time",
    "code-executed": "an agent executed code from a message",
    "human-asked": "an agent asked a person and nothing was scripted",
    "expectation-unmet": "the test expected a finding that did not happen",
}
"""Every rule id with what it means."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "tool-raised": ("tool", "agent", "type", "message", "error"),
    "tool-unknown": ("tool", "agent", "script"),
    "tool-bad-args": ("tool", "agent", "script"),
    "script-exhausted": ("agent",),
    "turns-left": ("script", "turns"),
    "selection-not-scripted": ("script",),
    "http-unmatched": ("method", "url", "host"),
    "http-unplayed": ("name",),
    "http-drifted": ("name", "method", "url", "kind"),
    "http-unrecorded": ("name",),
    "network-attempted": ("host", "port", "how", "times"),
    "script-broken": ("turn", "script", "tool"),
    "script-looping": ("agent", "script"),
    "request-unexpected": ("agent", "script"),
    "request-rejected": ("agent", "breaks", "where", "message", "param", "code"),
    "code-executed": ("code",),
    "human-asked": ("prompt",),
}
"""By which fields a finding can be expected; a rule that is not here has none."""

LEFTOVERS = frozenset({"turns-left", "http-unplayed"})
"""Rules that say nothing new when the test's own body failed first."""

REPEATED = frozenset({"network-attempted", "script-looping", "request-rejected"})
"""Rules of which equal findings are one: a client that tries again says nothing new."""

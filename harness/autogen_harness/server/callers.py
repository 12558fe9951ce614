"""Who asks? A client says so by its key, which every client can set, or by headers, which some can.

``harness-<script>`` names a script, ``harness-<script>:<agent>`` one agent of it; both parts may be percent-encoded. The
headers ``X-Harness-Script``, ``X-Harness-Agent`` and ``X-Harness-Purpose`` say the same and win over the key. A key of another
form, such as one that a program has built in, means the only script of a server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import quote, unquote

from autogen_harness.model import Purpose

PREFIX = "harness-"
NOBODY = "(no agent)"
"""An agent that does not say its name."""

_SAFE = " !$&'()*+,;=@-._~"


_PROMPTS: Mapping[str, Purpose] = {
    "select the next role from": "selection",
    "Summarize the takeaway from the conversation": "summary",
}
"""``GroupChat.select_speaker_message_template`` and ``ConversableAgent.DEFAULT_SUMMARY_PROMPT``, 0.2 to 0.14."""


@dataclass(frozen=True, slots=True)
class Caller:
    """``script`` is None where the client names none; ``agent`` is empty where it does not say its name."""

    script: str | None
    agent: str
    purpose: Purpose | None = None


def caller_of(headers: Mapping[str, str]) -> Caller:
    """What the headers of a request say; the names of ``headers`` are in lower case."""
    script, agent = _named_by(_key(headers))
    purpose = headers.get("x-harness-purpose")
    return Caller(
        unquote(headers["x-harness-script"]) if "x-harness-script" in headers else script,
        unquote(headers["x-harness-agent"]) if "x-harness-agent" in headers else agent,
        next((one for one in get_args(Purpose) if one == purpose), None),
    )


def key_of(script: str, agent: str = "") -> str:
    """The key by which a client names a script, or an agent of it."""
    return PREFIX + quote(script, safe=_SAFE) + (f":{quote(agent, safe=_SAFE)}" if agent else "")


def purpose_of(body: Mapping[str, Any]) -> Purpose:
    """Why AutoGen asks, by the words of its own prompts, first or last in a request; a user's own prompt needs the header."""
    messages = body.get("messages")
    asked = [*messages[:1], *messages[-1:]] if isinstance(messages, list | tuple) else []
    said = " ".join(str(message.get("content")) for message in asked if isinstance(message, Mapping))
    return next((purpose for words, purpose in _PROMPTS.items() if words in said), "reply")


def _key(headers: Mapping[str, str]) -> str:
    """The key, as OpenAI's clients send it, or Azure's."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else headers.get("api-key", "")


def _named_by(key: str) -> tuple[str | None, str]:
    if not key.startswith(PREFIX):
        return None, ""
    script, _, agent = key.removeprefix(PREFIX).partition(":")
    return unquote(script), unquote(agent)

"""What a request says: the readings that conditions and expectations are held against."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autogen_harness.model import LlmRequest, ToolRun


@dataclass(frozen=True, slots=True)
class SeenResult:
    """A tool result in the history: what the model was told. ``tool`` is empty where the history does not say which it was."""

    tool: str
    text: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A request, and what a turn may know beside it.

    Attributes:
        request: what the agent sent.
        number: how many requests of this kind the agent has made, this one included.
        runs: the tool runs that a reference may point at.
    """

    request: LlmRequest
    number: int = 1
    runs: Sequence[ToolRun] = ()

    @property
    def _last(self) -> Mapping[str, Any]:
        """The last message; where AutoGen itself asks, about a selection or a summary, the one before its question."""
        messages = self.request.messages
        return messages[-2 if len(messages) > 1 and self.request.purpose != "reply" else -1] if messages else {}

    @property
    def text(self) -> str:
        """The content of the last message of the chat; empty where there is none."""
        return text_of(self._last)

    @property
    def model(self) -> str:
        """The model that the request names."""
        return str(self.request.params.get("model") or self.request.body.get("model") or "")

    @property
    def stimulus(self) -> tuple[str, str, str]:
        """What a request asks anew, by which equal requests are known: the ids of calls differ between them."""
        return self.request.agent, str(self._last.get("role", "")), self.text

    @property
    def results(self) -> list[SeenResult]:
        """The tool results in the history, oldest first."""
        called: dict[str, str] = {}
        found: list[SeenResult] = []
        for message in self.request.messages:
            called.update(_called_in(message))
            if message.get("role") in ("tool", "function"):
                # Legacy results name their function; the name in others is the agent's, in a group chat.
                named = called.get(str(message.get("tool_call_id")), "")
                tool = message.get("name") if message["role"] == "function" else named
                found.append(SeenResult(str(tool or ""), text_of(message)))
        return found

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text in the request with the path to it: of messages, calls in the history, tools and their schemas."""
        yield from _texts(self.request.body or {"messages": self.request.messages, "tools": self.request.tools}, "")


def text_of(message: Mapping[str, Any]) -> str:
    """The content of a message; of content in parts the texts."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, (list, tuple)) else ()
    return "\n".join(str(part.get("text")) for part in parts if isinstance(part, Mapping) and part.get("text"))


def _called_in(message: Mapping[str, Any]) -> dict[str, str]:
    """The tools that a message calls, by the ids of the calls."""
    calls = [call for call in message.get("tool_calls") or () if isinstance(call, Mapping)]
    return {str(call.get("id")): str((call.get("function") or {}).get("name", "")) for call in calls}


_WORDS = ("role", "type")
"""Fields whose values are words of the API."""


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            place = f"{path}.{key}" if path else str(key)
            if ".properties" in path:  # names that the tool's author chose; others are the API's own
                yield place, str(key)
            if not (key in _WORDS and isinstance(item, str)):
                yield from _texts(item, place)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]")
    elif isinstance(value, str):
        yield path, value
        yield from _inside(value, path)


def _inside(text: str, path: str) -> Iterator[tuple[str, str]]:
    """The texts in JSON that stands as text, such as the arguments of a call, where JSON writes some characters otherwise."""
    if "\\" not in text or not text.lstrip().startswith(("{", "[", '"')):
        return
    try:
        yield from _texts(json.loads(text), path)
    except ValueError:
        return

"""The parts of a request that rules look at; what has the wrong type is left out, so that no rule stumbles over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autogen_harness.llm.rules.subschemas import Schema


@dataclass(frozen=True, slots=True)
class Part:
    """An object inside a request, with its path, and the number of the message that it lies in."""

    path: str
    value: Mapping[str, Any]
    index: int | None = None

    def text(self, key: str) -> str | None:
        """The value of ``key`` where it is a string."""
        value = self.value.get(key)
        return value if isinstance(value, str) else None

    def part(self, key: str) -> Part:
        """The object under ``key``; an empty one where there is none."""
        value = self.value.get(key)
        return Part(f"{self.path}.{key}", value if isinstance(value, dict) else {}, self.index)

    def parts(self, key: str) -> tuple[Part, ...]:
        """The objects in the array under ``key``."""
        return tuple(Part(f"{self.path}.{key}[{i}]", value, self.index) for i, value in objects(self.value.get(key)))


@dataclass(frozen=True, slots=True)
class Block:
    """An assistant's message that calls tools, and the messages of tools that follow it directly."""

    asked: Part
    calls: tuple[Part, ...]
    answers: tuple[Part, ...]


class Request:
    """A ``body`` of ``/v1/chat/completions``, of any shape: dicts and lists, as JSON is read."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body = body

    def has(self, name: str) -> bool:
        """Is this parameter given? The API takes null for absent."""
        return self.body.get(name) is not None

    @cached_property
    def model(self) -> str:
        """The model's name; empty where there is none."""
        model = self.body.get("model")
        return model if isinstance(model, str) else ""

    @cached_property
    def messages(self) -> tuple[Part, ...]:
        """The messages."""
        return tuple(Part(f"messages[{i}]", value, i) for i, value in objects(self.body.get("messages")))

    @cached_property
    def tools(self) -> tuple[Part, ...]:
        """What is in ``tools``."""
        return tuple(Part(f"tools[{i}]", value) for i, value in objects(self.body.get("tools")))

    @cached_property
    def functions(self) -> tuple[Part, ...]:
        """The functions on offer, from ``tools`` and from the old ``functions``."""
        old = (Part(f"functions[{i}]", value) for i, value in objects(self.body.get("functions")))
        return (*(tool.part("function") for tool in self.tools if isinstance(tool.value.get("function"), dict)), *old)

    @cached_property
    def response_format(self) -> Part:
        """The ``response_format``; an empty object where there is none."""
        value = self.body.get("response_format")
        return Part("response_format", value if isinstance(value, dict) else {})

    @cached_property
    def schemas(self) -> tuple[Schema, ...]:
        """The parameters of each function on offer, where it has any, and the schema of ``response_format``."""
        return tuple(self._schemas())

    def _schemas(self) -> Iterator[Schema]:
        for function in self.functions:
            if "parameters" in function.value:
                subject, strict = f"function '{function.text('name')}'", function.value.get("strict") is True
                value = function.value["parameters"]
                yield Schema(f"{function.path}.parameters", subject, value, strict, "invalid_function_parameters")
        wanted = self.response_format.part("json_schema")
        if "schema" in wanted.value:
            subject, strict = f"response_format '{wanted.text('name')}'", wanted.value.get("strict") is True
            yield Schema("response_format", subject, wanted.value["schema"], strict, None)

    @cached_property
    def calls(self) -> tuple[Part, ...]:
        """The calls of tools in the history, of which each is ``{"id": ..., "function": {...}}``."""
        return tuple(call for message in self.messages for call in message.parts("tool_calls"))

    @cached_property
    def called(self) -> tuple[Part, ...]:
        """The functions called in the history, by ``tool_calls`` and by the old ``function_call``."""
        old = (one.part("function_call") for one in self.messages if one.value.get("function_call") is not None)
        return (*(call.part("function") for call in self.calls), *old)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Each message that calls tools, with its answers."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        for place, message in enumerate(self.messages):
            calls = message.parts("tool_calls")
            if message.value.get("role") == "assistant" and calls:
                yield Block(message, calls, tuple(_tools_from(self.messages[place + 1 :])))


def _tools_from(messages: Sequence[Part]) -> Iterator[Part]:
    for message in messages:
        if message.value.get("role") != "tool":
            return
        yield message


def objects(value: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The objects of an array, with their numbers; nothing where it is no array."""
    if isinstance(value, list | tuple):
        yield from ((number, item) for number, item in enumerate(value) if isinstance(item, dict))

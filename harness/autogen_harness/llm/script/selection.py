"""Whom a group chat may choose: classic AutoGen writes the names into the first and the last message of its question."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from autogen_harness.model import LlmRequest

_NAME = r"""(?:'[^'\n]*'|"[^"\n]*")"""
_LIST = re.compile(rf"\[{_NAME}(?:, {_NAME})*\]")


def candidates(request: LlmRequest) -> list[str]:
    """The names: those that the framework gave, else those that AutoGen's own prompts list as Python does; else empty."""
    if request.candidates:
        return [*request.candidates]
    for prompt in _prompts(request):
        found = _LIST.findall(prompt)
        if found:
            return [str(name) for name in ast.literal_eval(found[-1])]
    return []


def offers(request: LlmRequest, name: str) -> bool:
    """Is ``name`` among the candidates, or where nobody gave them among the agents that the request lists, in whatever form?"""
    if request.candidates:
        return name in request.candidates
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", prompt) for prompt in _prompts(request))


def name_in(text: str) -> str:
    """What the model says, if it is one word and so meant as a name; AutoGen allows for underscores escaped as in Markdown."""
    word = text.strip().replace("\\_", "_").strip("\"'`*.")
    return "" if not word or re.search(r"\s", word) else word


def _prompts(request: LlmRequest) -> Iterator[str]:
    """The question, and what AutoGen told the model about its task."""
    for message in [*request.messages[-1:], *request.messages[:1]]:
        yield str(message.get("content") or "")

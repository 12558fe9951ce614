"""A request as it comes in, in the shape of the chat completions API, told as the entry of the ledger that it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autogen_harness.frozen import freeze
from autogen_harness.model import LlmRequest, Purpose

_CONTENT = ("messages", "tools", "functions")


def request_of(body: Mapping[str, Any], agent: str, purpose: Purpose = "reply", candidates: tuple[str, ...] = ()) -> LlmRequest:
    """The request that ``agent`` makes for ``purpose``: a copy, since frameworks go on appending to the same lists."""
    body = freeze(body)
    rest = {key: value for key, value in body.items() if key not in _CONTENT}
    return LlmRequest(agent, purpose, _mappings(body.get("messages")), _offered(body), rest, body, candidates)


def schemas_of(body: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The parameter schema of each tool that a request offers, by the tool's name, legacy ``functions`` included."""
    found = _functions(body)
    return {str(one.get("name")): parameters for one in found if isinstance(parameters := one.get("parameters"), Mapping)}


def _offered(body: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(function.get("name", "")) for function in _functions(body))


def _functions(body: Mapping[str, Any]) -> Any:
    functions = [*(tool.get("function") for tool in _mappings(body.get("tools"))), *_mappings(body.get("functions"))]
    return _mappings(functions)


def _mappings(values: Any) -> Any:
    """The list as it is, or without what is no mapping: over a socket anything may come, and the API's rules tell of it."""
    if not isinstance(values, list | tuple):
        return ()
    sound = freeze([one for one in values if isinstance(one, Mapping)])
    return values if len(sound) == len(values) else sound

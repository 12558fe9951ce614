"""What the hand-written tests share: the tool under test, and arguments as its schema spells them.

They were written from what each tool is for, after one recipe: an ordinary call with its values, 404, 500, a timeout, a bad
argument, a missing one, and a feature or two that its schema names. They were finished before any was run, and are not changed
for what they find; one that was red on the mended tool was put right.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

Answer = Callable[..., Any]


@pytest.fixture
def answer(tool: Callable[..., Any], spelled: Callable[..., dict[str, Any]]) -> Answer:
    """Calls the tool by keyword, from a running loop where it is asynchronous, and reads its JSON."""
    return lambda **arguments: json.loads(tool(**spelled(arguments)))


@pytest.fixture
def awaited(tool: Callable[..., Any], spelled: Callable[..., dict[str, Any]]) -> Answer:
    """The same for an asynchronous tool."""

    async def call(arguments: dict[str, Any]) -> Any:
        return json.loads(await tool(**spelled(arguments)))

    return lambda **arguments: asyncio.run(call(arguments))


@pytest.fixture
def spelled(contract: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Lists and objects, as text where the schema of this tool wants text."""

    def spell(name: str, value: Any) -> Any:
        if dict(contract.properties.get(name, {})).get("type") != "string":
            return value
        return ",".join(value) if isinstance(value, list) else json.dumps(value) if isinstance(value, dict) else value

    return lambda arguments: {name: spell(name, value) for name, value in arguments.items()}

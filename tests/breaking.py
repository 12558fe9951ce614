"""Look for a breach of one law by one tool, as its contract would, without the calls that hypothesis draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.law import Breach
from autogen_harness.contracts.registry import LAWS


def parameters(**properties: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a tool that needs all of these."""
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def breaches(law: str, tool: Callable[..., Any], **said: Any) -> list[Breach]:
    """All breaches that the table of a law finds; ``said`` is what tool_contract takes besides the tool."""
    with World(tool_contract(tool, **said).contract) as world:
        return list(_found(law, world))


def breach(law: str, tool: Callable[..., Any], **said: Any) -> str:
    """What the first one says; "" where the law holds."""
    with World(tool_contract(tool, **said).contract) as world:
        return next((one.what for one in _found(law, world)), "")


def _found(law: str, world: World) -> Iterator[Breach]:
    return next(one for one in LAWS if one.id == law).check(world)

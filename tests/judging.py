"""One law, one tool: what is broken, if anything."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.law import Breach
from autogen_harness.contracts.registry import LAWS
from autogen_harness.contracts.verdict import breach_in

FEW = 30


def broken(law: str, tool: Any, *, examples: int = FEW, **said: Any) -> Breach | None:
    """The first breach of the law with that id; the law must be one that can be checked."""
    test = tool_contract(tool, **{"pattern": "error-handled", **said})
    found = next(one for one in LAWS if one.id == law)
    assert found in test.laws, dict(test.not_checked)
    before = settings.get_current_profile_name() if hasattr(settings, "get_current_profile_name") else "default"
    settings.register_profile("judging", max_examples=examples, database=None, derandomize=True)
    settings.load_profile("judging")
    try:
        with World(test.contract) as world:
            return breach_in(found, world)
    finally:
        settings.load_profile(before)


def what(law: str, tool: Any, **said: Any) -> str:
    """What is broken, in words; "" where the law holds."""
    breach = broken(law, tool, **said)
    return "" if breach is None else breach.what

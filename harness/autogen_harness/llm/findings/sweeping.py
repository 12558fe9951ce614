"""What goes wrong where every tool is to be called: as findings."""

from __future__ import annotations

from collections.abc import Iterator

from autogen_harness.errors import UsageError
from autogen_harness.llm.script.sweep import Wish
from autogen_harness.model import Finding, LlmRequest


def unmade(request: LlmRequest, error: UsageError) -> Finding:
    """A tool cannot be called, since nobody knows with what."""
    return Finding(
        "script-broken",
        f"{request.agent} asked the model: {error}",
        fix="give the tool arguments in harness.llm.call_every_tool(arguments=...), or leave=[...] it out",
        fields={"turn": 0, "script": request.agent, "tool": ""},
    )


def idle(wish: Wish | None) -> Iterator[Finding]:
    """Every tool was to be called, and none was on offer; or a tool is named that was not."""
    if wish is None:
        return
    if not wish.met:
        yield _left(
            "every tool",
            "every tool was to be called, and no agent that asked the model was offered one",
            "start a chat with an agent whose model is offered tools: llm_config tools, register_for_llm",
        )
        return
    for name in wish.strangers:
        yield _left(name, f"call_every_tool() names {name!r}, and no agent was offered such a tool", wish.nearest(name))


def _left(tool: str, what: str, fix: str) -> Finding:
    fields = {"script": "", "count": 1, "turns": [f"call {tool}"], "numbers": [1]}
    return Finding("turns-left", what, fix=fix, expect='harness.expect("turns-left")', fields=fields)

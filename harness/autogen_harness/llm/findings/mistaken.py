"""What a scripted call does wrong, as a finding at its turn."""

from __future__ import annotations

from collections.abc import Mapping

from autogen_harness.llm.lint.lint import Linted
from autogen_harness.llm.script.script import Script
from autogen_harness.llm.turns.flaws import Check
from autogen_harness.model import Finding, LlmRequest


def told(linted: Linted, script: Script, request: LlmRequest) -> Finding:
    """The mistakes of one call of the turn just played: one finding, since a tool that is not on offer takes no arguments."""
    unknown = linted.mistakes[0].check == "offered"
    rule = "tool-unknown" if unknown else "tool-bad-args"
    what, fix = _not_offered(linted, request) if unknown else _not_taken(linted)
    tool = linted.call.tool
    fields = {"tool": tool, "agent": request.agent, "script": script.name, "call_id": linted.sent.id}
    expect = f'{_fault(linted, in_file=bool(script.place_of(script.played)))}harness.expect("{rule}", tool="{tool}")'
    return Finding(rule, f"turn {script.played} calls {what}", fix, expect, script.played, fields)


_FAULTS: Mapping[Check, str] = {
    "offered": "hallucinated_tool",
    "json": "malformed_json",
    "value": "wrong_types",
    "missing": "missing_argument",
    "extra": "extra_argument",
}


def _fault(linted: Linted, *, in_file: bool) -> str:
    """The turn to write where the mistake is meant, if it is one of one kind and no other is declared."""
    checks, tool = {one.check for one in linted.mistakes}, linted.call.tool
    if len(checks) != 1 or linted.call.flaw:
        return ""
    fault = _FAULTS[checks.pop()]
    written = f"{{fail: {fault}, call: {tool}, ...}}" if in_file else f'fail.{fault}("{tool}", ...)'
    return f"{written}, or "


def _not_offered(linted: Linted, request: LlmRequest) -> tuple[str, str]:
    offered = ", ".join(request.tools) or "no tool at all"
    advertise = (
        f"advertise the tool to {request.agent}'s model: in its llm_config or with register_for_llm, in agentchat by tools"
    )
    return f"{linted.call.tool}, and {request.agent} offers the model {offered}", linted.mistakes[0].hint or advertise


def _not_taken(linted: Linted) -> tuple[str, str]:
    wrong = "; ".join(one.text for one in linted.mistakes)
    hints = " ".join(one.hint for one in linted.mistakes if one.hint)
    return (
        f"{linted.call.written}, and the tool's schema refuses it: {wrong}",
        hints or "correct the turn, or the tool's schema",
    )

"""What a scripted call does wrong, as a finding at its turn."""

from __future__ import annotations

from autogen_harness.llm.lint import Linted
from autogen_harness.llm.script import Script
from autogen_harness.model import Finding, LlmRequest


def told(linted: Linted, script: Script, request: LlmRequest) -> Finding:
    """The mistakes of one call of the turn just played: one finding, since a tool that is not on offer takes no arguments."""
    unknown = linted.mistakes[0].check == "offered"
    rule = "tool-unknown" if unknown else "tool-bad-args"
    what, fix = _not_offered(linted, request) if unknown else _not_taken(linted)
    tool = linted.call.tool
    fields = {"tool": tool, "agent": request.agent, "script": script.name, "call_id": linted.sent.id}
    return Finding(
        rule, f"turn {script.played} calls {what}", fix, f'harness.expect("{rule}", tool="{tool}")', script.played, fields
    )


def _not_offered(linted: Linted, request: LlmRequest) -> tuple[str, str]:
    offered = ", ".join(request.tools) or "no tool at all"
    advertise = (
        f"advertise the tool to {request.agent}'s model: in its llm_config or with register_for_llm, in agentchat by tools"
    )
    return f"{linted.call.tool}, and {request.agent} offers the model {offered}", linted.mistakes[0].hint or advertise


def _not_taken(linted: Linted) -> tuple[str, str]:
    wrong = "; ".join(one.text for one in linted.mistakes)
    hints = " ".join(one.hint for one in linted.mistakes if one.hint)
    correct = "correct the turn; where the mistake is meant, write it as one, such as fail.missing_argument(...)"
    return f"{linted.call.written}, and the tool's schema refuses it: {wrong}", hints or correct

"""What goes wrong with a script, as findings: what happened, how to mend it, how to expect it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from autogen_harness.errors import UsageError
from autogen_harness.llm.script import Script
from autogen_harness.llm.turns import Call, Turn
from autogen_harness.model import Finding, LlmRequest, TurnPlayed


def not_offered(turn: Call, script: Script, request: LlmRequest) -> Finding:
    """A turn calls a tool that the agent's request does not offer."""
    near = difflib.get_close_matches(turn.tool, request.tools, 1)
    offered = ", ".join(request.tools) or "no tool at all"
    return Finding(
        "tool-unknown",
        f"turn {script.played} calls {turn.tool}, and {request.agent} offers the model {offered}",
        fix=f"did you mean {near[0]!r}?"
        if near
        else f"advertise the tool to {request.agent}'s model, in its llm_config or with register_for_llm",
        expect=f'harness.expect("tool-unknown", tool="{turn.tool}")',
        turn=script.played,
        fields={"tool": turn.tool, "agent": request.agent, "script": script.name},
    )


def broken(script: Script, error: UsageError) -> Finding:
    """The turn just taken cannot be played."""
    return Finding(
        "script-broken",
        f"turn {script.played} cannot be played: {error}",
        fix="correct the turn; the table shows what the tools before it returned",
        expect='harness.expect("script-broken")',
        turn=script.played,
        fields={"turn": script.played, "script": script.name},
    )


def unwanted_summary(request: LlmRequest) -> Finding:
    """A summary was asked for and is forbidden."""
    return Finding(
        "script-exhausted",
        f"{request.agent} asked the model for a summary, and harness.llm.summary.forbid() says that it must not",
        fix="start the chat with another summary_method, or script the summary: harness.llm.summary.script(...)",
        expect=f'harness.expect("script-exhausted", agent="{request.agent}")',
        fields={"agent": request.agent},
    )


def exhausted(
    script: Script, turn: Turn | None, request: LlmRequest, played: Sequence[TurnPlayed], waiting: Sequence[str]
) -> Finding:
    """The agent asked, and the next turn is not for it or there is none; ``waiting`` agents have scripts of their own."""
    if turn is not None:
        what = f"{request.agent} asked the model, but turn {script.played + 1} is for {turn.agent}: {turn}"
        fix = f"write the turns in the order in which the agents ask, or give {turn.agent} a script of its own"
    else:
        owner = f"the script of {script.name}" if script.name else "the script"
        what = f"{request.agent} asked the model once more, and {owner} has no turn left ({script.played} played)"
        fix = (
            _naming_hint(request.agent, waiting)
            or _ending_hint(played)
            or "add the turn that the model should answer with, or end the chat earlier"
        )
    return Finding(
        "script-exhausted",
        what,
        fix,
        f'harness.expect("script-exhausted", agent="{request.agent}")',
        None,
        {"agent": request.agent},
    )


def _naming_hint(agent: str, waiting: Sequence[str]) -> str:
    near = difflib.get_close_matches(agent, [name for name in waiting if name != agent], 1)
    return f"there is a script for {near[0]}; did you mean harness.llm.agent({agent!r})?" if near else ""


def _ending_hint(played: Sequence[TurnPlayed]) -> str:
    said = next((turn.said for turn in reversed(played) if turn.purpose == "reply" and turn.said.startswith("say ")), "")
    if "TERMINATE" not in said or said == 'say "TERMINATE"':
        return ""
    return (
        "the last turn says TERMINATE inside a longer text, and AutoGen's default is_termination_msg wants exactly that word: "
        'pass is_termination_msg=lambda m: "TERMINATE" in (m.get("content") or "")'
    )


def unselected(upcoming: Turn | None, played: int) -> Finding:
    """A group chat asked who speaks next, and nothing says it."""
    about = f"turn {played + 1}, {upcoming}, does not say whose it is" if upcoming else "no turn is left"
    return Finding(
        "selection-not-scripted",
        f"the group chat asked the model who speaks next; {about}",
        fix='name the agent of each turn, call(...).by("planner"), or script it: harness.llm.selector.script("planner")',
        expect='harness.expect("selection-not-scripted")',
    )


def turns_left(script: Script) -> Finding:
    """The chat ended before the script."""
    owner = {"": "the script", "selector": "the selector's script", "summary": "the summary's script"}.get(
        script.name, f"the script of {script.name}"
    )
    count = len(script.left)
    first = f"turn {script.played + 1}: {script.left[0]}"
    return Finding(
        "turns-left",
        f"the chat ended and {owner} has {count} turn{'s' if count > 1 else ''} left, from {first}",
        fix="remove the turns, or find out why the agents stopped asking (max_turns, termination message, auto-reply limit)",
        expect='harness.expect("turns-left")',
        turn=script.played + 1,
        fields={"script": script.name, "count": count, "turns": [str(turn) for turn in script.left]},
    )

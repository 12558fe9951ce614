"""What goes wrong with a script, as findings: what happened, how to mend it, how to expect it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from autogen_harness.errors import UsageError
from autogen_harness.llm.findings import mismatches
from autogen_harness.llm.script.script import Script, SideScript
from autogen_harness.model import Finding, LlmRequest
from autogen_harness.wording import counted, did_you_mean


def broken(script: Script, error: UsageError) -> Finding:
    """The turn just taken cannot be played."""
    hint, tool = getattr(error, "hint", ""), getattr(error, "tool", "")
    return Finding(
        "script-broken",
        f"turn {script.played} cannot be played: {error}",
        fix=hint or "correct the turn" + ("; the table shows what the tools before it returned" if tool else ""),
        turn=script.played,
        fields={"turn": script.played, "script": script.name, "tool": tool},
    )


def located(finding: Finding, place: str) -> Finding:
    """A finding whose turn stands in a file, at ``place``: said behind the number of the turn."""
    what = re.sub(rf"\bturn {finding.turn}\b", f"turn {finding.turn} ({place})", finding.what, count=1)
    return replace(finding, what=what, fields={**finding.fields, "place": place})


def unwanted_summary(request: LlmRequest) -> Finding:
    """A summary was asked for and is forbidden."""
    return Finding(
        "script-exhausted",
        f"{request.agent} asked the model for a summary, and harness.llm.summary.forbid() says that it must not",
        fix="start the chat with another summary_method, or script the summary: harness.llm.summary.script(...)",
        expect=f'harness.expect("script-exhausted", agent="{request.agent}")',
        fields={"agent": request.agent},
    )


def exhausted(script: Script, request: LlmRequest, idle: Sequence[Script]) -> Finding:
    """The agent asked, and the next turn is not for it or there is none. ``idle``: scripts of agents that never asked."""
    if script.upcoming is not None:
        turn = script.upcoming.turn
        what = f"{request.agent} asked the model, but turn {script.upcoming.number} is for {turn.agent}: {turn}"
        fix = f"write the turns in the order in which the agents ask, or give {turn.agent} a script of its own"
        fix = f"did you mean .by({request.agent!r})? Else {fix}" if did_you_mean(turn.agent, [request.agent]) else fix
    else:
        owner = f"the script of {script.name}" if script.name else "the script"
        again = " once more" if script.count else ""
        kind = "turn left that answers this" if script.waiting else "turn left"
        what = f"{request.agent} asked the model{again}, and {owner} has no {kind} ({script.count} played)"
        near = [one for one in idle if did_you_mean(one.name, [request.agent])]
        what += "".join(f"; there is a script for {_unasked(one)}" for one in near or idle)
        fix = (
            _naming_hint(request.agent, near, idle)
            or _ending_hint(request)
            or "add the turn that the model should answer with, or end the chat earlier"
        )
    return Finding(
        "script-exhausted",
        what + mismatches.nearest(script),
        fix,
        f'harness.expect("script-exhausted", agent="{request.agent}")',
        None,
        {"agent": request.agent},
    )


def _unasked(script: Script) -> str:
    return f"{script.name!r} ({counted(len(script.left), 'turn')} unplayed), and no agent of that name asked"


def _naming_hint(agent: str, near: Sequence[Script], idle: Sequence[Script]) -> str:
    if near:
        return f"the agent is called {agent!r} and the script is for {near[0].name!r}: give both one name"
    if idle and agent == "(no agent)":
        return f"the request names no agent: over a socket its key does, harness-SCRIPT:{idle[0].name}"
    return ""


def _ending_hint(request: LlmRequest) -> str:
    """Was the chat meant to end? The word stands in what was said last, before AutoGen's own empty reply."""
    said = [str(message.get("content") or "").strip() for message in request.messages[-2:]]
    last = next((text for text in reversed(said) if text), "")
    if "TERMINATE" not in last or last == "TERMINATE":
        return ""
    return (
        "the last message says TERMINATE inside a longer text: classic AutoGen's default is_termination_msg wants exactly that "
        'word, so pass is_termination_msg=lambda m: "TERMINATE" in (m.get("content") or ""); a team of agentchat ends by its '
        "termination_condition alone"
    )


def unselected(selector: SideScript, script: Script, names: Sequence[str], own: Sequence[str]) -> Finding:
    """A group chat asked who of ``names`` speaks next, and nothing says it: not the next turn of ``script`` either.

    Args:
        selector: its own script; it has no answer.
        script: the turns of all agents.
        names: whom the group chat may choose.
        own: the agents that have a script of their own with turns left.
    """
    upcoming = script.upcoming
    example = ", ".join(f'"{name}"' for name in list(dict.fromkeys([*own, *names, "planner"]))[:2])
    scripted = f"harness.llm.selector.script({example}, ...)"
    fix = f'name the agent of each turn, call(...).by("planner"), or script the choice: {scripted}'
    if selector.forbidden:
        about = "harness.llm.selector.forbid() says that it must not"
        fix = "let the group chat choose without the model, with another speaker_selection_method, or take forbid() away"
    elif selector.count:
        about = (
            f"the selector's script has no {'answer to this' if selector.waiting else 'turn left'} ({selector.count} played)"
        )
        fix = "add the name to harness.llm.selector.script(...), or end the chat earlier"
    elif upcoming is None and own:
        scripts = "has a script of its own, which does" if len(own) == 1 else "have scripts of their own, which do"
        about = f"{' and '.join(own)} {scripts} not say who is next"
        fix = f"script the choice: {scripted}"
    elif upcoming is None:
        about = "only turns with a condition are left, and whose is not known yet" if script.waiting else "no turn is left"
    elif upcoming.turn.agent is None:
        about = f"turn {upcoming.number}, {upcoming.turn}, does not say whose it is"
    else:
        about = f'turn {upcoming.number} is .by("{upcoming.turn.agent}"), {_candidates(names)}'
        fix = did_you_mean(upcoming.turn.agent, names) or "name one of the candidates"
    return _not_selected(f"the group chat asked the model who speaks next; {about}{mismatches.nearest(selector)}", fix)


def no_candidate(said: str, number: int, names: Sequence[str]) -> Finding:
    """The selector's script answers with a name that the group chat does not offer."""
    what = f'turn {number} of the selector\'s script says "{said}", {_candidates(names)}'
    return _not_selected(what, did_you_mean(said, names) or "name one of the candidates", number, {"script": "selector"})


def _not_selected(what: str, fix: str, turn: int | None = None, fields: Mapping[str, Any] | None = None) -> Finding:
    rule = "selection-not-scripted"
    return Finding(rule, what, fix, f'harness.expect("{rule}")', turn, fields or {})


def _candidates(names: Sequence[str]) -> str:
    return f"and the candidates are {', '.join(names)}" if names else "whom the group chat does not offer"


def turns_left(script: Script, asked: Collection[str], chosen: Counter[str]) -> Finding:
    """The chat ended before the script. ``asked``: the agents that asked the model; ``chosen``: how often each was to speak."""
    owner = {"": "the script", "selector": "the selector's script", "summary": "the summary's script"}.get(
        script.name, f"the script of {script.name}"
    )
    left = script.left
    agent = left[0].turn.agent or ("" if script.name in ("selector", "summary") else script.name)
    turns = [place.turn.conditioned for place in left]
    what = f"the chat ended and {owner} has {counted(len(left), 'turn')} left, from turn {left[0].number}: {turns[0]}"
    return Finding(
        "turns-left",
        what + "".join(map(mismatches.unfired, left)),
        fix=(_silent(agent, asked, chosen) if agent and agent not in asked else "") or _unasked_for(script),
        expect='harness.expect("turns-left")',
        turn=left[0].number,
        fields={"script": script.name, "count": len(left), "turns": turns, "numbers": [place.number for place in left]},
    )


def _unasked_for(script: Script) -> str:
    """How to mend a script with turns left, by who would have asked for them."""
    if script.name in _UNASKED:
        return _UNASKED[script.name]
    if all(place.turn.condition for place in script.left):
        return "correct the condition or how often it may hold, say optional=True, or find out why no agent asked so"
    return (
        "remove the turns, or find out why the agents stopped asking (max_turns, termination message, auto-reply limit; in "
        "agentchat max_tool_iterations, which is 1 by default)"
    )


_UNASKED = {
    "selector": "remove the names, or find out why the group chat asked no more: it ended, has one candidate only, or chooses "
    "without the model (speaker_selection_method)",
    "summary": 'remove the answers, or start the chat with summary_method="reflection_with_llm"',
}


def _silent(agent: str, asked: Collection[str], chosen: Counter[str]) -> str:
    """Why an agent that has a turn never asked for it; empty where nobody asked at all."""
    if chosen[agent]:
        times = f"{chosen[agent]} time{'s' if chosen[agent] > 1 else ''}"
        return f"{agent} was chosen to speak {times} and never asked the model: give it an llm_config, or the turn to another"
    near = did_you_mean(agent, sorted(asked))
    return f"no agent called {agent!r} asked the model; {near}" if near else ""

"""Hold a script against agents before it is played: who is to answer, which tools they offer, who executes them.

The rules for a single call are those of play time, :mod:`~autogen_harness.llm.lint.lint`. An argument that is taken from a
result is not known yet, so its value is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from autogen_harness.adapters.offers import Offer
from autogen_harness.documents import Problem, Steps
from autogen_harness.llm.incoming import request_of
from autogen_harness.llm.lint.choices import Unplayable
from autogen_harness.llm.lint.lint import Mistake, calls_of, lint
from autogen_harness.llm.references.reference import Reference
from autogen_harness.llm.script.script_file import ScriptFile
from autogen_harness.llm.turns.making import reply_of
from autogen_harness.llm.turns.turn import Call, Calls, Say, Turn
from autogen_harness.wording import did_you_mean, nearest_or_all


def problems(file: ScriptFile, offers: Sequence[Offer]) -> list[Problem]:
    """Everything in ``file`` that cannot work with the agents of ``offers``, at its place in the file."""
    placed = list(_placed(file))
    called = {call.tool for _, turn, _ in placed for call in calls_of(turn)}
    found = [problem for at, turn, owner in placed for problem in _of_turn(turn, owner, at, file, offers)]
    offered = {tool for offer in offers for tool in tools_of(offer)}
    found += [problem for at, turn, _ in placed for problem in _uncalled(turn, at, called, offered)]
    return [*found, *_strangers(file, offers)]


def tools_of(offer: Offer) -> tuple[str, ...]:
    """The names of the tools that an agent offers its model."""
    return request_of({"messages": [], **offer.body}, offer.agent).tools


def _placed(file: ScriptFile) -> Iterator[tuple[Steps, Turn, str]]:
    """Each turn that agents take, its place, and whose script it is in."""
    for index, turn in enumerate(file.turns):
        yield ("turns", index), turn, ""
    for name, turns in file.agents.items():
        for index, turn in enumerate(turns):
            yield ("agents", name, index), turn, name


# -- who answers -------------------------------------------------------------------------------------------------------------


def _strangers(file: ScriptFile, offers: Sequence[Offer]) -> Iterator[Problem]:
    """Names that no agent has."""
    for name in file.agents:
        yield from _unknown(name, ("agents", name), offers, key=True)
    for index, turn in enumerate(() if file.selector == "forbid" else file.selector):
        if (
            isinstance(turn, Say)
            and turn.parts
            and isinstance(turn.parts[0], str)
            and len("".join(map(str, turn.parts)).split()) == 1
        ):
            yield from _unknown(turn.parts[0], ("selector", index), offers)


def _unknown(name: str, at: Steps, offers: Sequence[Offer], *, key: bool = False) -> Iterator[Problem]:
    mine = [offer for offer in offers if offer.agent == name]
    if not mine:
        yield Problem(at, f"no agent is called {name}", nearest_or_all(name, {offer.agent for offer in offers}), key=key)


def _answering(turn: Turn, owner: str, file: ScriptFile, offers: Sequence[Offer]) -> tuple[Sequence[Offer], str]:
    """The agents that may take the turn, and the key that names one where it does."""
    condition = turn.condition.agent if turn.condition else None
    named = {"by": turn.agent, "when": condition if isinstance(condition, str) else None}
    key = next((key for key, name in named.items() if name), "")
    name = named.get(key) or owner
    if name:
        return [offer for offer in offers if offer.agent == name], key
    return [offer for offer in offers if offer.has_model and offer.agent not in file.agents], ""


def _of_turn(turn: Turn, owner: str, at: Steps, file: ScriptFile, offers: Sequence[Offer]) -> list[Problem]:
    answering, key = _answering(turn, owner, file, offers)
    if not answering and key:
        name = turn.agent or str(turn.condition.agent if turn.condition else "")
        return [*_unknown(name, (*at, key) if key == "by" else (*at, key, "agent"), offers)]
    if not answering:  # an unknown owner is told once; else nobody is left to ask
        return (
            []
            if owner
            else [Problem(at, "no agent asks a model for it", "give an agent an llm_config, or the turn to another")]
        )
    if not any(offer.has_model for offer in answering):
        return [Problem((*at, key) if key else at, f"{answering[0].agent} has no model, so it never asks for a turn")]
    asking = [offer for offer in answering if offer.has_model]
    fitting = [offer for offer in asking if {call.tool for call in calls_of(turn)} <= {*tools_of(offer)}]
    return min((_held(turn, at, offer, offers) for offer in fitting or asking), key=len)  # whoever it fits best may take it


# -- what it calls -----------------------------------------------------------------------------------------------------------


def _held(turn: Turn, at: Steps, offer: Offer, offers: Sequence[Offer]) -> list[Problem]:
    """What is wrong with the calls of a turn, if ``offer`` is whose it is."""
    found: list[Problem] = []
    for index, call in enumerate(calls_of(turn)):
        place = (*at, "calls", index) if isinstance(turn, Calls) else at
        try:
            linted = _linted(call, offer)
        except Unplayable as error:
            found.append(Problem((*place, "fail"), str(error), error.hint))
            continue
        found += [_told(one, call, place, offer) for one in linted]
        if not any(one.check == "offered" for one in linted) and not (call.flaw and call.flaw.breaks == "offered"):
            found += _unexecuted(call.tool, place, offer, offers)
    return found


_IDENT = f"call_{'0' * 24}"
"""As long as the ids of calls are."""


def _linted(call: Call, offer: Offer) -> Sequence[Mistake]:
    open_names = [name for name, value in call.arguments.items() if [*_references(value)]]
    known = replace(
        call, said=(), arguments={name: None if name in open_names else value for name, value in call.arguments.items()}
    )
    request = request_of(_loosened(offer.body, call.tool, open_names), offer.agent)
    (linted,) = lint(known, reply_of(known, (), lambda: _IDENT), request)
    return linted.mistakes


def _loosened(body: Mapping[str, Any], tool: str, names: Sequence[str]) -> Mapping[str, Any]:
    """The tools on offer, of which ``tool`` takes anything for the arguments ``names``."""

    def loose(function: Any) -> Any:
        if function.get("name") != tool or not names:
            return function
        parameters = function.get("parameters") or {}
        known = parameters.get("properties", {})
        freed = {name: {} if name in names else schema for name, schema in known.items()}
        return {**function, "parameters": {**parameters, "properties": freed}}

    tools = [{**one, "function": loose(one["function"])} for one in body.get("tools", ()) if "function" in one]
    return {"messages": [], "tools": tools, "functions": [loose(one) for one in body.get("functions", ())]}


def _told(mistake: Mistake, call: Call, at: Steps, offer: Offer) -> Problem:
    if mistake.check == "offered":
        return Problem((*at, "call"), f"{offer.agent} does not offer {call.tool}", mistake.hint or _offered(offer))
    there = mistake.argument in call.arguments
    place: Steps = (*at, "args", mistake.argument) if there else (*at, "args")
    return Problem(place, f"{call.tool}: {mistake.text}", mistake.hint, key=mistake.check == "extra")


def _offered(offer: Offer) -> str:
    names = tools_of(offer)
    return f"it offers {', '.join(names)}" if names else "it offers no tool"


def _unexecuted(tool: str, at: Steps, offer: Offer, offers: Sequence[Offer]) -> Iterator[Problem]:
    holders = [one for one in offers if tool in one.executes]
    if not any(one.agent != offer.agent or one.runs_own for one in holders):
        but = f" but {offer.agent}, and its calls go to another agent" if holders else ""
        fix = "register the function with the agent that receives the call: register_for_execution"
        yield Problem((*at, "call"), f"no agent executes {tool}{but}", fix)


# -- what it refers to -------------------------------------------------------------------------------------------------------


def _references(value: Any) -> Iterator[Reference]:
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, Mapping):
        yield from (found for one in value.values() for found in _references(one))
    elif isinstance(value, list | tuple):
        yield from (found for one in value for found in _references(one))


def _uncalled(turn: Turn, at: Steps, called: AbstractSet[str], offered: AbstractSet[str]) -> Iterator[Problem]:
    """References to results of tools that no turn calls. Of a misspelt call that is told alone."""
    parts = turn.parts if isinstance(turn, Say) else [call.arguments for call in calls_of(turn)]
    for reference in _references(list(parts)):
        tool = reference.__recipe__()[0]
        if tool not in called and not did_you_mean(tool, called - offered):
            yield Problem(at, f"{reference!r}: no turn calls {tool}", nearest_or_all(tool, called & offered))

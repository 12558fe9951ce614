"""What a model is offered can be run: by the agent that receives the call, under the same name, with one schema."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.calling.performing import perform
from autogen_harness.contracts.generation.arguments import canonical
from autogen_harness.contracts.hints import Hints
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.subject import Contract
from autogen_harness.contracts.team import Team, team_of
from autogen_harness.differences import compare, render
from autogen_harness.llm.incoming import schemas_of
from autogen_harness.wording import did_you_mean

if TYPE_CHECKING:
    from autogen_harness.adapters.offers import Offer
    from autogen_harness.contracts.calling.world import World


def tools_in(body: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The tools that a request offers, as often as it does, and whether by legacy ``functions``."""
    for tool in body.get("tools") or ():
        if isinstance(tool, Mapping) and isinstance(tool.get("function"), Mapping):
            yield str(tool["function"].get("name")), False
    for function in body.get("functions") or ():
        if isinstance(function, Mapping):
            yield str(function.get("name")), True


def ordinary_arguments(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Small valid arguments of a tool that is known by its parameters schema only."""
    return canonical(Contract(dict, "", schema, frozenset(), Hints()), None)


def _unique(world: World) -> Iterator[Breach]:
    for offer in team_of(world).offers:
        counts = Counter(name for name, _ in tools_in(offer.body))
        for name, times in counts.items():
            if times > 1:
                yield Breach(f"{offer.agent} offers {name} {times} times")


def _registered(world: World) -> Iterator[Breach]:
    team = team_of(world)
    for offer in team.offers:
        for name in dict.fromkeys(name for name, _ in tools_in(offer.body)):
            if not any(name in one.executes for one in team.offers if one.agent in team.receivers(offer)):
                yield Breach(f"{offer.agent} offers its model {name}, and {_nobody(team, offer, name)}")


def _nobody(team: Team, offer: Offer, name: str) -> str:
    receivers = [one for one in team.offers if one.agent in team.receivers(offer)]
    if not receivers:
        return "there is no other agent to receive the call"
    has = "; ".join(f"{one.agent} has {', '.join(sorted(one.executes)) or 'no tools'}" for one in receivers)
    near = did_you_mean(name, {tool for one in receivers for tool in one.executes})
    own = f"; {offer.agent} has it itself, and only proposes calls" if name in offer.executes else ""
    return f"no agent that receives its calls has it: {has}{own}" + (f"; {near}" if near else "")


def _runs(world: World) -> Iterator[Breach]:
    team = team_of(world, calls=True)
    for offer in team.offers:
        schemas = schemas_of(offer.body)
        for name, legacy in dict(tools_in(offer.body)).items():
            arguments = json.dumps(ordinary_arguments(schemas.get(name, {})))
            problems = [_problem(team, receiver, name, arguments, legacy=legacy) for receiver in team.receivers(offer)]
            if problems and all(problems):
                yield Breach(f"a call of {name}, which {offer.agent} offers its model: {'; '.join(problems)}")


def _problem(team: Team, receiver: str, name: str, arguments: str, *, legacy: bool) -> str:
    """Why the call does not reach a tool of that agent; "" where it does, or where it cannot be made."""
    executor = team.executor(receiver)
    if executor is None:
        return ""
    answer = perform(executor.reply(name, legacy=legacy), {"arguments": arguments})
    if answer.received:
        return ""
    if answer.raised is not None:
        return f"{receiver} raised {type(answer.raised).__name__}: {answer.raised}"
    return f"{receiver} answers {answer.content!r}"


def _one_schema(world: World) -> Iterator[Breach]:
    known: dict[str, tuple[str, Any]] = {}
    for offer in team_of(world).offers:
        for name, schema in schemas_of(offer.body).items():
            agent, first = known.setdefault(name, (offer.agent, schema))
            if first != schema:
                difference = render(compare(first, schema), expected=agent, actual=offer.agent, indent="")
                yield Breach(f"{agent} and {offer.agent} offer {name} with different parameters: {difference}")


LAWS = (
    Law(
        id="every-advertised-tool-can-run",
        sentence="a call of every tool that a model is offered reaches a function, on the agent that receives the call",
        why="AutoGen answers the model 'Function ... not found', goes on, and the chat ends as if nothing had happened",
        fix="register the function with the agent that executes: executor.register_function({name: function}), or "
        "register_for_execution; advertising it to the model is not enough",
        check=_runs,
    ),
    Law(
        id="tool-names-are-unique",
        sentence="no agent offers its model two tools of one name",
        why="the model cannot tell them apart, and only one of them runs",
        fix="rename one of them, or take one away",
        check=_unique,
    ),
    Law(
        id="what-is-advertised-is-registered",
        sentence="every tool that a model is offered is registered, under the same name, with an agent that receives its calls",
        why="a call of it fails, and the model makes something up",
        fix="register it with the executing agent under the name in the schema, or take it out of the schema",
        check=_registered,
    ),
    Law(
        id="one-schema-per-name",
        sentence="a tool that several agents offer has the same parameters everywhere",
        why="what one agent's model learns about a tool is wrong for the other's",
        fix="keep the schema in one place, beside the function; two tools need two names",
        check=_one_schema,
    ),
)

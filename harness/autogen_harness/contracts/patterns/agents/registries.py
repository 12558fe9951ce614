"""The agents of a team share nothing: what one registers, offers or calls is its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.team import makes_agents, team_of, without_clients

if TYPE_CHECKING:
    from autogen_harness.adapters.dispatch import Executor
    from autogen_harness.contracts.calling.world import World

_NAMES = ("harness_first", "harness_second")
_PROBE = "harness_probe"
_OPERATIONS = ("register", "unregister", "rename", "call")

Step = tuple[str, int, str]


def _follow(world: World) -> Iterator[Breach]:
    """Sequences that hypothesis draws; the shortest that breaks the law is told."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    if not team_of(world, calls=True).executors:
        return
    steps = st.tuples(st.sampled_from(_OPERATIONS), st.integers(0, 1), st.sampled_from(_NAMES))
    broken: list[str] = []

    class Differs(Exception):
        """Registries and model differ."""

    @given(st.lists(steps, max_size=8))
    @settings(
        max_examples=max(1, settings().max_examples // 4),
        deadline=None,
        database=None,  # the function is the same for every team
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    def walk(sequence: list[Step]) -> None:
        problem = _walked(team_of(world).executors[:2], sequence)
        if problem:
            broken.append(problem)
            raise Differs

    try:
        walk()
    except Differs:
        yield Breach(broken[-1])


def _walked(agents: list[Executor], sequence: list[Step]) -> str:
    """Do the steps on the agents and on a dict for each; what differs first, in words."""
    model: list[dict[str, str]] = [{} for _ in agents]
    for number, (operation, which, name) in enumerate(sequence):
        at = which % len(agents)
        _do(agents[at], model[at], operation, name, mark=f"function {number}")
        for agent, known in zip(agents, model, strict=True):
            for tool in _NAMES:
                answer = agent.call(tool)
                if (answer.content if answer.ok else None) != known.get(tool):
                    done = ", ".join(f"{what} {of} on {agents[index % len(agents)].agent}" for what, index, of in sequence)
                    has = f"{answer.content!r}" if answer.ok else "nothing"
                    return f"after {done}: {tool} on {agent.agent} is {has}, not {known.get(tool, 'absent')!r}"
    return ""


def _do(agent: Executor, known: dict[str, str], operation: str, name: str, mark: str) -> None:
    """One step, on the agent and on its model. What is not there is neither taken away nor renamed."""
    other = _NAMES[1 - _NAMES.index(name)]
    if operation == "register":
        known[name] = mark
        agent.register(name, _function(mark))
    elif operation == "unregister" and name in known:
        del known[name]
        agent.register(name, None)
    elif operation == "rename" and name in known:
        known[other] = known.pop(name)
        agent.register(name, None)
        agent.register(other, _function(known[other]))


def _function(mark: str) -> Callable[..., str]:
    def tool() -> str:
        return mark

    return tool


def _share_nothing(world: World) -> Iterator[Breach]:
    for number in range(len(team_of(world, calls=True).executors)):
        team = team_of(world)
        changed = team.executors[number]
        before = team.state()
        changed.register(_PROBE, _function("x"))
        with without_clients():
            changed.advertise(_PROBE)
        for agent, state in team.state().items():
            if agent != changed.agent and state != before[agent]:
                yield Breach(f"a tool that {changed.agent} registers and offers appears with {agent}")


LAWS = (
    Law(
        id="registries-follow-their-model",
        sentence="functions registered, taken away, renamed and called on two agents do as two dictionaries would",
        why="a tool that is taken away still runs, or a name runs another function than the one registered last",
        fix="keep one registry an agent; copy a dict of functions before it is handed to two of them",
        check=_follow,
        missing=makes_agents,
    ),
    Law(
        id="agents-do-not-share-state",
        sentence="what one agent registers and offers its model changes no other agent",
        why="two agents that share a dict or a configuration get each other's tools, also those that they must not have",
        fix="make the configuration in the function that makes the agent, or copy it (copy.deepcopy)",
        check=_share_nothing,
        missing=makes_agents,
    ),
)

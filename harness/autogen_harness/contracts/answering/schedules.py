"""Failures that may pass, alone and in schedules: what each attempt of a call meets, until it works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from autogen_harness.cassettes import fault
from autogen_harness.contracts.answering import collaborators
from autogen_harness.contracts.answering.upstream import (
    AS_EVER,
    SAFE_TO_REPEAT,
    Answer,
    Plan,
    always,
    failing_then_ok,
    status_reply,
)

if TYPE_CHECKING:
    from autogen_harness.contracts.calling.world import World
    from autogen_harness.model import HttpRequest

Kind = Literal["passing", "lasting", "ok"]


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure after which a client may ask again. ``then_works(n)``: so many times; ``for_ever``: each time."""

    label: str
    then_works: Callable[[int], Plan]
    for_ever: Plan


def passing(world: World) -> list[Failure]:
    """Failures after which a client may ask again. After some of them a POST may have been carried out, so it may not."""
    calm = world.calm
    http = [_http(calm, label, answer) for label, answer in _answers(world)] if world.origins else []
    return [*http, *_of_collaborators(world)]


def _http(calm: Plan, label: str, answer: Answer) -> Failure:
    return Failure(label, lambda times: failing_then_ok(calm, answer, label, times), always(f"{label}, every time", answer))


def _of_collaborators(world: World) -> list[Failure]:
    return [
        Failure(
            f"{one.name} {collaborators.said(outcome)}",
            lambda times, one=one, outcome=outcome: collaborators.failing(world.calm, one, outcome, times),  # type: ignore[misc]  # mypy infers no lambda with a default
            collaborators.failing(world.calm, one, outcome),
        )
        for one in world.contract.collaborators
        for outcome in one.outcomes
        if collaborators.may_pass(outcome)
    ]


def writes(world: World) -> bool:
    """Whether the ordinary call sends a request that must not be carried out twice."""
    return any(request.method.upper() not in SAFE_TO_REPEAT for request in world.call(world.ordinary).attempts)


def _answers(world: World) -> list[tuple[str, Answer]]:
    untouched: list[tuple[str, Answer]] = [
        ("status 429", status_reply(world.main, 429)),
        ("the connection times out", fault.timeout("connect")),
    ]
    if writes(world):
        return untouched
    return [
        ("status 503", status_reply(world.main, 503)),
        *untouched,
        ("the connection is reset", fault.connection_reset()),
        ("the reply times out", fault.timeout("read")),
    ]


@dataclass(frozen=True, slots=True)
class Move:
    """What one attempt meets: an answer of the upstream (None: as recorded), or the outcome of a call to ``of``."""

    label: str
    kind: Kind
    answer: Answer | None = None
    of: str = ""
    outcome: Any = AS_EVER


def moves(world: World) -> list[Move]:
    """What the attempts of a call may meet, simplest first."""
    fine = Move("ok", "ok")
    if not world.origins:
        return [fine, *_moves_of_collaborators(world)]
    failing = [Move(label, "passing", answer) for label, answer in _answers(world)]
    return [fine, *failing, Move("status 404", "lasting", status_reply(world.main, 404))]


def _moves_of_collaborators(world: World) -> list[Move]:
    first = world.contract.collaborators[0]
    may_pass = [Move(repr(one), "passing", None, first.name, one) for one in first.outcomes if collaborators.may_pass(one)]
    lasting = [Move(repr(one), "lasting", None, first.name, one) for one in collaborators.DETERMINISTIC[:1]]
    return [*may_pass, *lasting]


def scheduled(calm: Plan, moves: Sequence[Move]) -> Plan:
    """A plan in which attempt 0, 1, ... meet these moves, and then all is well."""

    def give(request: HttpRequest, attempt: int) -> Answer:
        answer = moves[attempt].answer if attempt < len(moves) else None
        return calm.give(request, attempt) if answer is None else answer

    def meet(name: str, attempt: int) -> Any:
        return moves[attempt].outcome if attempt < len(moves) and moves[attempt].of in ("", name) else AS_EVER

    label = ", ".join([*(move.label for move in moves), "then ok"])
    return Plan(label, give, 200, meet, tuple(moves))


def named(world: World, label: str) -> Plan | None:
    """The schedule with that label; None where it is none, or none of this world's."""
    taken: list[Move] = []
    known = moves(world) if world.origins or world.contract.collaborators else []
    while label != "then ok":
        move = next((move for move in known if label.startswith(f"{move.label}, ")), None)
        if move is None:
            return None
        taken.append(move)
        label = label[len(move.label) + 2 :]
    return scheduled(world.calm, taken)


def needed(schedule: Sequence[Move]) -> int | None:
    """How many attempts a schedule needs until one works; None where one of them meets what does not pass."""
    for number, move in enumerate(schedule):
        if move.kind != "passing":
            return number + 1 if move.kind == "ok" else None
    return len(schedule) + 1

"""What may be done with tools over time, in sequences that hypothesis draws and makes as short as it can.

A machine collects moves. What comes of them is seen when the sequence is over, in one call of the world, so that every sequence
starts from the same state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from autogen_harness.contracts.law import Breach

    Play = Callable[[Sequence[str]], Breach | None]

EFFORT = 0.1
"""The share of the profile's ``max_examples`` that are played: a sequence costs more than a call."""

STEPS = 12
"""Moves of the longest sequence."""


class Moves(RuleBasedStateMachine):
    """Collects the names of moves."""

    def __init__(self) -> None:
        super().__init__()
        self.moves: list[str] = []


class OneRun(Moves):
    """A run goes on from event to event; its callback may raise there."""

    @rule()
    def step(self) -> None:
        """To the next event, or to the end."""
        self.moves.append("step")

    @rule()
    def stumble(self) -> None:
        """The callback raises, and the run goes on all the same."""
        self.moves.append("raise")


class CancelledRun(OneRun):
    """And it may be cancelled, once."""

    @precondition(lambda self: "cancel" not in self.moves)
    @rule()
    def cancel(self) -> None:
        """Ask for the end at the event where the run stands."""
        self.moves.append("cancel")


class TwoRuns(Moves):
    """A second run may begin at any event of the first, and either goes on."""

    @rule()
    def step(self) -> None:
        """The first run goes on."""
        self.moves.append("step")

    @precondition(lambda self: "begin" not in self.moves)
    @rule()
    def begin(self) -> None:
        """The second run begins."""
        self.moves.append("begin")

    @precondition(lambda self: "begin" in self.moves)
    @rule()
    def step_second(self) -> None:
        """The second run goes on."""
        self.moves.append("step second")


class ErringChain(Moves):
    """A model goes along a chain, and errs."""

    @rule()
    def take(self) -> None:
        """Call the next step as it should be."""
        self.moves.append("take")

    @rule()
    def fail(self) -> None:
        """Call the next step with an argument that it must refuse."""
        self.moves.append("fail")


class RepeatingChain(ErringChain):
    """And it does steps twice."""

    @precondition(lambda self: "take" in self.moves)
    @rule()
    def repeat(self) -> None:
        """Call the last step again, as before."""
        self.moves.append("repeat")


class _Broken(Exception):
    """A sequence showed a breach."""


def breaches(machine: type[Moves], play: Play) -> Iterator[Breach]:
    """The breach that the shortest sequence of moves shows, among those drawn; nothing where none does."""
    found: list[Breach] = []

    class Played(machine):  # type: ignore[valid-type,misc]  # mypy knows no class that is an argument
        def teardown(self) -> None:
            breach = play(tuple(self.moves))
            if breach is not None:
                found.append(breach)
                raise _Broken

    try:
        run_state_machine_as_test(Played, settings=_settings())
    except _Broken:
        yield found[-1]  # hypothesis plays the shortest one last


def _settings() -> settings:
    return settings(
        max_examples=max(1, round(settings().max_examples * EFFORT)),
        stateful_step_count=STEPS,
        database=None,  # all machines of a kind would share their examples
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        phases=[phase for phase in settings().phases if phase is not Phase.explain],
    )

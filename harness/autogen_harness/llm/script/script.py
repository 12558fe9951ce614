"""A script: turns in order, and beside the order those that have a condition; which of them answers a request."""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Sequence

from autogen_harness.errors import UsageError
from autogen_harness.llm.asking.seen import Seen
from autogen_harness.llm.references.reference import Reference
from autogen_harness.llm.script.places import Miss, Place
from autogen_harness.llm.turns.turn import Calling, Turn, given, say
from autogen_harness.wording import counted

MOST_REPEATS = 10
"""How often a turn that may be played any number of times answers the same, while no other turn is played."""

_ID_ALPHABET = string.ascii_letters + string.digits


class Script:
    """The turns of all agents, or of the one agent called ``name``.

    Attributes:
        name: the agent, ``selector`` or ``summary``; "" for everybody's.
        count: how many turns were played.
        played: the number of the turn that was played last: its place in the script, from 1.
        is_looping: it may be played any number of times, and answered the same more than :data:`MOST_REPEATS` times.
    """

    def __init__(self, name: str, seed: str = "") -> None:
        self.name = name
        self._random = random.Random(f"{seed}{name}")  # noqa: S311 - ids must repeat from run to run, not be secret
        self.count = self.played = 0
        self.is_looping = False
        self._written = 0
        self._places: list[Place] = []
        self._unchanged: Counter[tuple[object, ...]] = Counter()

    def script(self, *turns: Turn) -> None:
        """Set the turns; again only when all earlier ones were played. Turns that may still be played are then done with.

        Raises:
            UsageError: turns are left, or something is not a turn.
        """
        self.load(turns)

    def load(self, turns: Sequence[Turn]) -> None:
        """Set turns, if none is left."""
        if self.left:
            left, first = counted(len(self.left), "turn"), self.left[0].turn.conditioned
            message = f"an earlier script(...) has {left} left, from: {first}; write all turns of a chat into one script"
            raise UsageError(message)
        wrong = [turn for turn in turns if not isinstance(turn, Turn)]
        if wrong:
            instead = given(wrong[0], "script(*turns)") + _meant(wrong[0])
            message = f"script(...) takes turns, made by call, calls, say or fail, not {instead}"
            raise UsageError(message)
        self._places = [Place(number, turn) for number, turn in enumerate(turns, self._written + 1)]
        self._written += len(turns)

    @property
    def left(self) -> list[Place]:
        """The turns that still must be played."""
        return [place for place in self._places if place.is_owed]

    def place_of(self, number: int | None) -> str:
        """Where a turn stands in a file; empty where it does not, or is not in the script."""
        return next((place.turn.place for place in self._places if place.number == number), "")

    @property
    def waiting(self) -> list[Place]:
        """The turns with a condition that may still be played."""
        return [place for place in self._places if place.turn.condition and place.is_open]

    @property
    def upcoming(self) -> Place | None:
        """The next turn in order, or None at the end; turns with a condition stand beside the order."""
        return next((place for place in self._places if not place.turn.condition and place.is_open), None)

    def next_for(self, seen: Seen) -> Turn | None:
        """The turn that answers a request, which then counts as played; None where there is none.

        That is the first turn whose condition holds, else the next turn in order, if it is for this agent.
        """
        self.is_looping = False
        tried = [(place, place.differences(seen)) for place in self.waiting]
        chosen = next((place for place, differences in tried if not differences), None) or self._in_order(seen.request.agent)
        for place, differences in tried:
            if place is not chosen:
                place.missed(Miss(seen, differences))
        return self._take(chosen, seen) if chosen else None

    def _in_order(self, agent: str) -> Place | None:
        place = self.upcoming
        return place if place and place.turn.agent in (None, agent) else None

    def new_id(self) -> str:
        """An id for a tool call: the same in every run, whatever other scripts do."""
        return "call_" + "".join(self._random.choices(_ID_ALPHABET, k=24))

    def _take(self, place: Place, seen: Seen) -> Turn:
        place.played += 1
        self.count += 1
        self.played = place.number
        self.is_looping = self._repeats(place, seen) > MOST_REPEATS
        return place.turn

    def _repeats(self, place: Place, seen: Seen) -> int:
        if not place.is_endless:  # the script went on, so that all that is asked again is asked anew
            self._unchanged.clear()
            return 0
        key = (place.number, *seen.stimulus)
        self._unchanged[key] += 1
        return self._unchanged[key]


def _meant(value: object) -> str:
    return f"; for an answer write say({value!r})" if isinstance(value, (str, Reference)) else ""


class SideScript(Script):
    """What the model says to AutoGen itself: to the speaker selector of a group chat, or to who sums a chat up.

    Without a script there is a default (see docs/scripts.md); :meth:`forbid` takes the default away.
    """

    def __init__(self, name: str, seed: str = "") -> None:
        super().__init__(name, seed)
        self.forbidden = False

    def script(self, *turns: Turn | str) -> None:
        """Set the answers; a string is short for ``say(string)``.

        Raises:
            UsageError: as for any script, and where an answer calls a tool: AutoGen offers none.
        """
        called = next((turn for turn in turns if isinstance(turn, Calling)), None)
        if called is not None:
            message = f"harness.llm.{self.name}.script(...) takes what the model says, and {called} calls a tool"
            raise UsageError(message)
        self.load([say(turn) if isinstance(turn, str) else turn for turn in turns])

    def forbid(self) -> None:
        """Make every request of this kind a finding."""
        self.forbidden = True

"""A script: turns in order, and how many of them were played."""

from __future__ import annotations

from collections.abc import Sequence

from autogen_harness.errors import UsageError
from autogen_harness.llm.turns import Turn, say


class Script:
    """The turns of all agents, or of the one agent called ``name``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.played = 0
        self._turns: list[Turn] = []

    def script(self, *turns: Turn) -> None:
        """Set the turns; again only when all earlier ones were played.

        Raises:
            UsageError: turns are left, or something is not a turn.
        """
        self.load(turns)

    def load(self, turns: Sequence[Turn]) -> None:
        """Add turns, if none is left."""
        if self.left:
            left = f"{len(self.left)} turn{'s' if len(self.left) > 1 else ''}"
            message = f"an earlier script(...) has {left} left, from: {self.left[0]}; write all turns of a chat into one script"
            raise UsageError(message)
        wrong = [turn for turn in turns if not isinstance(turn, Turn)]
        if wrong:
            hint = "; write script(*turns)" if isinstance(wrong[0], list | tuple) else ""
            message = f"script(...) takes turns, made by call, calls, say or fail, not {wrong[0]!r}{hint}"
            raise UsageError(message)
        self._turns += turns

    @property
    def left(self) -> list[Turn]:
        """The turns that were not played yet."""
        return self._turns[self.played :]

    def peek(self) -> Turn | None:
        """The next turn, or None at the end."""
        return self._turns[self.played] if self.played < len(self._turns) else None

    def take(self) -> int:
        """Count the next turn as played.

        Returns:
            Its number, from 1.
        """
        self.played += 1
        return self.played


class SideScript(Script):
    """What the model says to AutoGen itself: to the speaker selector of a group chat, or to who sums a chat up.

    Without a script there is a default (see docs/scripts.md); :meth:`forbid` takes the default away.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.forbidden = False

    def script(self, *turns: Turn | str) -> None:
        """Set the answers; a string is short for ``say(string)``."""
        self.load([say(turn) if isinstance(turn, str) else turn for turn in turns])

    def forbid(self) -> None:
        """Make every request of this kind a finding."""
        self.forbidden = True

"""A whole script file, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autogen_harness.documents import Steps
from autogen_harness.llm.turns.turn import Say
from autogen_harness.scripts.data import Template
from autogen_harness.scripts.items import TURN
from autogen_harness.scripts.shapes import Checks, Text, Word
from autogen_harness.scripts.tables import Either, Key, ListOf, MapOf, Table

FORMAT = "autogen-harness-script/1"
"""The only version there is; files of another are refused."""


@dataclass(frozen=True, slots=True)
class SideTurn:
    """A turn of the selector or of the summary; text alone is what is said."""

    def read(self, checks: Checks, value: Any, at: Steps) -> Any:
        """The turn."""
        if isinstance(value, str):
            return Say(Template().read(checks, value, at))
        if isinstance(value, dict):
            return TURN.read(checks, value, at)
        checks.wrong(at, f"must be text or a turn, not {checks.shown(value)}")
        return None

    def schema(self) -> dict[str, Any]:
        """Text, or a turn."""
        return {"anyOf": [Template().schema()["anyOf"][0], TURN.schema()]}


_SIDE = Either({"text": Word(["forbid"]), "list": ListOf(SideTurn())})

SCRIPT = Table(
    {
        "format": Key(Word([FORMAT]), "the version of the format", required=True),
        "about": Key(Text(), "one line for readers"),
        "turns": Key(ListOf(TURN), "what the model says, in order, to whichever agent asks"),
        "agents": Key(MapOf(ListOf(TURN)), "the turns of agents that have a script of their own, by name"),
        "selector": Key(
            _SIDE, "what it says to the speaker selector of a group chat; forbid makes each such request a finding"
        ),
        "summary": Key(_SIDE, "what it says to who sums a chat up; forbid makes each such request a finding"),
    }
)
"""A whole file."""

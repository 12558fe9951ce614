"""What a script says to everybody at once, as a value: the turns of a file, before they are played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from autogen_harness.errors import UsageError
from autogen_harness.llm.turns.turn import Turn

Side = tuple[Turn, ...] | Literal["forbid"]
"""The turns of the speaker selector or of the summary; ``"forbid"`` makes every such request a finding."""


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """A whole script.

    Attributes:
        turns: what the model says, to whichever agent asks.
        agents: the turns of the agents that have a script of their own.
        selector: what it says to the speaker selector of a group chat.
        summary: what it says to who sums a chat up.
        about: one line for readers.
        path: the file that it was read from; empty where there was none.
    """

    turns: tuple[Turn, ...] = ()
    agents: Mapping[str, tuple[Turn, ...]] = field(default_factory=dict)
    selector: Side = ()
    summary: Side = ()
    about: str = ""
    path: str = field(default="", compare=False)


def no_files(name: str) -> ScriptFile:
    """What reads script files where nobody does.

    Raises:
        UsageError: always.
    """
    raise UsageError(f"script files are not read here; add what {name!r} says with autogen_harness.scripts.load(path)")
